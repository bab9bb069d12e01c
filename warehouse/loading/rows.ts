import type { ComplianceEvent } from '#contracts/compliance-event';
import type { FlagColour } from '#contracts/flags';
import type { FlagChanged } from '#contracts/live';
import type { Phase } from '#contracts/person-facts';
import type { catalogue } from '../catalogue/catalogue.ts';
import type { RowOf } from '../catalogue/table.ts';
import { stateBits } from '../state.ts';

/** Where a record lies in the event log. */
export interface LogPosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/** A person with names, as the people module knows them now. */
export interface PersonRow {
  readonly tenantId: string;
  readonly employeeId: string;
  readonly name: string;
  readonly phase: Phase;
  readonly division: NamedUnit | null;
  readonly location: NamedUnit | null;
  readonly jobRole: NamedUnit | null;
  /** Instant of the person's last change: of two rows of one person the later wins. */
  readonly updatedAt: string;
  /**
   * Told along with an event, as the person was read then. An announced row is better at any time: the event may have
   * been decided while a change of the person was being made. Default false.
   */
  readonly isAside?: boolean;
}

export interface NamedUnit {
  readonly id: string;
  readonly name: string;
}

export interface EventRow {
  readonly event: ComplianceEvent;
  /** Null when the person is not known (any more). */
  readonly person: PersonRow | null;
  readonly at: LogPosition;
}

export interface FlagChangeRow {
  readonly change: FlagChanged;
  readonly at: LogPosition;
}

/** A row as it is inserted: all columns of the table, in one order. */
export type Row<T extends keyof typeof catalogue> = RowOf<(typeof catalogue)[T]>;

const positionColumns = (at: LogPosition) => ({
  log_topic: at.topic,
  log_partition: at.partition,
  log_offset: String(at.offset),
});

const unitColumns = (person: PersonRow | null) => ({
  division_id: person?.division?.id ?? '',
  division_name: person?.division?.name ?? '',
  location_id: person?.location?.id ?? '',
  location_name: person?.location?.name ?? '',
  job_role_id: person?.jobRole?.id ?? '',
  job_role_name: person?.jobRole?.name ?? '',
});

export function toEventRow({ event, person, at }: EventRow): Row<'compliance_events'> {
  return {
    id: event.id,
    tenant_id: event.tenantId,
    employee_id: event.employeeId,
    module: event.module,
    type: event.type,
    subject_ref: event.subjectRef,
    occurred_at: event.occurredAt,
    received_at: event.receivedAt,
    version: event.version,
    vendor: event.source.vendor,
    endpoint_id: event.source.endpointId ?? '',
    dedupe_key: event.source.dedupeKey,
    raw_ref: event.source.rawRef ?? '',
    payload: JSON.stringify(event.payload),
    review_field: event.review?.field ?? '',
    review_reason: event.review?.reason ?? '',
    name: person?.name ?? '',
    ...unitColumns(person),
    ...positionColumns(at),
  };
}

export function toFlagChangeRow({ change, at }: FlagChangeRow): Row<'flag_changes'> {
  return {
    id: change.id,
    tenant_id: change.tenantId,
    sequence: change.sequence,
    audience: change.audience,
    employee_id: change.employeeId,
    module: change.module,
    from_flag: change.from.flag,
    from_hold: change.from.hold,
    to_flag: change.to.flag,
    to_hold: change.to.hold,
    from_bits: stateBits(change.module, change.from.flag, change.from.hold),
    to_bits: stateBits(change.module, change.to.flag, change.to.hold),
    short: change.short,
    summary: change.summary,
    lead_rule_id: change.leadRuleId ?? '',
    ...outlookColumns(change),
    received_at: change.receivedAt,
    decided_at: change.decidedAt,
    name: change.name,
    division_id: change.divisionId ?? '',
    location_id: change.locationId ?? '',
    job_role_id: change.jobRoleId ?? '',
    ...positionColumns(at),
  };
}

function outlookColumns(change: FlagChanged): {
  next_change_at: string | null;
  next_flag: FlagColour;
  turns_red_at: string | null;
} {
  const turnsRedNext = change.nextFlag === 'red' ? change.nextChangeAt : null;
  const turnsRedAt = change.turnsRedAt === undefined ? turnsRedNext : change.turnsRedAt;
  return {
    next_change_at: change.nextFlag === null ? null : change.nextChangeAt,
    next_flag: change.nextFlag ?? 'none',
    turns_red_at: change.to.flag === 'red' ? null : turnsRedAt,
  };
}

/** The current flag that the change leaves behind, once for each view that may know of it. */
export function toCurrentRows({ change }: FlagChangeRow): Row<'flags_current'>[] {
  const views = change.audience === 'all' ? ['der', 'others'] : [change.audience];
  return views.map((audience) => ({
    tenant_id: change.tenantId,
    audience,
    employee_id: change.employeeId,
    module: change.module,
    flag: change.to.flag,
    hold: change.to.hold,
    bits: stateBits(change.module, change.to.flag, change.to.hold),
    short: change.short,
    lead_rule_id: change.leadRuleId ?? '',
    ...outlookColumns(change),
    decided_at: change.decidedAt,
    sequence: change.sequence,
  }));
}

export function toPersonRow(person: PersonRow): Row<'people'> {
  return {
    tenant_id: person.tenantId,
    employee_id: person.employeeId,
    name: person.name,
    phase: person.phase,
    ...unitColumns(person),
    version: versionOf(person),
  };
}

/** Announced rows count in ms, rows told aside in s: below all of those, above the stand-ins. */
function versionOf({ updatedAt, isAside = false }: PersonRow): number {
  const atMs = Date.parse(updatedAt);
  return isAside ? Math.floor(atMs / 1000) : atMs;
}

/** How much a row of `people` is to be believed: a stand-in, told along with an event, or announced. */
export function rankOf({ version }: Pick<Row<'people'>, 'version'>): 0 | 1 | 2 {
  if (version === 0) return 0;
  return Number(version) < leastAnnounced ? 1 : 2;
}

/** As ms: in the year 1973. As s: in the year 5138. */
const leastAnnounced = 1e11;

/** What a flag change tells of its person. Version 0: any row from the people module is better. */
export function toPersonStandIn({ change }: FlagChangeRow): Row<'people'> {
  return {
    tenant_id: change.tenantId,
    employee_id: change.employeeId,
    name: change.name,
    phase: change.phase ?? '',
    division_id: change.divisionId ?? '',
    division_name: '',
    location_id: change.locationId ?? '',
    location_name: '',
    job_role_id: change.jobRoleId ?? '',
    job_role_name: '',
    version: 0,
  };
}
