import { redirect } from '@sveltejs/kit';
import { ask } from '#features/ask.server.ts';
import type { RequestHandler } from './$types';

const weekS = 7 * 86_400;

/** Chooses the company looked at, among those that the viewer reaches; any other choice changes nothing. */
export const POST: RequestHandler = async ({ request, locals, cookies, url }) => {
  const to = (await request.formData()).get('to');
  const frame = await ask(locals, (api) => api.frame.get());
  const chosen = frame.tenants.find((tenant) => tenant.id === to);
  if (chosen !== undefined) {
    cookies.set(locals.app.tenantCookie, chosen.id, {
      path: '/',
      httpOnly: true,
      secure: url.protocol === 'https:',
      sameSite: 'lax',
      maxAge: weekS,
    });
  }
  redirect(303, '/');
};
