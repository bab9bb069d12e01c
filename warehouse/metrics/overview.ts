import { modules, type Module } from '#contracts/modules';
import type { CalendarDate, Instant } from '#contracts/time';
import type { ClickHouse } from '#platform/clickhouse';
import { breakdownQueries, type BreakdownRow } from './breakdown.ts';
import { addCounts, noCounts, rateOf, readCounts, totalOf, type StatusCounts } from './counts.ts';
import { fallsDueQueries, forecastQueries } from './outlook.ts';
import { ask } from './query.ts';
import { changesQuery, differenceQueries, type ChangesRow } from './recent.ts';
import type { ScopeParams } from './scope.ts';
import type { Source } from './sources.ts';
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
  const [cells, moved, past, coming, due, changes] = await Promise.all([
    ask(clickhouse, breakdownQueries[source].division, at),
    ask(clickhouse, differenceQueries[source], { ...at, since_ms: atMs - dayMs }),
    ask(clickhouse, trendQueries[known], days),
    ask(clickhouse, forecastQueries[source], { ...at, days: forecastDays }),
    ask(clickhouse, fallsDueQueries[source], at),
    ask(clickhouse, changesQuery, { ...at, since_ms: atMs - hourMs, limit: changesShown }),
  ]);
  const everybody = cells.filter((cell) => cell.module === 'all');
  const now = sumCounts(everybody);
  const points = past
    .filter((row) => row.module === 'all')
    .map((row) => ({ day: row.day, ...counted(readCounts(row)) }));
  return {
    at: new Date(atMs).toISOString(),
    ...counted(now),
    divisions: everybody.filter((cell) => cell.unit_id !== '').length,
    locations: new Set(everybody.flatMap((cell) => cell.locations).filter((id) => id !== '')).size,
    rate30DaysAgo: points.find((point) => point.day === dayBefore)?.rate ?? null,
    difference24h: moved[0] === undefined ? noCounts : readCounts(moved[0]),
    modules: tiles(
      scope.modules,
      cells,
      past.filter((row) => row.day === dayBefore),
    ),
    heatMap: heatMap(cells),
    trend: points,
    forecast: forecastPoints(now, coming, atMs),
    fallsDue: fallsDue(due, atMs),
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

const sumCounts = (rows: readonly Parameters<typeof readCounts>[0][]): StatusCounts =>
  rows.map(readCounts).reduce(addCounts, noCounts);

/** UTC date of an instant. */
const dayOf = (atMs: number): CalendarDate => new Date(atMs).toISOString().slice(0, 10);

function tiles(
  asked: readonly Module[],
  cells: readonly BreakdownRow[],
  before: readonly TrendRow[],
): ModuleTile[] {
  return asked.map((module) => ({
    module,
    ...counted(sumCounts(cells.filter((cell) => cell.module === module))),
    rate30DaysAgo: rateOf(sumCounts(before.filter((row) => row.module === module))),
  }));
}

function heatMap(cells: readonly BreakdownRow[]): DivisionRow[] {
  return cells
    .filter((cell) => cell.module === 'all')
    .map((all) => ({
      divisionId: all.unit_id === '' ? null : all.unit_id,
      divisionName: all.unit_name,
      ...counted(readCounts(all)),
      modules: byModule(cells.filter((cell) => cell.unit_id === all.unit_id)),
    }))
    .toSorted((a, b) => b.total - a.total || a.divisionName.localeCompare(b.divisionName));
}

/** The cells of one unit, by module. */
export function byModule(cells: readonly BreakdownRow[]): Partial<Record<Module, Counted>> {
  const found: Partial<Record<Module, Counted>> = {};
  for (const module of modules) {
    const cell = cells.find((each) => each.module === module);
    if (cell !== undefined) found[module] = counted(readCounts(cell));
  }
  return found;
}

function forecastPoints(
  now: StatusCounts,
  coming: readonly (Parameters<typeof readCounts>[0] & { ahead: number })[],
  atMs: number,
): DayPoint[] {
  const differences = new Map(coming.map((row) => [row.ahead, readCounts(row)]));
  let counts = now;
  return Array.from({ length: forecastDays }, (_, index) => {
    const ahead = index + 1;
    counts = addCounts(counts, differences.get(ahead) ?? noCounts);
    return { day: dayOf(atMs + ahead * dayMs), ...counted(counts) };
  });
}

type DueRow = { week: number; module: Module; flags: number; in_30: number; in_60: number; in_90: number };

function fallsDue(rows: readonly DueRow[], atMs: number): Overview['fallsDue'] {
  const weeks = Array.from({ length: 13 }, (_, week) => {
    const inWeek = rows.filter((row) => row.week === week);
    return {
      from: new Date(atMs + week * 7 * dayMs).toISOString(),
      to: new Date(atMs + Math.min((week + 1) * 7, 90) * dayMs).toISOString(),
      flags: sumOf(inWeek, (row) => row.flags),
      byModule: Object.fromEntries(inWeek.map((row) => [row.module, row.flags])),
    };
  });
  return {
    weeks,
    in30Days: sumOf(rows, (row) => row.in_30),
    in60Days: sumOf(rows, (row) => row.in_60),
    in90Days: sumOf(rows, (row) => row.in_90),
  };
}

const sumOf = <R>(rows: readonly R[], value: (row: R) => number): number =>
  rows.reduce((sum, row) => sum + value(row), 0);
