import { ask } from '#features/ask.server.ts';
import { incidentsPageSize, readIncidentAddress } from '#features/incidents/incident-words.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url, depends }) => {
  depends('app:incidents');
  const { view, page } = readIncidentAddress(url.searchParams);
  const offset = (page - 1) * incidentsPageSize;
  return {
    view,
    incidents: await ask(locals, (api) => api.incidents.list({ view, offset, limit: incidentsPageSize })),
  };
};
