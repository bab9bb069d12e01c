import type { PersonFacts } from '#contracts/person-facts';
import type { EpochMs } from '#contracts/time';
import { dateAt, startOfDay, validThrough } from '../../calendar.ts';

export type Exposure = NonNullable<PersonFacts['requirements']['health']>['exposures'][number];

/** Words of the hazard matrix that the rules of law know. Any other agent has no rule here. */
export const agents = {
  lead: 'lead',
  silica: 'silica',
  asbestos: 'asbestos',
  noise: 'noise',
  hazwoper: 'hazwoper',
  bloodborne: 'bloodborne',
} as const;

const exposuresOf = (person: PersonFacts): readonly Exposure[] => person.requirements.health?.exposures ?? [];

/** Exposures on the day of `atMs`, and those that are still to begin. */
export function presentExposures(
  person: PersonFacts,
  atMs: EpochMs,
): { present: Exposure[]; coming: Exposure[] } {
  const today = dateAt(atMs, person.zone);
  const open = exposuresOf(person).filter((exposure) => exposure.to === null || exposure.to >= today);
  return {
    present: open.filter((exposure) => exposure.from <= today),
    coming: open.filter((exposure) => exposure.from > today),
  };
}

/** Exposures that ended before the day of `atMs`. */
export function endedExposures(person: PersonFacts, atMs: EpochMs): Exposure[] {
  const today = dateAt(atMs, person.zone);
  return exposuresOf(person).filter((exposure) => exposure.to !== null && exposure.to < today);
}

/** Instants at which an exposure begins or is over. */
export function exposureTurns(person: PersonFacts): EpochMs[] {
  return exposuresOf(person).flatMap((exposure) => [
    startOfDay(exposure.from, person.zone),
    ...(exposure.to === null ? [] : [validThrough(exposure.to, person.zone)]),
  ]);
}
