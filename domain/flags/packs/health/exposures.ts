import type { PersonFacts } from '#contracts/person-facts';
import type { CalendarDate, EpochMs } from '#contracts/time';
import type { HealthRecord } from '#domain/health';
import { dateAt, startOfDay, validThrough } from '../../calendar.ts';
import type { SignalContext } from '../../pack.ts';

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

/** What every row of the health pack looks at, worked out once. */
export interface HealthContext extends SignalContext<HealthRecord> {
  /** Exposures on the day of `atMs`, those to come, and those that are over. */
  readonly present: readonly Exposure[];
  readonly coming: readonly Exposure[];
  readonly over: readonly Exposure[];
  /** Facts before this day belong to an earlier period of employment; null = there was none. */
  readonly floor: CalendarDate | null;
}

/** The matrix may be older than the employment: nobody is exposed before the first day. */
function exposuresOf(person: PersonFacts): Exposure[] {
  const employedOn = person.periods.at(-1)?.from;
  const listed = person.requirements.health?.exposures ?? [];
  return listed.map((exposure) =>
    employedOn !== undefined && exposure.from < employedOn ? { ...exposure, from: employedOn } : exposure,
  );
}

export function healthContext(context: SignalContext<HealthRecord>): HealthContext {
  const { person, atMs } = context;
  const today = dateAt(atMs, person.zone);
  const all = exposuresOf(person);
  const open = all.filter((exposure) => exposure.to === null || exposure.to >= today);
  return {
    ...context,
    present: open.filter((exposure) => exposure.from <= today),
    coming: open.filter((exposure) => exposure.from > today),
    over: all.filter((exposure) => exposure.to !== null && exposure.to < today),
    floor: person.periods.at(-2)?.to ?? null,
  };
}

/** Whether a dated fact is of the present period of employment. */
export const inPeriod = ({ floor }: HealthContext, on: CalendarDate): boolean =>
  floor === null || on >= floor;

/** Instants at which an exposure begins or is over. */
export function exposureTurns(person: PersonFacts): EpochMs[] {
  return exposuresOf(person).flatMap((exposure) => [
    startOfDay(exposure.from, person.zone),
    ...(exposure.to === null ? [] : [validThrough(exposure.to, person.zone)]),
  ]);
}

/** First use of something that must be in order before work: for an applicant, who works nowhere yet, at once. */
export function firstUseMs({ person, atMs }: HealthContext, from: CalendarDate): EpochMs {
  const today = dateAt(atMs, person.zone);
  return startOfDay(person.phase === 'applicant' && from > today ? today : from, person.zone);
}
