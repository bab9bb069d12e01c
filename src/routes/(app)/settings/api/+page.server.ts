import { ask, askPane } from '#features/ask.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, depends }) => {
  depends('app:api-access');
  const access = await ask(locals, (api) => api.apiAccess.clients());
  const groups = await askPane(locals, (api) => api.apiAccess.groups());
  // Who administers without seeing people makes keys without places.
  const places = await askPane(locals, (api) => api.board.choices());
  return {
    access,
    groups,
    places: { divisions: places.data?.divisions ?? [], locations: places.data?.locations ?? [] },
  };
};
