import { ask } from '#features/ask.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => ({
  rule: await ask(locals, (api) => api.settings.rule({ id: params.rule })),
});
