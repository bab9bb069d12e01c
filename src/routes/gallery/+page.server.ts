import { error } from '@sveltejs/kit';
import { dev } from '$app/environment';
import type { PageServerLoad } from './$types';

/** Only where invented data is welcome: in development and in the demo. */
export const load: PageServerLoad = ({ locals }) => {
  if (!dev && !locals.app.demo)
    error(404, { message: 'There is no such page.', reference: locals.reference });
  return { now: locals.app.now() };
};
