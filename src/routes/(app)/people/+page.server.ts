import { peoplePageSize, readPeopleAddress } from '#features/people/people-url.ts';
import { ask } from '#features/ask.server.ts';
import { modules } from '#contracts/modules';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url, depends }) => {
  depends('app:people');
  const address = readPeopleAddress(url.searchParams);
  const offset = (address.page - 1) * peoplePageSize;
  const [list, choices, me] = await Promise.all([
    ask(locals, (api) => api.people.list({ query: address.query, offset, limit: peoplePageSize })),
    ask(locals, (api) => api.board.choices()),
    ask(locals, (api) => api.session.me()),
  ]);
  const mayExport = modules.some((module) => me.modules[module]?.export);
  return {
    list,
    address,
    choices,
    /** Modules that may go out with names, when a second person approves. */
    namedModules: modules.filter((module) => me.modules[module]?.exportNames),
    exportDenied: mayExport ? '' : 'Your role has no right to export from any module.',
  };
};
