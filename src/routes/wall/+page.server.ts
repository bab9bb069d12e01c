import { ask } from '#features/ask.server.ts';
import { overviewFilterOf } from '#features/overview/filter.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url, depends }) => {
  depends('app:overview');
  const filter = overviewFilterOf(url);
  const [frame, overview] = await Promise.all([
    ask(locals, (api) => api.frame.get()),
    ask(locals, (api) => api.overview.read({ filter, asOf: null })),
  ]);
  return { frame, overview, filter };
};
