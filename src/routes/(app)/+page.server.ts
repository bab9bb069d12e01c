import { redirect } from '@sveltejs/kit';
import { dateSchema } from '#contracts/time';
import { ask, askPane } from '#features/ask.server.ts';
import { overviewFilterOf } from '#features/overview/filter.ts';
import type { PageServerLoad } from './$types';

const topAlerts = 5;
const openAlerts = { view: 'raised', module: null, severity: null, employeeId: null } as const;

/** Who sees one record or no people at all starts elsewhere. */
function landingOf({ session }: App.Locals): string | null {
  if (session === null) return null;
  const { role, employeeId } = session.viewer.membership;
  if (role === null && employeeId !== null) return `/people/${employeeId}`;
  return role === null || role === 'BillingAdmin' ? '/settings' : null;
}

export const load: PageServerLoad = async ({ locals, url, parent, depends }) => {
  depends('app:overview');
  const landing = landingOf(locals);
  if (landing !== null) redirect(307, landing);
  const filter = overviewFilterOf(url);
  const day = dateSchema.safeParse(url.searchParams.get('asOf'));
  // The frame is asked at the same time; only the vendors wait for it, because not every role sees them.
  const [overview, choices, alerts, vendors] = await Promise.all([
    ask(locals, (api) => api.overview.read({ filter, asOf: day.data ?? null })),
    ask(locals, (api) => api.board.choices()),
    askPane(locals, (api) => api.alerts.list({ query: openAlerts, offset: 0, limit: topAlerts })),
    parent().then(({ frame }) =>
      frame.administration ? askPane(locals, (api) => api.integrations.read()) : null,
    ),
  ]);
  return { overview, filter, choices, alerts, vendors };
};
