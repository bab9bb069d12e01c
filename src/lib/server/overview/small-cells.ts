import type { Overview, OverviewFilter } from '#contracts/screens/overview';
import { isDeidentified, type Scope } from '#domain/identity';
import { PlumblineError } from '#platform/errors';

/** Fewest people that a number of a de-identified viewer may stand for. */
export const fewest = 5;

type HeatRow = Overview['heat']['rows'][number];

/**
 * For who may not know whom: groups of fewer than five are put together or left out, and so is the next smallest group
 * where the difference to a total that is shown would give the small one away.
 */
export function withoutSmallCells(overview: Overview): Overview {
  const rows = withoutSmallRows(overview.heat.rows);
  return {
    ...overview,
    modules: overview.modules.filter(({ people }) => people === 0 || people >= fewest),
    heat: { rows: withoutSmallColumns(rows) },
    fallsDue: {
      ...overview.fallsDue,
      buckets: overview.fallsDue.buckets.map((bucket) =>
        bucket.lead !== null && bucket.lead.count < fewest ? { ...bucket, lead: null } : bucket,
      ),
    },
  };
}

/**
 * Throws `overview.too_few` for fewer than five people, and `overview.filter_not_deidentified` where a filter could single
 * somebody out: two such filters differ by few.
 */
export function requireCrowd(scope: Scope, filter: OverviewFilter, people: number | null): void {
  if (!isDeidentified(scope)) return;
  if (filter.locationId !== null || filter.jobRoleId !== null) {
    throw new PlumblineError({
      kind: 'forbidden',
      code: 'overview.filter_not_deidentified',
      detail:
        'Your role sees de-identified data: numbers by site or job role could tell who it is. Filter by division.',
    });
  }
  if (people === null || people === 0 || people >= fewest) return;
  throw new PlumblineError({
    kind: 'forbidden',
    code: 'overview.too_few',
    detail: `Your role sees de-identified data: numbers of fewer than ${fewest} people are not shown.`,
  });
}

function withoutSmallRows(rows: readonly HeatRow[]): HeatRow[] {
  const hidden = hiddenOf(rows, ({ people }) => people);
  const small = rows.filter((_, at) => hidden.has(at));
  const kept = rows.filter((_, at) => !hidden.has(at));
  const together = small.reduce((sum, { people }) => sum + people, 0);
  return together >= fewest ? [...kept, merged(small)] : kept;
}

/** Within one module the cells of all rows add up to its tile. */
function withoutSmallColumns(rows: readonly HeatRow[]): HeatRow[] {
  const modules = [...new Set(rows.flatMap(({ cells }) => cells.map(({ module }) => module)))];
  const hidden = new Set<string>();
  for (const module of modules) {
    const column = rows.map(({ cells }) => cells.find((cell) => cell.module === module)?.people ?? 0);
    for (const at of hiddenOf(column, (people) => people)) hidden.add(`${at} ${module}`);
  }
  return rows.map((row, at) => ({
    ...row,
    cells: row.cells.filter(({ module }) => !hidden.has(`${at} ${module}`)),
  }));
}

/** Places of the small ones and, when they are too few together, of the next smallest besides. */
function hiddenOf<T>(list: readonly T[], peopleOf: (one: T) => number): Set<number> {
  const bySize = list
    .map((one, at) => ({ at, people: peopleOf(one) }))
    .filter(({ people }) => people > 0)
    .toSorted((one, other) => one.people - other.people);
  const small = bySize.filter(({ people }) => people < fewest);
  const together = small.reduce((sum, { people }) => sum + people, 0);
  const alone = small.length === 1 || (small.length > 0 && together < fewest);
  const next = alone ? bySize.slice(small.length, small.length + 1) : [];
  return new Set([...small, ...next].map(({ at }) => at));
}

function merged(rows: readonly HeatRow[]): HeatRow {
  const cells = Map.groupBy(
    rows.flatMap((row) => row.cells),
    ({ module }) => module,
  );
  return {
    divisionId: null,
    name: 'Small divisions together',
    ...summed(rows),
    cells: [...cells].map(([module, own]) => ({
      module,
      ...summed(own),
      red: own.reduce((sum, { red }) => sum + red, 0),
      stale: own.reduce((sum, { stale }) => sum + stale, 0),
    })),
  };
}

function summed(parts: readonly { readonly people: number; readonly rate: number | null }[]) {
  const people = parts.reduce((sum, part) => sum + part.people, 0);
  const green = parts.reduce((sum, part) => sum + part.people * (part.rate ?? 0), 0);
  return { people, rate: people === 0 ? null : green / people };
}
