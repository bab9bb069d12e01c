import { ask, askPane } from '#features/ask.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, depends }) => {
  depends('app:invitations');
  const invitations = await ask(locals, (api) => api.invitations.list());
  // Who administers without seeing people invites without places.
  const places = await askPane(locals, (api) => api.board.choices());
  return {
    invitations,
    places: { divisions: places.data?.divisions ?? [], locations: places.data?.locations ?? [] },
  };
};
