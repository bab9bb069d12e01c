import { alertsPageSize, readAlertAddress } from '#features/alerts/alerts-url.ts';
import { ask } from '#features/ask.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url, depends }) => {
  depends('app:alerts');
  const { query, page } = readAlertAddress(url.searchParams);
  const offset = (page - 1) * alertsPageSize;
  return {
    query,
    alerts: await ask(locals, (api) => api.alerts.list({ query, offset, limit: alertsPageSize })),
  };
};
