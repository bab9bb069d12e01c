import { ask } from '#features/ask.server.ts';
import { readPeopleAddress } from '#features/people/people-url.ts';
import type { RequestHandler } from './$types';

/** The list behind the screen's filters as a file. */
export const GET: RequestHandler = async ({ locals, url }) => {
  const { query } = readPeopleAddress(url.searchParams);
  const { csv } = await ask(locals, (api) => api.people.export(query));
  const day = new Date(locals.app.now()).toISOString().slice(0, 10);
  return new Response(csv, {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="people-${day}.csv"`,
    },
  });
};
