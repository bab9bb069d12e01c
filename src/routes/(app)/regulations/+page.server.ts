import { askPane } from '#features/ask.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
  const text = url.searchParams.get('text')?.trim() ?? '';
  const group = url.searchParams.get('group');
  const asOf = url.searchParams.get('asOf');
  if (text.length < 2) return { text, found: null };
  return {
    text,
    found: await askPane(locals, (api) =>
      api.regulations.search({ text: text.slice(0, 400), group, asOf: asOf === '' ? null : asOf }),
    ),
  };
};
