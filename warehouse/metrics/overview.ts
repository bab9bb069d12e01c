import type { Module } from '#contracts/modules';
import type { CalendarDate, Instant } from '#contracts/time';
import type { ClickHouse } from '#platform/clickhouse';
import { addCounts, noCounts, rateOf, readCounts, totalOf, type StatusCounts } from './counts.ts';
import { askInScope } from './query.ts';
import { changesQuery, type ChangesRow } from './recent.ts';
import type { ScopeParams } from './scope.ts';
import type { Source } from './sources.ts';
import { dueDays, standingQueries } from './standing.ts';
import {
  tallyComing,
  tallyDivisions,
  tallyDue,
  tallyMoved,
  type DivisionTally,
  type DueTally,
} from './tally.ts';
import { trendQueries, type TrendRow } from './trend.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const trendDays = 90;
const forecastDays = 30;
const changesShown = 20;

export interface Counted {
  readonly counts: StatusCounts;
  readonly total: number;
  /** Share that is green, 0 to 1; null when nobody counts. */
  readonly rate: number | null;
}

export interface ModuleTile extends Counted {
  readonly module: Module;
  /** The rate at the end of the day 30 days ago; null when nothing is known of that day. */
  readonly rate30DaysAgo: number | null;
}

export interface DivisionRow extends Counted {
  /** Null: people without a division. */
  readonly divisionId: string | null;
  readonly divisionName: string;
  /** Only modules that apply to somebody there. */
  readonly modules: Readonly<Partial<Record<Module, Counted>>>;
}

export interface DayPoint extends Counted {
  readonly day: CalendarDate;
}

export interface DueWeek {
  /** Instants; the last week ends after 90 days. */
  readonly from: Instant;
  readonly to: Instant;
  readonly flags: number;
  readonly byModule: Readonly<Partial<Record<Module, number>>>;
}

export type RecentChange = Omit<ChangesRow, 'total' | 'worse'>;

/** All that the overview screen shows of people and flags at one instant. */
export interface Overview extends Counted {
  readonly at: Instant;
  readonly divisions: number;
  readonly locations: number;
  readonly rate30DaysAgo: number | null;
  /** Change of each count over the last 24 hours. */
  readonly difference24h: StatusCounts;
  readonly modules: readonly ModuleTile[];
  readonly heatMap: readonly DivisionRow[];
  /** End of each of the last 90 days (UTC), oldest first; days of which nothing is known are missing. */
  readonly trend: readonly DayPoint[];
  /** End of each of the next 30 days, from dates already known. */
  readonly forecast: readonly DayPoint[];
  readonly fallsDue: {
    readonly weeks: readonly DueWeek[];
    readonly in30Days: number;
    readonly in60Days: number;
    readonly in90Days: number;
  };
  readonly lastHour: {
    readonly changes: readonly RecentChange[];
    readonly total: number;
    readonly worse: number;
  };
}

export async function readOverview(
  clickhouse: ClickHouse,
  scope: ScopeParams,
  source: Source,
  atMs: number,
): Promise<Overview> {
  const at = { ...scope, at_ms: atMs };
  const days = {
    ...scope,
    first_day: dayOf(atMs - trendDays * dayMs),
    last_day: dayOf(atMs - dayMs),
    module_day: dayOf(atMs - 30 * dayMs),
  };
  const dayBefore = days.module_day;
  const known = scope.employee === '' ? 'rolled' : 'own';
  const [standing, past, changes] = await Promise.all([
    askInScope(clickhouse, standingQueries[source], { ...at, since_ms: atMs - dayMs, days: forecastDays }),
    askInScope(clickhouse, trendQueries[known], days),
    askInScope(clickhouse, changesQuery, { ...at, since_ms: atMs - hourMs, limit: changesShown }),
  ]);
  const divisions = tallyDivisions(standing);
  const now = divisions.map((division) => division.all).reduce(addCounts, noCounts);
  const points = past
    .filter((row) => row.module === 'all')
    .map((row) => ({ day: row.day, ...counted(readCounts(row)) }));
  return {
    at: new Date(atMs).toISOString(),
    ...counted(now),
    divisions: divisions.filter(({ id }) => id !== '').length,
    locations: new Set(divisions.flatMap(({ locations }) => locations).filter((id) => id !== '')).size,
    rate30DaysAgo: points.find((point) => point.day === dayBefore)?.rate ?? null,
    difference24h: tallyMoved(standing),
    modules: tiles(
      scope.modules,
      divisions,
      past.filter((row) => row.day === dayBefore),
    ),
    heatMap: heatMap(divisions),
    trend: points,
    forecast: forecastPoints(now, tallyComing(standing), atMs),
    fallsDue: fallsDue(tallyDue(standing), atMs),
    lastHour: {
      changes: changes.map(({ total: _total, worse: _worse, ...change }) => change),
      total: changes[0]?.total ?? 0,
      worse: changes[0]?.worse ?? 0,
    },
  };
}

export function counted(counts: StatusCounts): Counted {
  return { counts, total: totalOf(counts), rate: rateOf(counts) };
}

/** UTC date of an instant. */
const dayOf = (atMs: number): CalendarDate => new Date(atMs).toISOString().slice(0, 10);

function tiles(
  asked: readonly Module[],
  divisions: readonly DivisionTally[],
  before: readonly TrendRow[],
): ModuleTile[] {
  return asked.map((module) => ({
    module,
    ...counted(divisions.map((division) => division.modules[module] ?? noCounts).reduce(addCounts, noCounts)),
    rate30DaysAgo: rateOf(
      before
        .filter((row) => row.module === module)
        .map(readCounts)
        .reduce(addCounts, noCounts),
    ),
  }));
}

function heatMap(divisions: readonly DivisionTally[]): DivisionRow[] {
  return divisions
    .map(({ id, name, all, modules: flags }) => ({
      divisionId: id === '' ? null : id,
      divisionName: name,
      ...counted(all),
      modules: Object.fromEntries(Object.entries(flags).map(([module, counts]) => [module, counted(counts)])),
    }))
    .toSorted((a, b) => b.total - a.total || a.divisionName.localeCompare(b.divisionName));
}

function forecastPoints(
  now: StatusCounts,
  coming: ReadonlyMap<number, StatusCounts>,
  atMs: number,
): DayPoint[] {
  let counts = now;
  return Array.from({ length: forecastDays }, (_, index) => {
    const ahead = index + 1;
    counts = addCounts(counts, coming.get(ahead) ?? noCounts);
    return { day: dayOf(atMs + ahead * dayMs), ...counted(counts) };
  });
}

function fallsDue({ weeks, ...within }: DueTally, atMs: number): Overview['fallsDue'] {
  return {
    weeks: Array.from({ length: Math.ceil(dueDays / 7) }, (_, week) => {
      const flags = weeks.get(week) ?? {};
      return {
        from: new Date(atMs + week * 7 * dayMs).toISOString(),
        to: new Date(atMs + Math.min((week + 1) * 7, dueDays) * dayMs).toISOString(),
        flags: Object.values(flags).reduce((sum, number) => sum + number, 0),
        byModule: flags,
      };
    }),
    ...within,
  };
}
