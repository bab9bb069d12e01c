import { modules, type Module } from '#contracts/modules';
import {
  alertActInputSchema,
  alertActResultSchema,
  alertPageInputSchema,
  alertPageSchema,
  alertViews,
  type AlertActInput,
  type AlertPage,
  type AlertQuery,
  type AlertRow,
} from '#contracts/screens/alerts';
import type { Alert, AlertFilter, AlertOrder, AlertReach, Alerts } from '#domain/alerts';
import { can, type Scope } from '#domain/identity';
import type { Clock } from '#platform/clock';
import { PlumblineError } from '#platform/errors';
import { actContextOf } from '../context.ts';
import { lookOnly } from '../rights.ts';
import { router, scopedProcedure } from '../trpc.ts';

export interface AlertsRouterDeps {
  readonly alerts: Alerts;
  readonly clock: Clock;
  /** Names of users by id; those who are gone are left out. */
  userNames(tenantId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

export function createAlertsRouter(deps: AlertsRouterDeps) {
  return router({
    list: scopedProcedure('any-module', 'see')
      .input(alertPageInputSchema)
      .output(alertPageSchema)
      .query(({ ctx: { scope }, input }) => listPage(deps, scope, input)),
    /** Acknowledges, assigns or mutes some alerts at once; those already ended are told back. */
    act: scopedProcedure('any-module', 'write')
      .input(alertActInputSchema)
      .output(alertActResultSchema)
      .mutation(async ({ ctx, input }) => {
        const { scope } = ctx;
        const order = toOrder(input, scope, deps.clock.nowMs());
        const result = await deps.alerts.act(scope, actContextOf(ctx), reachOf(scope), order);
        return { changed: result.changed.length, refused: result.refused };
      }),
  });
}

/** Alerts tell their reason, so they need sight of the whole module. */
function viewable(scope: Scope): Module[] {
  return modules.filter((module) => can(scope, 'view', module));
}

/** Acting on an alert changes something of its module; whoever may only look at it is told which right is missing. */
function reachOf(scope: Scope): AlertReach {
  const seen = viewable(scope);
  return {
    seen,
    changeable: seen.filter((module) => can(scope, 'write', module)),
    lookOnly: (module) => lookOnly([module], scope),
  };
}

const longestMuteMs = 90 * 86_400_000;

function toOrder(input: AlertActInput, scope: Scope, nowMs: number): AlertOrder {
  const { act, alertIds } = input;
  if (act === 'assign') return { act, alertIds, ownerUserId: input.to === 'me' ? scope.userId : null };
  if (act !== 'mute') return { act, alertIds };
  if (input.until !== null) requireMute(Date.parse(input.until) - nowMs);
  return { act, alertIds, mutedUntil: input.until };
}

function requireMute(forMs: number): void {
  if (forMs > 0 && forMs <= longestMuteMs) return;
  throw new PlumblineError({
    kind: 'invalid',
    code: 'alerts.mute_out_of_range',
    detail: 'A mute ends in the future, at most 90 days from now. Choose another date.',
  });
}

function filterOf(query: AlertQuery, scope: Scope, at: string): AlertFilter {
  const seen = viewable(scope).filter((module) => query.module === null || module === query.module);
  const base = {
    modules: seen,
    at,
    includeMuted: true,
    ...(query.severity === null ? {} : { severity: query.severity }),
    ...(query.employeeId === null ? {} : { employeeId: query.employeeId }),
  };
  const views: Record<AlertQuery['view'], AlertFilter> = {
    raised: { ...base, statuses: ['open'], includeMuted: false },
    acknowledged: { ...base, statuses: ['acknowledged'], includeMuted: false },
    mine: { ...base, statuses: ['open', 'acknowledged'], ownerUserId: scope.userId },
    muted: { ...base, statuses: ['open', 'acknowledged'], onlyMuted: true },
    ended: { ...base, statuses: ['resolved'] },
  };
  return views[query.view];
}

async function listPage(
  deps: AlertsRouterDeps,
  scope: Scope,
  { query, offset, limit }: { query: AlertQuery; offset: number; limit: number },
): Promise<AlertPage> {
  const at = deps.clock.now();
  const { alerts, total } = await deps.alerts.list(scope, filterOf(query, scope, at), { limit, offset });
  const counts = await Promise.all(
    alertViews.map(async (view) => {
      const filter = filterOf({ ...query, view }, scope, at);
      return [view, await deps.alerts.count(scope, filter)] as const;
    }),
  );
  const users = alerts
    .flatMap((alert) => [alert.ownerUserId, alert.acknowledgedBy])
    .filter((id) => id !== null);
  const names = await deps.userNames(scope.tenantId, [...new Set(users)]);
  const mayChange = ({ module }: Alert) => can(scope, 'write', module ?? 'any-module');
  return {
    total,
    offset,
    counts: Object.fromEntries(counts) as AlertPage['counts'],
    rows: alerts.map((alert) =>
      toRow(
        alert,
        names,
        mayChange(alert) ? '' : lookOnly(alert.module === null ? [] : [alert.module], scope),
      ),
    ),
  };
}

const gone = 'a former user';

function toRow(alert: Alert, names: ReadonlyMap<string, string>, denied: string): AlertRow {
  const {
    ownerUserId,
    acknowledgedBy,
    divisionId: _division,
    locationId: _location,
    dedupeKey: _key,
    ...rest
  } = alert;
  return {
    ...rest,
    id: alert.id as AlertRow['id'],
    acknowledgedBy: acknowledgedBy === null ? null : (names.get(acknowledgedBy) ?? gone),
    owner:
      ownerUserId === null
        ? null
        : {
            userId: ownerUserId as NonNullable<AlertRow['owner']>['userId'],
            name: names.get(ownerUserId) ?? gone,
          },
    denied,
    mayAct: denied === '' && alert.status !== 'resolved',
  };
}
