import { fail, redirect } from '@sveltejs/kit';
import * as z from 'zod';
import { limitWords, passOn, safeTarget } from './pass-on.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals, url }) => {
  const to = safeTarget(url.searchParams.get('to'));
  if (locals.session !== null) redirect(303, to);
  const refused = url.searchParams.has('sso') ? ssoRefused : null;
  return { to, refused, demo: locals.app.demo?.accounts ?? [] };
};

/** Which of the reasons it was is in the log: the sentence would tell a stranger what is set up here. */
const ssoRefused =
  'Your company’s identity provider did not sign you in here. Try again; if it stays, ask your administrator.';

const formSchema = z.object({
  email: z.email('Write the address as name@company.com.'),
  password: z.string().min(1, 'Write your password.'),
  to: z.string().optional(),
});

export const actions: Actions = {
  default: async (event) => {
    const fields = Object.fromEntries(await event.request.formData());
    const form = formSchema.safeParse(fields);
    const email = typeof fields.email === 'string' ? fields.email : '';
    if (!form.success)
      return fail(400, { email, problems: z.flattenError(form.error).fieldErrors, refused: null });
    const answer = await passOn(event, '/api/auth/sign-in/email', {
      email: form.data.email,
      password: form.data.password,
    });
    if (!answer.ok) return fail(answer.status, { email, problems: null, refused: wordsOf(answer) });
    const to = safeTarget(form.data.to ?? null);
    const { next } = nextSchema.parse(await answer.json());
    redirect(303, next === 'code' ? `/sign-in/code?to=${encodeURIComponent(to)}` : to);
  },
};

const nextSchema = z.object({ next: z.literal('code').nullable() });

/** Says the same for an unknown address and a wrong password. */
function wordsOf(answer: Response): string {
  if (answer.status === 429) return limitWords(answer);
  if (answer.status < 500) return 'Address and password do not fit together. Check both and try again.';
  return 'Sign-in did not answer. Nothing is wrong with your password; try again in a minute.';
}
