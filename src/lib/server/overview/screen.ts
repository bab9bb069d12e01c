import { Temporal } from 'temporal-polyfill';
import type { DivisionId, EmployeeId } from '#contracts/ids';
import { moduleNames, modules, type Module } from '#contracts/modules';
import type { Overview, RecentChanges } from '#contracts/screens/overview';
import { visibilityOf, type Scope } from '#domain/identity';
import type { DivisionRow, DueWeek, ModuleTile, Overview as Measured } from '#warehouse';
import type { Pseudonyms } from '../visibility.ts';

export interface ScreenInput {
  readonly measured: Measured;
  /** IANA zone in which the tenant writes days. */
  readonly zone: string;
  /** The tenant's own goal, 0 to 1; null when it has set none. */
  readonly target: number | null;
  readonly scope: Scope;
  /** Whom the numbers of now count. Full days of the past count everyone required. */
  readonly phase: 'active' | 'all';
  readonly pseudonyms: Pseudonyms;
}

/** What the warehouse measured, as the overview screen shows it to this viewer. */
export function screenOf({ measured, zone, target, scope, phase, pseudonyms }: ScreenInput): Overview {
  return {
    at: measured.at,
    people: measured.total,
    divisions: measured.divisions,
    locations: measured.locations,
    headline: headlineOf(measured, target),
    trend: trendOf(measured, zone),
    // Of each module only the 30th day before is read, and it counts others than an overview of people at work does.
    modules: measured.modules.map((tile) => tileOf(tile, phase === 'all')),
    heat: { rows: measured.heatMap.map(heatRowOf) },
    fallsDue: fallsDueOf(measured, zone),
    recent: recentOf(pseudonyms, scope, measured),
  };
}

const difference = (now: number | null, then: number | null): number | null =>
  now === null || then === null ? null : now - then;

function headlineOf(measured: Measured, target: number | null): Overview['headline'] {
  const { red, stale, yellow, green, onHold } = measured.counts;
  const moved = measured.difference24h;
  // Nothing is known of yesterday before the first full day; then "no change" would be a claim.
  const knewYesterday = measured.trend.length > 0;
  return {
    rate: measured.rate,
    counts: { red, stale, yellow, green },
    change24h: knewYesterday
      ? { red: moved.red, stale: moved.stale, yellow: moved.yellow, green: moved.green }
      : null,
    people: measured.total,
    hold: onHold,
    // Both ends count the same people: the last full day and the one 30 days ago.
    change30d: difference(measured.trend.at(-1)?.rate ?? null, measured.rate30DaysAgo),
    target,
  };
}

/** Days of which nothing is known stay as gaps, but the line begins where knowledge does. */
function trendOf(measured: Measured, zone: string): Overview['trend'] {
  const rates = new Map(measured.trend.map((point) => [point.day, point.rate]));
  const today = dateIn(measured.at, zone);
  const first = measured.trend[0]?.day ?? today;
  const before = Temporal.PlainDate.from(first).until(today, { largestUnit: 'days' }).days;
  const past = Array.from({ length: Math.max(0, before) }, (_, index) => {
    const day = Temporal.PlainDate.from(first).add({ days: index }).toString();
    return { day, rate: rates.get(day) ?? null };
  });
  return {
    past: [...past, { day: today, rate: measured.rate }],
    ahead: measured.forecast.map(({ day, rate }) => ({ day, rate })),
  };
}

const dateIn = (instant: string, zone: string): string =>
  Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDate().toString();

function tileOf(tile: ModuleTile, comparable: boolean): Overview['modules'][number] {
  const { red, stale, yellow, green, onHold } = tile.counts;
  return {
    module: tile.module,
    counts: { red, stale, yellow, green },
    hold: onHold,
    people: tile.total,
    rate: tile.rate,
    change30d: comparable ? difference(tile.rate, tile.rate30DaysAgo) : null,
  };
}

function heatRowOf(row: DivisionRow): Overview['heat']['rows'][number] {
  return {
    divisionId: row.divisionId as DivisionId | null,
    name: row.divisionId === null ? 'No division' : row.divisionName,
    people: row.total,
    rate: row.rate,
    cells: modules.flatMap((module) => {
      const cell = row.modules[module];
      if (cell === undefined) return [];
      return [
        { module, people: cell.total, rate: cell.rate, red: cell.counts.red, stale: cell.counts.stale },
      ];
    }),
  };
}

function fallsDueOf({ fallsDue }: Measured, zone: string): Overview['fallsDue'] {
  return {
    in30: fallsDue.in30Days,
    in60: fallsDue.in60Days,
    in90: fallsDue.in90Days,
    buckets: fallsDue.weeks.map((week) => ({
      from: dateIn(week.from, zone),
      // The next week begins where this one ends: its last day is the day before.
      to: Temporal.PlainDate.from(dateIn(week.to, zone)).subtract({ days: 1 }).toString(),
      count: week.flags,
      lead: commonestOf(week),
    })),
  };
}

function commonestOf(week: DueWeek): { title: string; count: number } | null {
  const parts = Object.entries(week.byModule) as [Module, number][];
  const most = parts.toSorted(([, a], [, b]) => b - a)[0];
  return most === undefined ? null : { title: moduleNames[most[0]], count: most[1] };
}

/** Names and reasons as far as the viewer may know them, module by module. */
function recentOf(pseudonyms: Pseudonyms, scope: Scope, measured: Measured): RecentChanges {
  const { changes, total, worse } = measured.lastHour;
  return {
    total,
    worse,
    changes: changes.map((change) => {
      const sight = visibilityOf(scope, change.module);
      const employeeId = change.employee_id as EmployeeId;
      const known = sight === 'full' || sight === 'status';
      return {
        id: change.id,
        employeeId: known ? employeeId : null,
        name: known ? change.name : pseudonyms.name(scope.tenantId, employeeId),
        module: change.module,
        from: { flag: change.from_flag, hold: change.from_hold },
        to: { flag: change.to_flag, hold: change.to_hold },
        summary: sight === 'full' ? change.summary : '',
        at: Temporal.Instant.from(toInstant(change.decided_at)).toString({ fractionalSecondDigits: 3 }),
      };
    }),
  };
}

/** ClickHouse writes `2026-11-20 12:00:00.000` for an instant in UTC. */
const toInstant = (text: string): string => (text.includes('T') ? text : `${text.replace(' ', 'T')}Z`);
