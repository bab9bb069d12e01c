import type { Zone } from '#contracts/events/geofence';
import type { EpochMs } from '#contracts/time';
import { step } from '#platform/state-machine';
import { checkInMachine, type CheckInState, type CheckInTrigger } from './check-in-machine.ts';
import type { AttemptFact, VisitFact } from './record.ts';

const hourMs = 3_600_000;

const onSiteStates: ReadonlySet<CheckInState> = new Set(['on_site', 'on_override', 'stopped']);
export const isOnSite = (state: CheckInState): boolean => onSiteStates.has(state);

/** First instant at which the visit ends by itself: hours after the shift, or hours after it began. */
export function autoOutAtMs(visit: VisitFact): EpochMs | null {
  if (visit.since === null || !isOnSite(visit.state)) return null;
  const { limits } = visit.zone;
  const longest = Date.parse(visit.since) + limits.longestHours * hourMs;
  if (!visit.shift) return longest;
  return Math.min(longest, Date.parse(visit.shift.endAt) + limits.autoOutHours * hourMs);
}

/** The visit at an instant: the automatic check-out happens by itself. */
export function visitAt(visit: VisitFact, atMs: EpochMs): VisitFact {
  const outAt = autoOutAtMs(visit);
  if (outAt === null || atMs < outAt) return visit;
  return { ...visit, state: stepVisit(visit.state, 'auto_out').state, since: null, override: null };
}

/** One step. Nobody reaches a good code or an admission with a hold: the caller turns those into `block`. */
export function stepVisit(state: CheckInState, trigger: CheckInTrigger) {
  return step(checkInMachine, state, trigger, {
    unblocked: () => 'on_site',
    unseen: () => '=',
    left: () => '=',
  });
}

/** Requirements of the zone that stop the person: a hold, or any red where the zone says so. */
export function stopping(zone: Zone, requirements: AttemptFact['requirements']): AttemptFact['requirements'] {
  return requirements.filter(
    ({ module, flag, hold }) =>
      zone.requirements.some((required) => required === module) &&
      (hold || (zone.limits.blockOnRed && flag === 'red')),
  );
}

/** Requirements about which nothing can be claimed. */
export function unclear(zone: Zone, requirements: AttemptFact['requirements']): AttemptFact['requirements'] {
  return requirements.filter(
    ({ module, flag }) => flag === 'stale' && zone.requirements.some((required) => required === module),
  );
}
