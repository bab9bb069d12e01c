import { dateSchema } from '#contracts/time';
import { ask } from '#features/ask.server.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async ({ locals, url, cookies, depends }) => {
  depends('app:frame');
  const frame = await ask(locals, (api) => api.frame.get());
  const asked = dateSchema.safeParse(url.searchParams.get('asOf'));
  return {
    frame,
    /** A past calendar date; null = now. */
    asOf: asked.success ? asked.data : null,
    railFolded: cookies.get('rail') === 'folded',
  };
};
