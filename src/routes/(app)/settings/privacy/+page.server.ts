import { ask } from '#features/ask.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => ({
  privacy: await ask(locals, (api) => api.privacy.settings()),
});
