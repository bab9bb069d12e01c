import { redirect } from '@sveltejs/kit';
import { passOn } from '../sign-in/pass-on.server.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async (event) => {
  await passOn(event, '/api/auth/sign-out', {});
  redirect(303, '/sign-in');
};
