import { fail, redirect } from '@sveltejs/kit';
import * as z from 'zod';
import { limitWords, passOn, safeTarget } from '../pass-on.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals, url }) => {
  const to = safeTarget(url.searchParams.get('to'));
  if (locals.session !== null) redirect(303, to);
  return { to };
};

const formSchema = z.object({ email: z.email(), to: z.string().optional() });
const begunSchema = z.object({ url: z.url() });
const refusalSchema = z.object({ message: z.string(), code: z.string() });

export const actions: Actions = {
  default: async (event) => {
    const fields = Object.fromEntries(await event.request.formData());
    const email = typeof fields['email'] === 'string' ? fields['email'] : '';
    const form = formSchema.safeParse(fields);
    if (!form.success)
      return fail(400, { email, refused: 'Write the address as name@company.com.', url: null });
    const to = safeTarget(form.data.to ?? null);
    const answer = await passOn(event, '/api/auth/sign-in/sso', { email: form.data.email, to });
    if (!answer.ok) return fail(answer.status, { email, refused: await wordsOf(answer), url: null });
    // Not a redirect: the policy of our pages lets forms lead to our own pages alone.
    return { email, refused: null, url: begunSchema.parse(await answer.json()).url };
  },
};

async function wordsOf(answer: Response): Promise<string> {
  if (answer.status === 429) return limitWords(answer);
  const refusal = refusalSchema.safeParse(await answer.json().catch(() => null));
  return refusal.success && refusal.data.code.includes('.')
    ? refusal.data.message
    : 'The identity provider could not be reached. Try again in a minute.';
}
