import { Temporal } from 'temporal-polyfill';
import type { ComplianceEvent } from '#contracts/compliance-event';
import { geofenceEvents, type GeofencePayload, type Zone } from '#contracts/events/geofence';
import type { Instant } from '#contracts/time';
import { createFold, type Applied, type Handlers } from '#domain/folding';
import { checkInMachine, type CheckInTrigger } from './check-in-machine.ts';
import { readPosition, type PositionReading } from './reading.ts';
import { emptyRecord, type AttemptFact, type GeofenceRecord, type VisitFact } from './record.ts';
import { isOnSite, stepVisit, stopping, unclear, visitAt } from './visit.ts';

type Attempted = GeofencePayload<'check_in.attempted'>;

/** Nonces are remembered while a code could still be alive; codes live for seconds. */
const keptNonces = 50;

const askTheOffice = (why: string) => ({ refused: `Ask the office: ${why}` });

/** The present visit of this zone, or a new one; another zone's visit is over when this one begins. */
function visitOf(record: GeofenceRecord, zone: Zone, event: ComplianceEvent): VisitFact {
  const known = record.visit;
  if (known?.zone.id === zone.id) return { ...visitAt(known, Date.parse(event.occurredAt)), zone };
  return {
    ref: event.subjectRef,
    zone,
    state: 'idle',
    since: null,
    lastFixAt: null,
    shift: null,
    leftAt: null,
    override: null,
    attempt: null,
    eventIds: [],
  };
}

function codeIsGood(record: GeofenceRecord, { qr }: Attempted, zone: Zone, at: string): boolean {
  if (!qr || qr.zoneId !== zone.id || record.usedNonces.includes(qr.nonce)) return false;
  return Date.parse(at) <= Date.parse(qr.expiresAt);
}

function readAttempt(
  record: GeofenceRecord,
  payload: Attempted,
  zone: Zone,
  event: ComplianceEvent,
): { reading: AttemptFact['reading']; distanceM: number | null } {
  if (codeIsGood(record, payload, zone, event.occurredAt)) return { reading: 'code', distanceM: null };
  if (!payload.fix) return { reading: 'unusable', distanceM: null };
  return readPosition(zone, payload.fix, Date.parse(event.occurredAt), payload.offline);
}

const triggers: Readonly<Record<AttemptFact['reading'], CheckInTrigger>> = {
  code: 'code_good',
  inside: 'admit',
  near: 'undetermined',
  outside: 'outside',
  stale: 'stale',
  unusable: 'undetermined',
};

function triggerOf(attempt: AttemptFact, zone: Zone, badCode: boolean): CheckInTrigger {
  if (attempt.underAge || stopping(zone, attempt.requirements).length > 0) return 'block';
  const proven = attempt.reading === 'code' || attempt.reading === 'inside';
  if (proven && unclear(zone, attempt.requirements).length > 0) return 'undetermined';
  return badCode && attempt.reading === 'unusable' ? 'code_bad' : triggers[attempt.reading];
}

/** Forged device or code: nothing that was known changes. */
function refuseForged(
  record: GeofenceRecord,
  payload: Attempted,
  event: ComplianceEvent,
): Applied<GeofenceRecord> {
  const reason = payload.deviceForged ? 'the device is not trusted' : 'the code is not genuine';
  const refused = { at: event.occurredAt, reason, eventIds: [event.id] };
  return { record: { ...record, refused }, outcome: askTheOffice(reason) };
}

function attemptCheckIn(
  record: GeofenceRecord,
  payload: Attempted,
  event: ComplianceEvent,
): Applied<GeofenceRecord> {
  if (payload.deviceForged || payload.qr?.signatureValid === false)
    return refuseForged(record, payload, event);
  const zone = payload.zone ?? record.zones[payload.zoneId];
  if (!zone) return { record, outcome: { review: `zone ${payload.zoneId} is not known` } };
  const visit = visitOf(record, zone, event);
  const attempt: AttemptFact = {
    at: event.occurredAt,
    fix: payload.fix,
    ...readAttempt(record, payload, zone, event),
    requirements: payload.requirements,
    underAge: payload.underAge,
    eventIds: [event.id],
  };
  const result = stepVisit(visit.state, triggerOf(attempt, zone, payload.qr !== null));
  if (typeof result.outcome === 'object') return { record, outcome: result.outcome };
  const usedNonces =
    attempt.reading === 'code' && payload.qr
      ? [...record.usedNonces, payload.qr.nonce].slice(-keptNonces)
      : record.usedNonces;
  const next = afterAttempt(visit, attempt, result.state, payload, event);
  return { record: { ...record, visit: next, usedNonces }, outcome: 'applied' };
}

function afterAttempt(
  visit: VisitFact,
  attempt: AttemptFact,
  state: VisitFact['state'],
  payload: Attempted,
  event: ComplianceEvent,
): VisitFact {
  const wasOnSite = isOnSite(visit.state);
  const seen = attempt.reading === 'code' || attempt.reading === 'inside';
  const seenAt = attempt.fix?.fixAt ?? event.occurredAt;
  return {
    ...visit,
    state,
    attempt: wasOnSite && !seen ? visit.attempt : attempt,
    since: isOnSite(state) ? (wasOnSite ? visit.since : event.occurredAt) : null,
    lastFixAt: seen ? seenAt : wasOnSite ? visit.lastFixAt : null,
    leftAt: wasOnSite && attempt.reading === 'outside' ? seenAt : null,
    override: state === 'on_override' ? visit.override : null,
    shift: payload.shift ?? (wasOnSite ? visit.shift : null),
    eventIds: [...(wasOnSite ? visit.eventIds : []), event.id],
  };
}

/** A position while on site. Only a fix that proves presence stops the unseen clock. */
function receiveFix(
  record: GeofenceRecord,
  payload: GeofencePayload<'fix.received'>,
  event: ComplianceEvent,
) {
  const visit = record.visit && visitAt(record.visit, Date.parse(event.occurredAt));
  if (!visit || !isOnSite(visit.state)) return { record, outcome: 'duplicate' } as const;
  const { reading } = readPosition(visit.zone, payload.fix, Date.parse(event.occurredAt), false);
  const seen: Partial<Record<PositionReading['reading'], Partial<VisitFact>>> = {
    inside: { lastFixAt: payload.fix.fixAt, leftAt: null },
    outside: { leftAt: payload.fix.fixAt },
  };
  const changes = seen[reading];
  if (!changes) return { record: { ...record, visit }, outcome: 'duplicate' } as const;
  // The check-in's event and the newest fix are enough to explain the visit.
  const eventIds = [...visit.eventIds.slice(0, 1), event.id];
  return { record: { ...record, visit: { ...visit, ...changes, eventIds } }, outcome: 'applied' } as const;
}

function checkOut(
  record: GeofenceRecord,
  payload: GeofencePayload<'check_out.recorded'>,
  event: ComplianceEvent,
) {
  const visit = record.visit && visitAt(record.visit, Date.parse(event.occurredAt));
  if (!visit) return { record, outcome: { refused: checkInMachine.refusals.not_on_site } };
  const result = stepVisit(visit.state, 'check_out');
  if (result.outcome !== 'applied') return { record: { ...record, visit }, outcome: result.outcome };
  const next = {
    ...visit,
    state: result.state,
    since: null,
    override: null,
    leftAt: null,
    eventIds: [event.id],
  };
  return { record: { ...record, visit: next }, outcome: result.outcome };
}

/** Why an override is not granted; null = it may be. Only over an undetermined position, never over a hold. */
function overrideRefusal(zone: Zone, payload: GeofencePayload<'override.granted'>): string | null {
  if (stopping(zone, payload.requirements).length > 0) return checkInMachine.refusals.held;
  if (!payload.ofThisLocation) return 'Only the supervisor of this location may override';
  if (payload.forSelf) return 'Nobody overrides for themselves';
  if (payload.reason.trim() === '') return 'An override needs a reason';
  return null;
}

/** The earliest of what was granted, the shift's end and the zone's longest override. */
function overrideEnd(
  zone: Zone,
  granted: Instant,
  shift: VisitFact['shift'],
  event: ComplianceEvent,
): Instant {
  const longest = Date.parse(event.occurredAt) + zone.limits.overrideHours * 3_600_000;
  const endMs = Math.min(longest, Date.parse(granted), shift ? Date.parse(shift.endAt) : Infinity);
  return Temporal.Instant.fromEpochMilliseconds(endMs).toString({ smallestUnit: 'millisecond' });
}

function grantOverride(
  record: GeofenceRecord,
  payload: GeofencePayload<'override.granted'>,
  event: ComplianceEvent,
): Applied<GeofenceRecord> {
  const present = record.visit?.zone.id === payload.zoneId ? record.visit.zone : undefined;
  const zone = present ?? record.zones[payload.zoneId];
  if (!zone) return { record, outcome: { review: `zone ${payload.zoneId} is not known` } };
  const refusal = overrideRefusal(zone, payload);
  if (refusal) return { record, outcome: { refused: refusal } };
  const visit = visitOf(record, zone, event);
  const result = stepVisit(visit.state, 'override');
  if (result.outcome !== 'applied') return { record, outcome: result.outcome };
  const shift = payload.shift ?? visit.shift;
  const until = overrideEnd(zone, payload.until, shift, event);
  const override = { by: payload.by, reason: payload.reason, until, eventIds: [event.id] };
  const next = {
    ...visit,
    state: result.state,
    since: event.occurredAt,
    lastFixAt: event.occurredAt,
    shift,
    override,
    eventIds: [...visit.eventIds, event.id],
  };
  return { record: { ...record, visit: next }, outcome: 'applied' };
}

function changeRequirement(
  record: GeofenceRecord,
  payload: GeofencePayload<'requirement.changed'>,
  event: ComplianceEvent,
): Applied<GeofenceRecord> {
  const visit = record.visit && visitAt(record.visit, Date.parse(event.occurredAt));
  if (!visit) return { record, outcome: 'duplicate' };
  const trigger = stopping(visit.zone, payload.requirements).length > 0 ? 'lose' : 'regain';
  const result = stepVisit(visit.state, trigger);
  if (result.outcome !== 'applied') return { record: { ...record, visit }, outcome: result.outcome };
  const next = { ...visit, state: result.state, eventIds: [...visit.eventIds, event.id] };
  return { record: { ...record, visit: next }, outcome: 'applied' };
}

function assignZone(
  record: GeofenceRecord,
  { zone }: GeofencePayload<'zone.assigned'>,
): Applied<GeofenceRecord> {
  return { record: { ...record, zones: { ...record.zones, [zone.id]: zone } }, outcome: 'applied' };
}

function unassignZone(
  record: GeofenceRecord,
  { zoneId }: GeofencePayload<'zone.unassigned'>,
): Applied<GeofenceRecord> {
  if (!record.zones[zoneId]) return { record, outcome: 'duplicate' };
  const { [zoneId]: _gone, ...zones } = record.zones;
  return { record: { ...record, zones }, outcome: 'applied' };
}

const handlers: Handlers<GeofenceRecord, typeof geofenceEvents> = {
  'zone.assigned': assignZone,
  'zone.unassigned': unassignZone,
  'check_in.attempted': attemptCheckIn,
  'fix.received': receiveFix,
  'check_out.recorded': checkOut,
  'override.granted': grantOverride,
  'requirement.changed': changeRequirement,
};

/** The geofence record of one employee as a pure fold over that employee's `geofence` events. */
export const geofenceFold = createFold({ schemas: geofenceEvents, handlers, empty: emptyRecord });
