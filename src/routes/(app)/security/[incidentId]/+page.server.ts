import { error } from '@sveltejs/kit';
import { idSchema } from '#contracts/ids';
import { ask } from '#features/ask.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, depends }) => {
  depends('app:incidents');
  const id = idSchema('incident').safeParse(params.incidentId);
  if (!id.success) error(404, { message: 'There is no such incident.', reference: locals.reference });
  return { incident: await ask(locals, (api) => api.incidents.get({ id: id.data })) };
};
