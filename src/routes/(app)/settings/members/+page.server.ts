import { ask } from '#features/ask.server.ts';
import { membersPageSize } from '#features/members/members-url.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url, depends }) => {
  depends('app:members');
  const page = Math.max(1, Math.trunc(Number(url.searchParams.get('page') ?? '1')) || 1);
  const asked = { offset: (page - 1) * membersPageSize, limit: membersPageSize };
  return { members: await ask(locals, (api) => api.members.list(asked)) };
};
