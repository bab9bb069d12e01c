import { sql } from 'kysely';
import type { Id, TenantId, UserId } from '#contracts/ids';
import type { Tx } from '#platform/postgres';
import type { Settled } from './detect.ts';
import type { Evidence, Finding, Incident, IncidentSeverity, IncidentState } from './incident.ts';
import { detectorNames, type DetectorName } from './thresholds.ts';

export interface TimelineEntry {
  readonly sequence: number;
  readonly at: string;
  readonly recordedAt: string;
  readonly kind: 'evidence' | 'act' | 'escalation';
  readonly words: string;
  readonly auditEntryId: Id<'auditEntry'> | null;
  readonly actorUserId: UserId | null;
}

interface Row {
  tenant_id: TenantId;
  id: Id<'incident'>;
  detector: DetectorName;
  subject_type: Finding['subject']['type'];
  subject_id: string;
  subject_name: string;
  severity: IncidentSeverity;
  state: IncidentState;
  title: string;
  owner_user_id: UserId | null;
  opened_at: Date;
  last_evidence_at: Date;
  evidence_count: number;
  level: number;
  escalates_at: Date | null;
  ended_at: Date | null;
}

function toIncident(row: Row): Incident {
  return {
    tenantId: row.tenant_id,
    id: row.id,
    detector: row.detector,
    subject: { type: row.subject_type, id: row.subject_id, name: row.subject_name },
    severity: row.severity,
    state: row.state,
    title: row.title,
    ownerUserId: row.owner_user_id,
    openedAt: row.opened_at.toISOString(),
    lastEvidenceAt: row.last_evidence_at.toISOString(),
    evidenceCount: row.evidence_count,
    level: row.level,
    escalatesAt: row.escalates_at?.toISOString() ?? null,
    endedAt: row.ended_at?.toISOString() ?? null,
  };
}

/** One watch at a time in a tenant: what two saw at once would be two incidents. */
export async function lockWatch(tx: Tx, tenantId: TenantId): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`incidents:${tenantId}`}, 0))`.execute(tx);
}

/** Keys of the evidence of incidents that have ended, since an instant. */
export async function readSettled(tx: Tx, since: string): Promise<Settled> {
  const { rows } = await sql<{ detector: DetectorName; keys: string[] }>`
    select i.detector, array_agg(t.evidence_key) as keys
    from incidents i join incident_timeline t on t.tenant_id = i.tenant_id and t.incident_id = i.id
    where i.ended_at is not null and i.last_evidence_at >= ${since}::timestamptz and t.kind = 'evidence'
    group by i.detector`.execute(tx);
  return new Map(rows.map(({ detector, keys }) => [detector, new Set(keys)]));
}

export async function readOwnThresholds(tx: Tx): Promise<Partial<Record<DetectorName, unknown>>> {
  const { rows } = await sql<{ detector: string; settings: unknown }>`
    select detector, settings from watch_thresholds`.execute(tx);
  return Object.fromEntries(
    rows
      .filter(({ detector }) => detectorNames.some((name) => name === detector))
      .map(({ detector, settings }) => [detector, settings]),
  );
}

export async function saveThresholds(
  tx: Tx,
  tenantId: TenantId,
  { detector, settings, by, at }: { detector: DetectorName; settings: unknown; by: UserId; at: string },
): Promise<void> {
  await sql`
    insert into watch_thresholds (tenant_id, detector, settings, changed_by, changed_at)
    values (${tenantId}, ${detector}, ${JSON.stringify(settings)}::jsonb, ${by}, ${at}::timestamptz)
    on conflict (tenant_id, detector) do update set settings = excluded.settings, changed_by = excluded.changed_by,
      changed_at = excluded.changed_at`.execute(tx);
}

/** The incident of a cause that has not ended; locked. */
export async function findLive(tx: Tx, { detector, subject }: Finding): Promise<Incident | null> {
  const { rows } = await sql<Row>`
    select * from incidents where detector = ${detector} and subject_id = ${subject.id}
      and state in ('open', 'acknowledged', 'contained') for update`.execute(tx);
  return rows[0] === undefined ? null : toIncident(rows[0]);
}

/** Which of these keys the incident does not have yet. */
export async function unknownEvidence(
  tx: Tx,
  incidentId: Id<'incident'>,
  evidence: readonly Evidence[],
): Promise<Evidence[]> {
  const { rows } = await sql<{ evidence_key: string }>`
    select evidence_key from incident_timeline where incident_id = ${incidentId}
      and evidence_key = any(${evidence.map(({ key }) => key)}::text[])`.execute(tx);
  const known = new Set(rows.map(({ evidence_key: key }) => key));
  return evidence.filter(({ key }) => !known.has(key));
}

export async function insertIncident(tx: Tx, incident: Incident): Promise<void> {
  const { subject } = incident;
  await sql`
    insert into incidents (tenant_id, id, detector, subject_type, subject_id, subject_name, severity, state, title,
      owner_user_id, opened_at, last_evidence_at, evidence_count, level, escalates_at, ended_at)
    values (${incident.tenantId}, ${incident.id}, ${incident.detector}, ${subject.type}, ${subject.id}, ${subject.name},
      ${incident.severity}, ${incident.state}, ${incident.title}, ${incident.ownerUserId},
      ${incident.openedAt}::timestamptz, ${incident.lastEvidenceAt}::timestamptz, ${incident.evidenceCount},
      ${incident.level}, ${incident.escalatesAt}::timestamptz, ${incident.endedAt}::timestamptz)`.execute(tx);
}

export async function updateIncident(tx: Tx, incident: Incident): Promise<void> {
  await sql`
    update incidents set severity = ${incident.severity}, state = ${incident.state}, title = ${incident.title},
      owner_user_id = ${incident.ownerUserId}, last_evidence_at = ${incident.lastEvidenceAt}::timestamptz,
      evidence_count = ${incident.evidenceCount}, level = ${incident.level},
      escalates_at = ${incident.escalatesAt}::timestamptz, ended_at = ${incident.endedAt}::timestamptz
    where id = ${incident.id}`.execute(tx);
}

export interface NewTimelineEntry {
  readonly at: string;
  readonly kind: TimelineEntry['kind'];
  readonly key: string | null;
  readonly words: string;
  readonly auditEntryId: string | null;
  readonly actorUserId: UserId | null;
}

/** Adds to the timeline of an incident that is locked. */
export async function appendTimeline(
  tx: Tx,
  { tenantId, id }: Pick<Incident, 'tenantId' | 'id'>,
  entries: readonly NewTimelineEntry[],
  recordedAt: string,
): Promise<void> {
  if (entries.length === 0) return;
  const of = <T>(read: (entry: NewTimelineEntry) => T) => entries.map(read);
  await sql`
    insert into incident_timeline (tenant_id, incident_id, sequence, at, recorded_at, kind, evidence_key, words,
      audit_entry_id, actor_user_id)
    select ${tenantId}, ${id}, last.sequence + n.number, n.at, ${recordedAt}::timestamptz, n.kind, n.key, n.words,
      n.audit_entry_id, n.actor_user_id
    from unnest(${of((one) => one.at)}::timestamptz[], ${of((one) => one.kind)}::text[],
      ${of((one) => one.key)}::text[], ${of((one) => one.words)}::text[], ${of((one) => one.auditEntryId)}::text[],
      ${of((one) => one.actorUserId)}::text[])
      with ordinality as n(at, kind, key, words, audit_entry_id, actor_user_id, number),
      (select coalesce(max(sequence), 0) as sequence from incident_timeline where incident_id = ${id}) last`.execute(
    tx,
  );
}

/** Open incidents whose time to answer is over; locked. */
export async function lockOverdue(tx: Tx, at: string): Promise<Incident[]> {
  const { rows } = await sql<Row>`
    select * from incidents where state = 'open' and escalates_at <= ${at}::timestamptz order by id for update`.execute(
    tx,
  );
  return rows.map(toIncident);
}

export async function findIncident(
  tx: Tx,
  id: Id<'incident'>,
  { lock }: { lock: boolean },
): Promise<Incident | null> {
  const { rows } = await sql<Row>`
    select * from incidents where id = ${id} ${lock ? sql`for update` : sql``}`.execute(tx);
  return rows[0] === undefined ? null : toIncident(rows[0]);
}

/** The newest part of the timeline, oldest first. */
export async function readTimeline(tx: Tx, id: Id<'incident'>, most: number): Promise<TimelineEntry[]> {
  const { rows } = await sql<{
    sequence: number;
    at: Date;
    recorded_at: Date;
    kind: TimelineEntry['kind'];
    words: string;
    audit_entry_id: Id<'auditEntry'> | null;
    actor_user_id: UserId | null;
  }>`
    select sequence, at, recorded_at, kind, words, audit_entry_id, actor_user_id from incident_timeline
    where incident_id = ${id} order by sequence desc limit ${most}`.execute(tx);
  return rows.toReversed().map((row) => ({
    sequence: row.sequence,
    at: row.at.toISOString(),
    recordedAt: row.recorded_at.toISOString(),
    kind: row.kind,
    words: row.words,
    auditEntryId: row.audit_entry_id,
    actorUserId: row.actor_user_id,
  }));
}

/** Gravest and newest first. */
export async function listIncidents(
  tx: Tx,
  states: readonly IncidentState[],
  page: { limit: number; offset: number },
): Promise<Incident[]> {
  const { rows } = await sql<Row>`
    select * from incidents where state = any(${states}::text[])
    order by case severity when 'critical' then 0 when 'warning' then 1 else 2 end, last_evidence_at desc, id
    limit ${page.limit} offset ${page.offset}`.execute(tx);
  return rows.map(toIncident);
}

export async function countByState(tx: Tx): Promise<ReadonlyMap<IncidentState, number>> {
  const { rows } = await sql<{ state: IncidentState; count: number }>`
    select state, count(*)::int as count from incidents group by state`.execute(tx);
  return new Map(rows.map(({ state, count }) => [state, count]));
}
