import { fail, redirect } from '@sveltejs/kit';
import * as z from 'zod';
import { limitWords, passOn, safeTarget } from '../pass-on.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals, url }) => {
  const to = safeTarget(url.searchParams.get('to'));
  if (locals.session !== null) redirect(303, to);
  return { to };
};

const formSchema = z.object({
  kind: z.enum(['totp', 'recovery']),
  code: z.string().trim().min(1, 'Write the code.').max(40),
  to: z.string().optional(),
});

const paths = {
  totp: '/api/auth/two-factor/verify-totp',
  recovery: '/api/auth/two-factor/verify-backup-code',
} as const;

export const actions: Actions = {
  default: async (event) => {
    const form = formSchema.safeParse(Object.fromEntries(await event.request.formData()));
    if (!form.success) return fail(400, { refused: 'Write the code.' });
    const { kind, code, to } = form.data;
    const answer = await passOn(event, paths[kind], { code });
    if (!answer.ok) return fail(answer.status, { refused: await wordsOf(answer, kind) });
    redirect(303, safeTarget(to ?? null));
  },
};

const overSchema = z.object({ code: z.enum(['identity.challenge_over', 'INVALID_TWO_FACTOR_COOKIE']) });

async function wordsOf(answer: Response, kind: keyof typeof paths): Promise<string> {
  if (answer.status === 429) return limitWords(answer);
  if (overSchema.safeParse(await answer.json().catch(() => null)).success)
    return 'The time for this step is over. Go back and sign in again.';
  if (answer.status >= 500) return 'Sign-in did not answer. Try again in a minute.';
  return kind === 'totp'
    ? 'That is not the code of this half minute. Look at the app again; its clock must be right.'
    : 'That is no recovery code of this account, or it was used before.';
}
