import type { CalendarDate } from '#contracts/time';
import { caseDays } from './cases.ts';
import type { CaseFact } from './record.ts';

/** What the 300 log's columns G–J call a case by its gravest outcome, 29 CFR 1904.29(b). */
export type CaseOutcome = 'death' | 'days_away' | 'restricted' | 'other';

/** One logged case as the annual summary counts it. */
export interface LoggedCase {
  outcome: CaseOutcome;
  kind: CaseFact['kind'];
  awayDays: number;
  restrictedDays: number;
}

/** Totals of form 300A. */
export interface CaseTotals {
  deaths: number;
  daysAwayCases: number;
  restrictedCases: number;
  otherCases: number;
  awayDays: number;
  restrictedDays: number;
  byKind: Record<CaseFact['kind'], number>;
}

function outcomeOf(known: CaseFact, days: { away: number; restricted: number }): CaseOutcome {
  if (known.criteria.includes('death') || known.severe.some((severe) => severe.outcome === 'death'))
    return 'death';
  if (days.away > 0 || known.criteria.includes('days_away')) return 'days_away';
  if (days.restricted > 0 || known.criteria.includes('restricted_work')) return 'restricted';
  return 'other';
}

/** The case as it stands on the log through `through`; null while it is not on the log (or lined out). */
export function loggedCase(known: CaseFact, eventOn: CalendarDate, through: CalendarDate): LoggedCase | null {
  if (known.state !== 'logged' && known.state !== 'closed') return null;
  const days = caseDays(known, eventOn, through);
  return {
    outcome: outcomeOf(known, days),
    kind: known.kind,
    awayDays: days.away,
    restrictedDays: days.restricted,
  };
}

const outcomeTotals = {
  death: 'deaths',
  days_away: 'daysAwayCases',
  restricted: 'restrictedCases',
  other: 'otherCases',
} as const;

/** Adds up one establishment's cases of one year. Days count in the year of the event, 1904.7(b)(3)(ix). */
export function totalCases(cases: readonly LoggedCase[]): CaseTotals {
  const totals: CaseTotals = {
    deaths: 0,
    daysAwayCases: 0,
    restrictedCases: 0,
    otherCases: 0,
    awayDays: 0,
    restrictedDays: 0,
    byKind: { injury: 0, skin: 0, respiratory: 0, poisoning: 0, hearing: 0, other: 0 },
  };
  for (const { outcome, kind, awayDays, restrictedDays } of cases) {
    totals[outcomeTotals[outcome]] += 1;
    totals.byKind[kind] += 1;
    totals.awayDays += awayDays;
    totals.restrictedDays += restrictedDays;
  }
  return totals;
}
