import type { Zone } from '#contracts/events/geofence';
import { moduleNames, type Module } from '#contracts/modules';
import type { EpochMs } from '#contracts/time';
import {
  autoOutAtMs,
  isOnSite,
  stopping,
  unclear,
  visitAt,
  type AttemptFact,
  type GeofenceRecord,
  type VisitFact,
} from '#domain/geofence';
import { addMonths, parseInstant, startOfDay } from '../../calendar.ts';
import {
  fact,
  type Derived,
  type SignalContext,
  type SignalDeclarations,
  type SignalValues,
} from '../../pack.ts';

type Context = SignalContext<GeofenceRecord>;

export const geofenceSignals: SignalDeclarations = {
  zoned: { kind: 'yes_no', title: 'Assigned to a zone' },
  zoneName: { kind: 'word', title: 'Zone' },
  refusedBecause: { kind: 'word', title: 'Last attempt refused' },
  attemptOpen: { kind: 'yes_no', title: 'Attempt not admitted' },
  requirement: { kind: 'word', title: 'Requirement not met' },
  reading: { kind: 'word', title: 'Position' },
  distanceM: { kind: 'number', title: 'Metres from the edge' },
  shiftStartsAt: { kind: 'instant', title: 'Shift starts' },
  fixOld: { kind: 'yes_no', title: 'Position too old' },
  unclearRequirement: { kind: 'yes_no', title: 'A requirement has no data' },
  overrideUntilAt: { kind: 'instant', title: 'Override until' },
  openReview: { kind: 'word', title: 'Waits for a person' },
  onSite: { kind: 'yes_no', title: 'On site' },
  autoOut: { kind: 'yes_no', title: 'Checked out automatically' },
  unseenFromAt: { kind: 'instant', title: 'Unseen from' },
};

/** The requirements' flags now; where one is not given, as they were at the attempt. */
function requirementsNow(
  zone: Zone,
  attempt: AttemptFact | null,
  context: Context,
): AttemptFact['requirements'] {
  return zone.requirements.flatMap((module) => {
    const now = context.otherFlags[module];
    if (now) return [{ module, ...now }];
    return (attempt?.requirements ?? []).filter((known) => known.module === module);
  });
}

/** Modules whose state the gate must not give away. */
const discreet: ReadonlySet<Module> = new Set(['drug_alcohol', 'background', 'health']);

function requirementWords(stopped: AttemptFact['requirements'], underAge: boolean): string | null {
  const open = stopped.find(({ module }) => !discreet.has(module));
  if (open) return moduleNames[open.module];
  if (stopped.length > 0) return 'a requirement of the site';
  return underAge ? 'minimum age' : null;
}

/** Instant of the zone's minimum age, in the site's zone; null = no minimum, or birth date not known. */
function ageReachedAt(zone: Zone, birthDate: string | null): EpochMs | null {
  if (zone.minAgeYears === null || birthDate === null) return null;
  return startOfDay(addMonths(birthDate, 12 * zone.minAgeYears), zone.timeZone);
}

/** Words and instants about the person at the gate. */
function attemptSignals(visit: VisitFact, overrideActive: boolean, context: Context): SignalValues {
  const { attempt, state } = visit;
  const admitted = isOnSite(state) && (state !== 'on_override' || overrideActive);
  // An override that ran out leaves the person where the attempt left them; without one, nothing is proven.
  if (state === 'on_override' && !overrideActive && !attempt)
    return { attemptOpen: true, reading: 'unusable' };
  const over = state === 'idle' || state === 'checked_out' || state === 'auto_out';
  if (!attempt || admitted || over) return { attemptOpen: false };
  const fixMs = attempt.fix ? parseInstant(attempt.fix.fixAt) : null;
  const tooOldAt = fixMs === null ? null : fixMs + visit.zone.limits.maxAgeS * 1000;
  // Who was blocked and no longer is must show the position again.
  const agedInWaiting = state === 'blocked' && tooOldAt !== null && context.atMs > tooOldAt;
  return {
    attemptOpen: true,
    reading: fact(attempt.reading, attempt.eventIds),
    distanceM: attempt.distanceM === null ? null : Math.round(attempt.distanceM),
    fixOld: fact(attempt.reading === 'stale' || agedInWaiting, attempt.eventIds),
    shiftStartsAt: visit.shift ? parseInstant(visit.shift.startAt) : 0,
  };
}

function visitSignals(
  visit: VisitFact,
  context: Context,
): { signals: SignalValues; turnsAt: (EpochMs | null)[] } {
  const { zone, attempt, override } = visit;
  const requirements = requirementsNow(zone, attempt, context);
  const ageAt = ageReachedAt(zone, context.person.birthDate);
  const underAge = ageAt === null ? (attempt?.underAge ?? false) : context.atMs < ageAt;
  const stopped = stopping(zone, requirements);
  const untilMs = override ? parseInstant(override.until) : null;
  const overrideActive = untilMs !== null && context.atMs < untilMs;
  const lastSeen = visit.lastFixAt ?? visit.since;
  const fixMs = attempt?.fix ? parseInstant(attempt.fix.fixAt) : null;
  return {
    signals: {
      zoneName: zone.name,
      requirement: fact(requirementWords(stopped, underAge), visit.eventIds),
      unclearRequirement: unclear(zone, requirements).length > 0,
      ...attemptSignals(visit, overrideActive, context),
      overrideUntilAt: fact(untilMs, override?.eventIds),
      onSite: fact(isOnSite(visit.state), visit.eventIds),
      autoOut: fact(visit.state === 'auto_out', visit.eventIds),
      unseenFromAt: lastSeen === null ? null : parseInstant(lastSeen) + zone.limits.unseenMinutes * 60_000,
    },
    turnsAt: [ageAt, untilMs, fixMs === null ? null : fixMs + zone.limits.maxAgeS * 1000 + 1],
  };
}

/** GF01: an attempt, or a stay that the leave found on site. */
function refusedOnLeave({ attempt, state, eventIds }: VisitFact): SignalValues {
  const wanted = attempt !== null || isOnSite(state);
  return wanted ? { refusedBecause: fact('on leave', attempt?.eventIds ?? eventIds) } : {};
}

/** Signals of the newest visit. Without an assigned zone nothing applies. */
export function deriveGeofence(context: Context): Derived {
  const { record, person, atMs } = context;
  const assigned = (person.requirements.geofence?.zoneIds.length ?? 0) > 0;
  const zoned = assigned || Object.keys(record?.zones ?? {}).length > 0 || Boolean(record?.visit);
  if (!zoned) return { signals: {} };
  const base = { zoned, refusedBecause: fact(record?.refused?.reason ?? null, record?.refused?.eventIds) };
  const review = record?.reviews[0];
  const openReview = review ? fact(review.reason, [review.eventId]) : null;
  if (!record?.visit) return { signals: { ...base, openReview } };
  // Nobody is admitted while on leave, whatever the position proves: the flag stays that of somebody off site.
  if (person.phase === 'leave') return { signals: { ...base, ...refusedOnLeave(record.visit), openReview } };
  const visit = visitAt(record.visit, atMs);
  const { signals, turnsAt } = visitSignals(visit, context);
  return { signals: { ...base, openReview, ...signals }, turnsAt: [...turnsAt, autoOutAtMs(record.visit)] };
}
