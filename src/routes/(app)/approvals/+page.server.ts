import { approvalsPageSize, readApprovalsAddress } from '#features/approvals/approvals-url.ts';
import { ask } from '#features/ask.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url, depends }) => {
  depends('app:approvals');
  const { view, page } = readApprovalsAddress(url.searchParams);
  const offset = (page - 1) * approvalsPageSize;
  return {
    view,
    approvals: await ask(locals, (api) => api.approvals.list({ view, offset, limit: approvalsPageSize })),
  };
};
