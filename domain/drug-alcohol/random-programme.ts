import type { CalendarDate, Instant } from '#contracts/time';
import { isDot } from './violations.ts';
import type { TestFact } from './record.ts';

/**
 * Minimum annual rates of random testing of FMCSA drivers, by the year they apply from (49 CFR 382.305(b), (c), (f):
 * FMCSA announces a change for the next 1 January). Drugs: 50 % since 2020.
 */
export const randomRates: readonly { fromYear: number; drug: number; alcohol: number }[] = [
  { fromYear: 2016, drug: 0.25, alcohol: 0.1 },
  { fromYear: 2020, drug: 0.5, alcohol: 0.1 },
];

export interface RandomProgramme {
  year: number;
  /** Covered drivers in the pool at each selection of the year. */
  poolSizes: readonly number[];
  /** Random tests of everybody in the pool. */
  tests: readonly TestFact[];
  /** Days on which drivers were selected and by which they must be tested, with whether they were. */
  selections: readonly { periodEndsOn: CalendarDate; tested: boolean }[];
  at: Instant;
}

export interface RateTile {
  kind: 'drug' | 'alcohol';
  rate: number;
  averagePool: number;
  /** Results that count; cancelled tests do not (40.207(b)). */
  results: number;
  required: number;
  met: boolean;
  /** Results by quarter: the tests must be spread over the year (382.305(k)(2)). */
  byQuarter: readonly [number, number, number, number];
}

export interface RandomTile {
  year: number;
  rates: readonly [RateTile, RateTile];
  /** A quarter that is over and had no test of a kind. */
  unspread: readonly { kind: 'drug' | 'alcohol'; quarter: 1 | 2 | 3 | 4 }[];
  /** Selected in a period that is over, and not tested: 382.305(i)(3). */
  selectedUntested: number;
}

const counted: readonly TestFact['state'][] = [
  'negative',
  'positive',
  'refusal',
  'below_limit',
  'low',
  'high',
];

/** DAT1: results over the average pool against the rate of the year, spread over the year, selected = tested. Pure. */
export function randomTile(programme: RandomProgramme): RandomTile {
  const rates = [rateTile('drug', programme), rateTile('alcohol', programme)] as const;
  const today = programme.at.slice(0, 10);
  const unspread = rates.flatMap(({ kind, byQuarter, averagePool }) =>
    byQuarter.flatMap((results, index) => {
      const quarter = (index + 1) as 1 | 2 | 3 | 4;
      const over = today > quarterEnd(programme.year, quarter);
      return over && averagePool > 0 && results === 0 ? [{ kind, quarter }] : [];
    }),
  );
  const selectedUntested = programme.selections.filter(
    ({ periodEndsOn, tested }) => !tested && today > periodEndsOn,
  ).length;
  return { year: programme.year, rates, unspread, selectedUntested };
}

function quarterEnd(year: number, quarter: 1 | 2 | 3 | 4): CalendarDate {
  return `${year}-${{ 1: '03-31', 2: '06-30', 3: '09-30', 4: '12-31' }[quarter]}`;
}

function rateTile(kind: 'drug' | 'alcohol', programme: RandomProgramme): RateTile {
  const row = randomRates.findLast(({ fromYear }) => fromYear <= programme.year) ?? randomRates[0]!;
  const results = programme.tests.filter((test) => countsFor(test, kind, programme));
  const byQuarter: [number, number, number, number] = [0, 0, 0, 0];
  for (const test of results) {
    const month = Number(dayOf(test).slice(5, 7));
    const quarter = Math.floor((month - 1) / 3);
    byQuarter[quarter as 0 | 1 | 2 | 3] += 1;
  }
  const { poolSizes } = programme;
  const averagePool =
    poolSizes.length === 0 ? 0 : poolSizes.reduce((sum, size) => sum + size, 0) / poolSizes.length;
  const required = Math.ceil(averagePool * row[kind]);
  return {
    kind,
    rate: row[kind],
    averagePool,
    results: results.length,
    required,
    met: results.length >= required,
    byQuarter,
  };
}

const dayOf = (test: TestFact): CalendarDate =>
  (test.collectedAt ?? test.resultAt ?? test.lastEventAt).slice(0, 10);

function countsFor(test: TestFact, kind: 'drug' | 'alcohol', programme: RandomProgramme): boolean {
  return (
    isDot(test) &&
    test.descriptor?.reason === 'random' &&
    test.descriptor.kind === kind &&
    counted.includes(test.state) &&
    Number(dayOf(test).slice(0, 4)) === programme.year
  );
}

/**
 * DAT2: the day by which the MIS summary of the year before is due when it was asked for on `askedOn`; null = asked
 * outside January, so no duty under 382.403(b).
 */
export function misDueOn(askedOn: CalendarDate): CalendarDate | null {
  return askedOn.slice(5, 7) === '01' ? `${askedOn.slice(0, 4)}-03-15` : null;
}
