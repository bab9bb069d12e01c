import type { Id } from '#contracts/ids';
import type { ActContext, Audit } from '#domain/audit';
import type { Alerts } from '#domain/alerts';
import type { Scope } from '#domain/identity';
import type { Clock } from '#platform/clock';
import { PlumblineError } from '#platform/errors';
import type { Tx } from '#platform/postgres';
import { step } from '#platform/state-machine';
import {
  incidentAlertKey,
  incidentMachine,
  nextEscalation,
  type Incident,
  type IncidentAct,
} from './incident.ts';
import { appendTimeline, updateIncident } from './store.postgres.ts';

export interface IncidentOrder {
  readonly id: Id<'incident'>;
  readonly act: IncidentAct;
  /** What was found or done; stays in the timeline and the audit log. */
  readonly note: string;
}

interface Deps {
  readonly audit: Audit;
  readonly alerts: Pick<Alerts, 'settle'>;
  readonly clock: Clock;
}

const actWords: Readonly<Record<IncidentAct, string>> = {
  acknowledge: 'Acknowledged',
  contain: 'Contained',
  resolve: 'Resolved',
  dismiss: 'Called a false positive',
  reopen: 'Opened again',
};

const told = ({ state, ownerUserId }: Incident) => ({ state, ownerUserId });

/** One act on an incident that is locked, with its line in the timeline and its audit entry. */
export async function actOn(
  deps: Deps,
  tx: Tx,
  before: Incident,
  { act, note }: IncidentOrder,
  { scope, context }: { scope: Scope; context: ActContext },
): Promise<Incident> {
  if (before.subject.id === scope.userId) throw ownCase();
  const next = step(incidentMachine, before.state, act, {});
  if (typeof next.outcome === 'object') throw refused(next.outcome);
  if (next.outcome === 'duplicate') return before;
  const nowMs = deps.clock.nowMs();
  const at = deps.clock.now();
  const ended = next.state === 'resolved' || next.state === 'false_positive';
  const incident: Incident = {
    ...before,
    state: next.state,
    ownerUserId: act === 'reopen' ? null : scope.userId,
    escalatesAt: next.state === 'open' ? nextEscalation(before.severity, before.level, nowMs) : null,
    endedAt: ended ? at : null,
  };
  await updateIncident(tx, incident);
  const words = note === '' ? `${actWords[act]}.` : `${actWords[act]}: ${note}`;
  const line = { at, kind: 'act' as const, key: null, words, auditEntryId: null, actorUserId: scope.userId };
  await appendTimeline(tx, incident, [line], at);
  const answered = incident.state === 'open' ? [] : [incidentAlertKey(incident.id)];
  const settled = await deps.alerts.settle(tx, scope.tenantId, { causes: [], ended: answered, at, context });
  await deps.audit.append(tx, scope.tenantId, [
    {
      ...context,
      act: `incidents:incident:${act}`,
      subject: { type: 'incident', id: incident.id },
      before: told(before),
      after: { ...told(incident), note },
    },
    ...settled,
  ]);
  return incident;
}

/** Nobody closes the case about themselves: in a company with one administrator its compliance company does. */
function ownCase(): PlumblineError {
  return new PlumblineError({
    kind: 'forbidden',
    code: 'incidents.own_case',
    detail: 'This incident is about your own account, so somebody else must answer it.',
  });
}

function refused(outcome: { readonly refused: string } | { readonly review: string }): PlumblineError {
  return new PlumblineError({
    kind: 'conflict',
    code: 'incidents.act_refused',
    detail: 'refused' in outcome ? outcome.refused : outcome.review,
  });
}
