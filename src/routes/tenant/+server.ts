import { redirect } from '@sveltejs/kit';
import { ask } from '#features/ask.server.ts';
import type { RequestHandler } from './$types';

const weekS = 7 * 86_400;

/** Chooses the company looked at and the role, among those that the viewer has; any other choice changes nothing. */
export const POST: RequestHandler = async ({ request, locals, cookies, url }) => {
  const to = (await request.formData()).get('to');
  const { keep } = await ask(locals, (api) => api.session.choose({ to: typeof to === 'string' ? to : '' }));
  if (keep !== null) {
    cookies.set(locals.app.tenantCookie, keep, {
      path: '/',
      httpOnly: true,
      secure: url.protocol === 'https:',
      sameSite: 'lax',
      maxAge: weekS,
    });
  }
  redirect(303, '/');
};
