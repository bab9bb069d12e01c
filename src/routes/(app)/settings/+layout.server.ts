import { ask } from '#features/ask.server.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async ({ locals }) => {
  const { administration } = await ask(locals, (api) => api.session.me());
  return { invites: administration.includes('write') };
};
