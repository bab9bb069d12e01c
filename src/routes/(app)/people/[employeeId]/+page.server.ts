import { error } from '@sveltejs/kit';
import { idSchema } from '#contracts/ids';
import { ask } from '#features/ask.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, parent, depends, url }) => {
  depends('app:person');
  const { asOf } = await parent();
  const known: 'then' | 'now' = url.searchParams.get('known') === 'now' ? 'now' : 'then';
  const id = idSchema('employee').safeParse(params.employeeId);
  if (!id.success) error(404, { message: 'There is no such person.', reference: locals.reference });
  const person = await ask(locals, (api) => api.person.page({ employeeId: id.data, asOf, known }));
  // A past day is looked at, not acted on.
  const privacy =
    asOf === null ? await ask(locals, (api) => api.privacy.panel({ employeeId: id.data })) : null;
  return { person, privacy, known, sequence: person.sequence };
};
