import { fail, redirect } from '@sveltejs/kit';
import * as z from 'zod';
import { askPane } from '#features/ask.server.ts';
import { passOn } from '../../sign-in/pass-on.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
  const shown = await askPane(locals, (api) => api.invitations.show({ token: params.token }));
  return { shown };
};

const formSchema = z.object({ password: z.string().max(200).optional() });

export const actions: Actions = {
  default: async (event) => {
    const { locals, params } = event;
    const form = formSchema.parse(Object.fromEntries(await event.request.formData()));
    const password = form.password ?? null;
    let email: string;
    try {
      ({ email } = await locals.api.invitations.accept({ token: params.token, password }));
    } catch (thrown) {
      const failure = locals.app.describeFailure(thrown, locals.reference);
      if (failure.status >= 500)
        locals.app.onError(thrown, { path: 'invitation', reference: locals.reference });
      const said = failure.places.map(({ path, message }) => `The ${path} ${message}.`).join(' ');
      return fail(failure.status, { refused: said === '' ? failure.message : said });
    }
    if (password !== null) await passOn(event, '/api/auth/sign-in/email', { email, password });
    redirect(303, '/');
  },
};
