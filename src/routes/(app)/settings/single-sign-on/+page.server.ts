import { ask } from '#features/ask.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, depends }) => {
  depends('app:single-sign-on');
  return { singleSignOn: await ask(locals, (api) => api.singleSignOn.list()) };
};
