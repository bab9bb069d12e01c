import { ask, askPane } from '#features/ask.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, depends }) => {
  depends('app:status');
  const status = await ask(locals, (api) => api.status.read());
  const platform = status.mayOperate ? await askPane(locals, (api) => api.status.platform()) : null;
  return { status, platform };
};
