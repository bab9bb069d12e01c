import { isId } from '#contracts/ids';
import { ask } from '#features/ask.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url, depends }) => {
  depends('app:ask');
  const id = url.searchParams.get('id');
  return {
    question: url.searchParams.get('q') ?? '',
    home: await ask(locals, (api) => api.derIq.home()),
    conversation: isId('conversation', id)
      ? await ask(locals, (api) => api.derIq.conversation({ id }))
      : null,
  };
};
