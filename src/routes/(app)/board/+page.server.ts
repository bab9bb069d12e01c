import { readBoardQuery } from '#features/board/board-url.ts';
import { ask } from '#features/ask.server.ts';
import type { PageServerLoad } from './$types';

const firstPage = 100;

export const load: PageServerLoad = async ({ locals, url, parent, depends }) => {
  depends('app:board');
  const { asOf } = await parent();
  const query = readBoardQuery(url.searchParams, asOf);
  const [first, choices, me, hidden] = await Promise.all([
    ask(locals, (api) => api.board.page({ query, offset: 0, limit: firstPage })),
    ask(locals, (api) => api.board.choices()),
    ask(locals, (api) => api.session.me()),
    ask(locals, (api) => api.board.columns()),
  ]);
  return { first, query, choices, me, hidden, sequence: first.sequence, fixedFrame: true };
};
