import { deadLetterStatuses } from '#contracts/screens/integrations';
import { idSchema } from '#contracts/ids';
import { ask, askPane } from '#features/ask.server.ts';
import type { PageServerLoad } from './$types';

const pageSize = 50;

export const load: PageServerLoad = async ({ locals, url, depends }) => {
  depends('app:integrations');
  const vendor = url.searchParams.get('vendor');
  const reason = url.searchParams.get('reason');
  const status = deadLetterStatuses.find((one) => one === url.searchParams.get('status')) ?? 'open';
  const offset = Math.max(0, Math.trunc(Number(url.searchParams.get('from') ?? 0)) || 0);
  const openId = idSchema('deadLetter').safeParse(url.searchParams.get('letter'));
  const query = { vendor, reason, status, offset, limit: pageSize };
  const [integrations, letters, open] = await Promise.all([
    ask(locals, (api) => api.integrations.read()),
    askPane(locals, (api) => api.integrations.deadLetters(query)),
    openId.success ? askPane(locals, (api) => api.integrations.deadLetter({ id: openId.data })) : null,
  ]);
  return { integrations, letters, open, openId: openId.data ?? null, query };
};
