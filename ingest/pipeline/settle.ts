import { LRUCache } from 'lru-cache';
import type { ComplianceEvent } from '#contracts/compliance-event';
import type { EmployeeId, TenantId } from '#contracts/ids';
import type { EventLog, NewRecord } from '#platform/event-log';
import { traceHeader } from '#platform/telemetry';
import { bounded, hasAnything } from '../draft.ts';
import type { FateStore, NewDeadLetter, NewDrop } from '../fates/fates.ts';
import { maskedPreview } from '../fates/preview.ts';
import type { Measures } from '../measures.ts';
import { topicOf } from '../payload.ts';
import type { DraftEvent, Outcome, Subject } from '../source.ts';
import { isEngineFault } from './engine-fault.ts';
import { eventIdOf } from './event-id.ts';
import { bytesOf, type FailedArrival } from './steps.ts';
import { findPeople, itemOf, mayAdmit, type AdmitPeople, type MatchEmployees, type Wanted } from './whose.ts';

export interface Link {
  readonly system: string;
  readonly value: string;
  readonly employeeId: EmployeeId;
}

/** A link, and whose message told it. */
export interface LearnedLink extends Link {
  readonly vendor: string;
}

/** Remembers that these ids of other systems mean these employees. Ids that are linked already stay as they are. */
type LearnReferences = (tenantId: TenantId, links: readonly LearnedLink[]) => Promise<void>;

export interface SettleDeps {
  log: Pick<EventLog, 'append'>;
  matchEmployees: MatchEmployees;
  admitPeople: AdmitPeople;
  learnReferences: LearnReferences;
  fates: FateStore;
  measures: Measures;
}

/** A body and what its source made of it. */
export interface Judged {
  readonly arrival: FailedArrival;
  readonly outcomes: readonly Outcome[];
}

/** Largest body that is copied into a dead letter; larger ones are read from the log by their reference. */
const copyLimitBytes = 16 * 1024;
const linkedCacheSize = 50_000;

/**
 * The end of the line for a batch: matches every person with one query per tenant, appends the events, files the rest.
 * All of it can run twice without a second effect, so a failure anywhere lets the log bring the batch again.
 */
export function createSettle(deps: SettleDeps) {
  const linked = new LRUCache<string, EmployeeId>({ max: linkedCacheSize });

  async function settleTenant(tenantId: TenantId, judged: readonly Judged[]): Promise<void> {
    const wanted = judged.flatMap(wantedOf);
    const found = await findPeople(deps, tenantId, wanted);
    const records: NewRecord[] = [];
    const fates = plainFates(judged);
    const links = new Map<string, LearnedLink>();
    for (const [at, want] of wanted.entries()) {
      const employeeId = found[at] ?? null;
      if (employeeId === null) {
        fates.deadLetters.push(unmatched(want));
        continue;
      }
      for (const one of linkable(want, employeeId)) links.set(`${one.system}\0${one.value}`, one);
      if (!want.draft) continue;
      const event = toEvent(want.arrival, want.draft, employeeId);
      records.push(toRecord(event, want.arrival.record.headers[traceHeader]));
    }
    // Events first: nobody waits for the bookkeeping.
    if (records.length > 0) await deps.log.append(records);
    await link(tenantId, [...links.values()]);
    await deps.fates.file(tenantId, fates);
    deps.measures.tally('normalise', {
      event: records.length,
      drop: fates.drops.length,
      dead_letter: fates.deadLetters.length,
    });
  }

  /** Only what this process has not linked before; the database settles what another process did. */
  async function link(tenantId: TenantId, links: readonly LearnedLink[]): Promise<void> {
    const fresh = links.filter((one) => linked.get(cacheKey(tenantId, one)) !== one.employeeId);
    if (fresh.length === 0) return;
    await deps.learnReferences(tenantId, fresh);
    for (const one of fresh) linked.set(cacheKey(tenantId, one), one.employeeId);
  }

  /** A body that the database refuses by itself is taken out, alone, so that it never blocks those behind it. */
  async function settleApart(tenantId: TenantId, judged: readonly Judged[]): Promise<void> {
    try {
      await settleTenant(tenantId, judged);
    } catch (error) {
      const [only] = judged;
      if (isEngineFault(error) || !only) throw error;
      if (judged.length === 1) {
        await deps.fates.file(tenantId, { deadLetters: [unsettled(only.arrival)], drops: [] });
        return;
      }
      const half = Math.ceil(judged.length / 2);
      await settleApart(tenantId, judged.slice(0, half));
      await settleApart(tenantId, judged.slice(half));
    }
  }

  return async function settle(judged: readonly Judged[]): Promise<void> {
    for (const [tenantId, ofTenant] of Map.groupBy(judged, ({ arrival }) => arrival.tenantId)) {
      await settleApart(tenantId, ofTenant);
    }
  };
}

/** Nothing of the message's own words goes into this letter: they may be what the database refused. */
function unsettled(arrival: FailedArrival): NewDeadLetter {
  const detail =
    'the message was understood, but could not be filed; nothing of it is certain to have taken effect';
  return { arrival, item: '#', reason: 'settle_failed', detail, subject: null, raw: null, preview: '' };
}

function cacheKey(tenantId: TenantId, one: Pick<Link, 'system' | 'value'>): string {
  return `${tenantId}\0${one.system}\0${one.value}`;
}

function wantedOf({ arrival, outcomes }: Judged): Wanted[] {
  return outcomes.flatMap((outcome, index): Wanted[] => {
    if (outcome.kind === 'event')
      return [{ arrival, index, subject: outcome.draft.subject, draft: outcome.draft }];
    if (outcome.kind === 'drop' && outcome.learn)
      return [{ arrival, index, subject: outcome.learn, draft: null }];
    return [];
  });
}

function linkable(want: Wanted, employeeId: EmployeeId): LearnedLink[] {
  return want.subject.refs
    .filter((one) => one.own)
    .map(({ system, value }) => ({ system, value }))
    .map((one) => ({ ...one, employeeId, vendor: want.arrival.vendor }));
}

function toEvent(arrival: FailedArrival, draft: DraftEvent, employeeId: EmployeeId): ComplianceEvent {
  const { tenantId, vendor, endpointId, rawRef, receivedAt } = arrival;
  const { module, type, subjectRef, occurredAt, version, payload, review, dedupeKey } = draft;
  return {
    id: eventIdOf({ tenantId, vendor, dedupeKey, occurredAt }),
    schemaVersion: 1,
    tenantId,
    employeeId,
    module,
    type,
    subjectRef,
    occurredAt: occurredAt > receivedAt ? notAfter(occurredAt, receivedAt) : occurredAt,
    receivedAt,
    version,
    source: { vendor, endpointId, dedupeKey, rawRef },
    payload: payload as ComplianceEvent['payload'],
    review,
  };
}

/** How far a vendor's clock may be ahead of ours. */
const clockSkewMs = 5 * 60_000;

/** Nothing happens after we were told of it: an instant in the future would hold its place as the newest fact for ever. */
function notAfter(occurredAt: string, receivedAt: string): string {
  return Date.parse(occurredAt) - Date.parse(receivedAt) > clockSkewMs ? receivedAt : occurredAt;
}

/** `trace` names the trace of the body that the event came from, when one is recorded. */
function toRecord(event: ComplianceEvent, trace: string | undefined): NewRecord {
  return {
    topic: topicOf(event),
    key: event.employeeId,
    value: Buffer.from(JSON.stringify(event)),
    headers: {
      tenantId: event.tenantId,
      eventId: event.id,
      ...(trace === undefined ? {} : { [traceHeader]: trace }),
    },
  };
}

interface Fates {
  deadLetters: NewDeadLetter[];
  drops: NewDrop[];
}

/** Everything that needs no match. */
function plainFates(judged: readonly Judged[]): Fates {
  const fates: Fates = { deadLetters: [], drops: [] };
  for (const { arrival, outcomes } of judged) {
    for (const [item, outcome] of outcomes.entries()) {
      if (outcome.kind === 'drop') {
        fates.drops.push({ arrival, item, reason: outcome.reason, detail: outcome.detail });
      } else if (outcome.kind === 'dead_letter') {
        const { reason, detail, subject } = outcome;
        fates.deadLetters.push(letter(arrival, `#${item}`, reason, detail, subject ?? null));
      } else if (outcome.kind === 'row_rejected') {
        const { path, message } = outcome.place;
        // The value at fault can be a birth date or an address; the file itself still shows it.
        const plain = message.replaceAll(/"[^"]*"/g, 'the value');
        fates.deadLetters.push(letter(arrival, path, 'row_rejected', `${path}: ${plain}`, null));
      } else if (outcome.kind === 'fetch') {
        const detail = `${outcome.detail}; no API client is set up to ask for ${outcome.request.path}`;
        fates.deadLetters.push(letter(arrival, `#${item}`, 'needs_fetch', detail, null));
      }
    }
  }
  return fates;
}

function unmatched(want: Wanted): NewDeadLetter {
  const known = hasAnything(want.subject);
  const reason = known ? 'employee_unknown' : 'person_missing';
  const detail = known
    ? `no employee is known by ${describe(want.subject)}`
    : 'the message names no person and no order that is known';
  const whole = mayAdmit(want)
    ? `${detail}; a new person needs an employee number of their own and a name`
    : detail;
  return letter(want.arrival, itemOf(want), reason, whole, want.subject);
}

/** Names the ids, never the person: details are shown in lists. */
function describe(subject: Subject): string {
  const parts = subject.refs.map(({ system, value, own }) =>
    own || system.startsWith('employee.') ? `${system} ${value}` : system,
  );
  if (subject.email) parts.push('this e-mail address');
  if (subject.name) parts.push(subject.birthDate ? 'this name and birth date' : 'this name');
  return parts.join(', ').slice(0, 400) || 'the given id';
}

function letter(
  arrival: FailedArrival,
  item: string,
  reason: string,
  detail: string,
  subject: Subject | null,
): NewDeadLetter {
  const body = bytesOf(arrival.record);
  return {
    arrival,
    item: bounded(item),
    reason,
    detail: detail.slice(0, 1000),
    subject,
    // A file can bring a letter per row: those are read from the log when they are needed.
    raw: reason !== 'row_rejected' && body.length <= copyLimitBytes ? body : null,
    preview: maskedPreview(body),
  };
}
