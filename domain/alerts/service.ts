import type { UserId } from '#contracts/ids';
import type { Module } from '#contracts/modules';
import type { ActContext, Audit, AuditDraft } from '#domain/audit';
import type { Scope } from '#domain/identity';
import type { Clock } from '#platform/clock';
import { PlumblineError } from '#platform/errors';
import type { Ids } from '#platform/ids';
import type { Postgres, Tx } from '#platform/postgres';
import { alertTransitions, type AlertAct, type AlertCause } from './alert.ts';
import {
  countAlerts,
  listAlerts,
  lockAlerts,
  resolveAlerts,
  updateAlert,
  upsertAlerts,
  type Alert,
  type AlertFilter,
} from './store.postgres.ts';

export interface AlertsDeps {
  postgres: Postgres;
  audit: Audit;
  clock: Clock;
  ids: Ids;
}

/** What a viewer asks of some alerts. */
export interface AlertOrder {
  act: AlertAct;
  alertIds: readonly string[];
  /** For `assign`; null takes the owner away. */
  ownerUserId?: UserId | null;
  /** For `mute`: until when; null ends the mute. */
  mutedUntil?: string | null;
}

/** How far a viewer's rights go. */
export interface AlertReach {
  /** Modules that the viewer sees in full. */
  seen: readonly Module[];
  changeable: readonly Module[];
  /** Why an alert of a module that the viewer may only look at stays as it is. */
  lookOnly(module: Module): string;
}

export interface AlertActResult {
  changed: Alert[];
  refused: { id: string; reason: string }[];
}

export interface Alerts {
  /**
   * Opens an alert for each cause and ends those of `ended` causes, in the transaction of the decision. Answers the
   * audit drafts, which the caller appends with its own.
   */
  settle(
    tx: Tx,
    tenantId: string,
    input: { causes: readonly AlertCause[]; ended: readonly string[]; at: string; context: ActContext },
  ): Promise<AuditDraft[]>;
  list(
    scope: Scope,
    filter: AlertFilter,
    page: { limit: number; offset: number },
  ): Promise<{ alerts: Alert[]; total: number }>;
  count(scope: Scope, filter: AlertFilter): Promise<number>;
  /**
   * Acts on alerts of the modules that the viewer may change. Those of modules that the viewer may only look at, and
   * those already ended, are refused with a reason. Throws `alerts.not_found` when the viewer sees none of them, and
   * `alerts.act_denied`, which names the missing right, when the viewer may only look at all of them.
   */
  act(scope: Scope, context: ActContext, reach: AlertReach, order: AlertOrder): Promise<AlertActResult>;
}

function changeOf(alert: Alert, order: AlertOrder, next: Alert['status'], userId: string, at: string): Alert {
  switch (order.act) {
    case 'acknowledge':
      return {
        ...alert,
        status: next,
        acknowledgedAt: alert.acknowledgedAt ?? at,
        acknowledgedBy: alert.acknowledgedBy ?? userId,
      };
    case 'reopen':
      return { ...alert, status: next, acknowledgedAt: null, acknowledgedBy: null };
    case 'assign':
      return { ...alert, status: next, ownerUserId: order.ownerUserId ?? null };
    case 'mute':
      return { ...alert, status: next, mutedUntil: order.mutedUntil ?? null };
    case 'resolve':
      return { ...alert, status: next, resolvedAt: alert.resolvedAt ?? at };
  }
}

function changed(alert: Alert) {
  return {
    status: alert.status,
    ownerUserId: alert.ownerUserId,
    mutedUntil: alert.mutedUntil,
    acknowledgedBy: alert.acknowledgedBy,
  };
}

function denied(detail: string): PlumblineError {
  return new PlumblineError({ kind: 'forbidden', code: 'alerts.act_denied', detail });
}

async function act(
  deps: AlertsDeps,
  scope: Scope,
  context: ActContext,
  reach: AlertReach,
  order: AlertOrder,
): Promise<AlertActResult> {
  const at = deps.clock.now();
  return deps.postgres.asViewer(scope, async (tx) => {
    const found = await lockAlerts(tx, scope, reach.seen, order.alertIds);
    if (found.length === 0) {
      throw new PlumblineError({
        kind: 'not_found',
        code: 'alerts.not_found',
        detail: 'None of these alerts exists in your scope.',
      });
    }
    const bound = (alert: Alert) => alert.module !== null && !reach.changeable.includes(alert.module);
    const [first] = found;
    if (first?.module && found.every(bound)) throw denied(reach.lookOnly(first.module));
    const result: AlertActResult = { changed: [], refused: [] };
    const drafts: AuditDraft[] = [];
    for (const before of found) {
      if (before.module !== null && bound(before)) {
        result.refused.push({ id: before.id, reason: reach.lookOnly(before.module) });
        continue;
      }
      const next = alertTransitions[before.status][order.act];
      if (typeof next !== 'string') {
        result.refused.push({ id: before.id, reason: next.refused });
        continue;
      }
      const after = changeOf(before, order, next, scope.userId, at);
      await updateAlert(tx, before.id, after);
      result.changed.push(after);
      drafts.push({
        ...context,
        act: `alerts:alert:${order.act}`,
        subject: { type: 'alert', id: before.id },
        before: changed(before),
        after: changed(after),
      });
    }
    await deps.audit.append(tx, scope.tenantId, drafts);
    return result;
  });
}

export function createAlerts(deps: AlertsDeps): Alerts {
  return {
    settle: async (tx, tenantId, { causes, ended, at, context }) => {
      const named = causes.map((cause) => ({ ...cause, id: deps.ids.next('alert') }));
      const raised = await upsertAlerts(tx, tenantId, named, at);
      const resolved = await resolveAlerts(tx, ended, at);
      return [
        ...named
          .filter((cause) => raised.has(cause.id))
          .map((cause) => ({
            ...context,
            act: 'alerts:alert:raise',
            subject: { type: 'alert', id: cause.id },
            after: {
              kind: cause.kind,
              severity: cause.severity,
              employeeId: cause.employeeId,
              module: cause.module,
              ruleId: cause.ruleId,
            },
          })),
        ...resolved.map((id) => ({
          ...context,
          act: 'alerts:alert:resolve',
          subject: { type: 'alert', id },
          after: { status: 'resolved', because: 'the cause ended' },
        })),
      ];
    },
    list: (scope, filter, page) =>
      deps.postgres.asViewer(scope, async (tx) => ({
        alerts: await listAlerts(tx, scope, filter, page),
        total: await countAlerts(tx, scope, filter),
      })),
    count: (scope, filter) => deps.postgres.asViewer(scope, (tx) => countAlerts(tx, scope, filter)),
    act: (scope, context, reach, order) => act(deps, scope, context, reach, order),
  };
}
