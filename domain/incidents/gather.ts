import type { TenantId } from '#contracts/ids';
import { systemContext, type AuditDraft } from '#domain/audit';
import type { Ids } from '#platform/ids';
import type { Tx } from '#platform/postgres';
import { step } from '#platform/state-machine';
import {
  graver,
  incidentMachine,
  nextEscalation,
  type Evidence,
  type Finding,
  type Incident,
} from './incident.ts';
import {
  appendTimeline,
  findLive,
  insertIncident,
  unknownEvidence,
  updateIncident,
  type NewTimelineEntry,
} from './store.postgres.ts';

export const watchContext = systemContext('watch');

const toEntry = ({ key, at, words, auditEntryId }: Evidence): NewTimelineEntry => ({
  key,
  at,
  words,
  auditEntryId,
  kind: 'evidence',
  actorUserId: null,
});

const newest = (evidence: readonly Evidence[], than: string): string =>
  evidence.reduce((last, { at }) => (at > last ? at : last), than);

/** What became of a finding. `null` = it tells nothing new. */
export interface Gathered {
  readonly incident: Incident;
  readonly opened: boolean;
  readonly draft: AuditDraft;
}

/** Opens an incident for a finding, or adds what is new to the one that is open for the same cause. */
export async function gather(
  { tx, ids, tenantId, nowMs }: { tx: Tx; ids: Ids; tenantId: TenantId; nowMs: number },
  finding: Finding,
): Promise<Gathered | null> {
  const before = await findLive(tx, finding);
  const at = new Date(nowMs).toISOString();
  if (before === null) {
    const incident = newIncident(ids, tenantId, finding, nowMs);
    await insertIncident(tx, incident);
    await appendTimeline(tx, incident, finding.evidence.map(toEntry), at);
    return { incident, opened: true, draft: draftOf('open', incident) };
  }
  const fresh = await unknownEvidence(tx, before.id, finding.evidence);
  if (fresh.length === 0) return null;
  const incident = grown(before, finding, fresh, nowMs);
  await updateIncident(tx, incident);
  await appendTimeline(tx, incident, fresh.map(toEntry), at);
  return { incident, opened: false, draft: draftOf('gather', incident, before) };
}

function newIncident(ids: Ids, tenantId: TenantId, finding: Finding, nowMs: number): Incident {
  const { detector, subject, severity, title, evidence } = finding;
  const at = new Date(nowMs).toISOString();
  return {
    id: ids.next('incident'),
    tenantId,
    detector,
    subject,
    severity,
    title,
    state: 'open',
    ownerUserId: null,
    openedAt: at,
    lastEvidenceAt: newest(evidence, evidence[0]?.at ?? at),
    evidenceCount: evidence.length,
    level: 0,
    escalatesAt: nextEscalation(severity, 0, nowMs),
    endedAt: null,
  };
}

function grown(before: Incident, finding: Finding, fresh: readonly Evidence[], nowMs: number): Incident {
  const severity = graver(before.severity, finding.severity);
  const event = severity === before.severity ? 'gather' : 'worsen';
  const { state } = step(incidentMachine, before.state, event, {});
  // The clock starts anew when it opens again or grows graver; more of the same does not put it off.
  const restarts = state === 'open' && (before.state !== 'open' || severity !== before.severity);
  return {
    ...before,
    severity,
    state,
    title: finding.title,
    lastEvidenceAt: newest(fresh, before.lastEvidenceAt),
    evidenceCount: before.evidenceCount + fresh.length,
    escalatesAt: restarts ? nextEscalation(severity, before.level, nowMs) : before.escalatesAt,
  };
}

const told = ({ state, severity, evidenceCount }: Incident) => ({ state, severity, evidenceCount });

function draftOf(verb: 'open' | 'gather', incident: Incident, before?: Incident): AuditDraft {
  return {
    ...watchContext,
    act: `incidents:incident:${verb}`,
    subject: { type: 'incident', id: incident.id },
    ...(before === undefined ? {} : { before: told(before) }),
    after: { ...told(incident), detector: incident.detector, about: incident.subject.id },
  };
}
