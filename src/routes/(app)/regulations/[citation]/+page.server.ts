import { ask } from '#features/ask.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const asOf = url.searchParams.get('asOf');
  return {
    section: await ask(locals, (api) =>
      api.regulations.section({ citation: params.citation, asOf: asOf === '' ? null : asOf }),
    ),
  };
};
