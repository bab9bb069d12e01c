import { ask } from '#features/ask.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, depends }) => {
  depends('app:watch');
  return { watch: await ask(locals, (api) => api.incidents.thresholds()) };
};
