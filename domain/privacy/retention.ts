import type { Module } from '#contracts/modules';
import type { CalendarDate } from '#contracts/time';

/** What is held on a person in one module, as far as retention asks. */
export interface HeldRecords {
  readonly module: Module;
  /** Event types that occurred, with the last day of each. */
  readonly last: readonly { readonly type: string; readonly on: CalendarDate }[];
}

export interface RetainedPerson {
  /** Last day worked; null while employed, or when a period is open. */
  readonly leftOn: CalendarDate | null;
  readonly employed: boolean;
  readonly held: readonly HeldRecords[];
}

/** Why and until when something must be kept. */
export interface RetentionDuty {
  readonly what: string;
  readonly citation: string;
  /** First day on which it may go; null = not before the person has left. */
  readonly until: CalendarDate | null;
}

/** Of drug and alcohol records: what is kept for one year only, 49 CFR 382.401(b)(3), and two, (b)(2). */
const negative = new Set(['test.mro_negative', 'test.cancelled', 'test.mro_cancelled']);
const papers = new Set(['test.ordered', 'test.notified', 'test.scheduled', 'pool.joined', 'pool.left']);

/**
 * The duties to keep what is held, latest last. Periods run from the last record of a kind, or from leaving where the
 * rule says so; when in doubt the longer one holds. While the person works here that alone is told: the rest does not
 * matter yet, and would tell of a test that is ordered and not announced (49 CFR 382.305(k)(1)).
 */
export function retentionDuties(person: RetainedPerson): RetentionDuty[] {
  if (person.employed) return [{ what: 'Employment record', citation: '29 CFR 1602.14', until: null }];
  const duties = person.held.flatMap((held) => dutiesOf[held.module](held, person));
  if (person.leftOn !== null) {
    duties.push({
      what: 'Employment record',
      citation: '29 CFR 1602.14',
      until: addYears(person.leftOn, 1),
    });
  }
  return duties.toSorted((one, other) => rank(one) - rank(other));
}

const rank = ({ until }: RetentionDuty): number => (until === null ? Number.MAX_VALUE : Date.parse(until));

const dutiesOf: Readonly<Record<Module, (held: HeldRecords, person: RetainedPerson) => RetentionDuty[]>> = {
  drug_alcohol: ({ last }) => [
    ...after(last, ({ type }) => !negative.has(type) && !papers.has(type), 5, {
      what: 'Results other than negative, refusals, evaluations, follow-up tests',
      citation: '49 CFR 382.401(b)(1)',
    }),
    ...after(last, ({ type }) => papers.has(type), 2, {
      what: 'Papers of collection and selection',
      citation: '49 CFR 382.401(b)(2)',
    }),
    ...after(last, ({ type }) => negative.has(type), 1, {
      what: 'Negative and cancelled tests',
      citation: '49 CFR 382.401(b)(3)',
    }),
  ],
  background: ({ last }) =>
    after(last, () => true, 5, {
      what: 'Background reports and adverse action',
      citation: '15 U.S.C. 1681p (time to sue)',
    }),
  dot: (_held, { leftOn }) => [
    {
      what: 'Driver qualification file',
      citation: '49 CFR 391.51(c)',
      until: leftOn === null ? null : addYears(leftOn, 3),
    },
  ],
  health: ({ last }, { leftOn }) => [
    {
      what: 'Employee medical records',
      citation: '29 CFR 1910.1020(d)(1)(i)',
      until: leftOn === null ? null : addYears(leftOn, 30),
    },
    ...after(
      last.map(({ type, on }) => ({ type, on: `${on.slice(0, 4)}-12-31` })),
      ({ type }) => type.startsWith('case.'),
      5,
      { what: 'Injury and illness records', citation: '29 CFR 1904.33(a)' },
    ),
  ],
  training: ({ last }) =>
    after(last, () => true, 3, { what: 'Training records', citation: '29 CFR 1910.1030(h)(2)(ii)' }),
  // No law asks for them.
  geofence: () => [],
};

function after(
  last: HeldRecords['last'],
  counts: (one: HeldRecords['last'][number]) => boolean,
  years: number,
  duty: Omit<RetentionDuty, 'until'>,
): RetentionDuty[] {
  const newest = last
    .filter(counts)
    .map(({ on }) => on)
    .toSorted()
    .at(-1);
  return newest === undefined ? [] : [{ ...duty, until: addYears(newest, years) }];
}

/** The same day so many years on; 29 February becomes 1 March, the later day. */
export function addYears(day: CalendarDate, years: number): CalendarDate {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(Date.UTC(year + years, month - 1, date)).toISOString().slice(0, 10);
}

/** The duties that still run on a day. */
export function runningDuties(duties: readonly RetentionDuty[], today: CalendarDate): RetentionDuty[] {
  return duties.filter(({ until }) => until === null || until > today);
}
