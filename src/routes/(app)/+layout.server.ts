import { dateSchema } from '#contracts/time';
import { ask } from '#features/ask.server.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async ({ locals, url, cookies, depends }) => {
  depends('app:frame');
  const frame = await ask(locals, (api) => api.frame.get());
  const asked = dateSchema.safeParse(url.searchParams.get('asOf'));
  return {
    frame,
    /** The role asks for a passkey and this installation, a demo, lets its holder in without. */
    passkeyAsked: locals.session?.passkeyAsked === true,
    /** A past calendar date; null = now. */
    asOf: asked.success ? asked.data : null,
    railFolded: cookies.get('rail') === 'folded',
  };
};
