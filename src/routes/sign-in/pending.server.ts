import { redirect, type RequestEvent } from '@sveltejs/kit';
import { safeTarget } from './pass-on.server.ts';

type Step = 'show-passkey' | 'enrol-passkey';

/** Lets in only somebody of whom this step is asked; all others go where they belong. */
export async function loadStep({ locals, request, url }: RequestEvent, step: Step) {
  const to = safeTarget(url.searchParams.get('to'));
  if (locals.session !== null) redirect(303, to);
  const pending = await locals.app.pendingSession(request.headers);
  if (pending === null) redirect(303, `/sign-in?to=${encodeURIComponent(to)}`);
  if (pending.step !== step) redirect(303, `/sign-in/${pending.step}?to=${encodeURIComponent(to)}`);
  return { to, email: pending.user.email };
}
