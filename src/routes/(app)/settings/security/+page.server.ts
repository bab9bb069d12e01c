import { ask } from '#features/ask.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, depends }) => {
  depends('app:security');
  return { security: await ask(locals, (api) => api.security.read()) };
};
