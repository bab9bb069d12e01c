import { auditPageSize, readAuditAddress } from '#features/audit/audit-url.ts';
import { ask } from '#features/ask.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url, depends }) => {
  depends('app:audit');
  // Read one by one: the opened entry is in the address too, and must not ask for the page again.
  const names = ['q', 'actor', 'act', 'subjectType', 'subjectId', 'from', 'to', 'before'];
  const asked = new URLSearchParams(names.map((name) => [name, url.searchParams.get(name) ?? '']));
  const { query, before } = readAuditAddress(asked);
  return {
    query,
    before,
    log: await ask(locals, (api) => api.audit.list({ query, limit: auditPageSize, before })),
  };
};
