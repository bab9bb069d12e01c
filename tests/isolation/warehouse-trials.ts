import { isDeepStrictEqual } from 'node:util';
import type { DivisionId, EmployeeId, LocationId } from '#contracts/ids';
import { authorize, authorizeOwn, type Scope } from '#domain/identity';
import { textMap, type ClickHouse } from '#platform/clickhouse';
import { createFrozenClock } from '#platform/clock';
import { createSilentLog } from '#platform/log';
import { createLoader } from '../../warehouse/loading/loader.ts';
import type { PersonRow } from '../../warehouse/loading/rows.ts';
import { testChange, testEvent, testId } from '../../warehouse/loading/testing.ts';
import { metricQueries } from '../../warehouse/metrics/all-queries.ts';
import { ask, type NamedQuery } from '../../warehouse/metrics/query.ts';
import { rowFilters } from '../../warehouse/metrics/row-filters.ts';
import { toScopeParams, type ScopeParams } from '../../warehouse/metrics/scope.ts';
import { testViewer } from '../../warehouse/metrics/testing.ts';
import { migrateWarehouse } from '../../warehouse/migrate.ts';
import { createDayRollup } from '../../warehouse/rollup.ts';

const now = '2026-11-20T12:00:00.000Z';
const nowMs = Date.parse(now);
const dayMs = 86_400_000;

export const tenants = [testId('tenant', 1), testId('tenant', 2)] as const;

/**
 * Two companies whose people, divisions and sites have the same ids: where a question forgets the company, the other's
 * rows count, and no join hides it. Somebody moved, so that an old row must not count where they were.
 */
export async function plantWarehouse(clickhouse: ClickHouse): Promise<void> {
  await migrateWarehouse(clickhouse);
  const clock = createFrozenClock(now);
  const log = createSilentLog();
  const loader = createLoader({ clickhouse, clock, log });
  for (const [company, tenantId] of tenants.entries()) {
    const people = [1, 2, 3, 4].map((number) => personOf(tenantId, number));
    await loader.loadPeople([
      { ...personOf(tenantId, 4), division: unit('division', 1), updatedAt: '2026-10-01T00:00:00.000Z' },
    ]);
    await loader.loadPeople(people);
    const numbers = [1, 2, 3, 4, 5, 6, 7, 8].slice(0, 8 - 2 * company);
    await loader.loadFlagChanges(numbers.map((number) => changeOf(tenantId, company, number)));
    await loader.loadEvents(
      numbers.map((number) => ({
        event: testEvent(company * 100 + number, {
          tenantId,
          employeeId: testId('employee', 1 + (number % 4)),
        }),
        person: personOf(tenantId, 1 + (number % 4)),
        at: { topic: 'events.dot', partition: company, offset: BigInt(number) },
      })),
    );
  }
  await createDayRollup({ clickhouse, clock, log }).run();
}

const unit = (kind: 'division' | 'location' | 'jobRole', number: number) => ({
  id: testId(kind, number),
  name: `${kind} ${number}`,
});

function personOf(tenantId: string, number: number): PersonRow {
  return {
    tenantId,
    employeeId: testId('employee', number),
    name: `Person ${number}`,
    phase: 'active',
    division: unit('division', 1 + (number % 2)),
    location: unit('location', number < 3 ? 1 : 2),
    jobRole: unit('jobRole', 1),
    updatedAt: '2026-11-01T00:00:00.000Z',
  };
}

function changeOf(tenantId: string, company: number, number: number) {
  const flag = (['red', 'yellow', 'green', 'stale'] as const)[number % 4] ?? 'green';
  const change = testChange(company * 100 + number, {
    tenantId,
    sequence: company * 100 + number,
    employeeId: testId('employee', 1 + (number % 4)),
    divisionId: testId('division', 1 + ((1 + (number % 4)) % 2)),
    locationId: testId('location', 1 + (number % 4) < 3 ? 1 : 2),
    module: number > 4 ? 'dot' : 'health',
    from: { flag: company === 0 ? 'none' : 'yellow', hold: false },
    to: { flag: company === 0 ? flag : 'red', hold: false },
    decidedAt: new Date(
      nowMs - number * (number % 2 === 0 && number < 5 ? 600_000 : 3 * dayMs),
    ).toISOString(),
  });
  return { change, at: { topic: 'flags.changed.v1', partition: company, offset: BigInt(number) } };
}

function scopesOf(tenantId: string): Scope[] {
  const manager = { divisionIds: [testId('division', 1) as DivisionId] };
  const supervisor = { locationIds: [testId('location', 2) as LocationId] };
  const own = { employeeId: testId('employee', 3) as EmployeeId };
  return [
    authorize(testViewer(tenantId, 'HROnboarding'), 'see', 'any-module'),
    authorize(testViewer(tenantId, 'SafetyManager', manager), 'see', 'any-module'),
    authorize(testViewer(tenantId, 'SiteSupervisor', supervisor), 'see', 'any-module'),
    authorizeOwn(testViewer(tenantId, null, own)),
  ];
}

/** One question as one viewer. */
interface Look {
  readonly query: NamedQuery;
  readonly scope: ScopeParams;
  readonly params: Record<string, unknown>;
}

export function looks(): Look[] {
  const asked = tenants
    .flatMap((tenantId, at) => scopesOf(tenantId).slice(0, at === 0 ? 4 : 1))
    .map((scope) => toScopeParams(scope, 'others', {}));
  return metricQueries.flatMap((query) =>
    asked
      // The trend of a company knows no persons, that of a person only one: `readOverview` chooses.
      .filter(
        ({ employee }) => !query.name.includes('trend') || query.name.includes('own') === (employee !== ''),
      )
      .map((scope) => ({ query, scope, params: { ...scope, ...instants } })),
  );
}

const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
const instants = {
  at_ms: nowMs + 1,
  since_ms: nowMs - dayMs,
  bucket_ms: 3_600_000,
  days: 30,
  limit: 50,
  first_day: day(nowMs - 30 * dayMs),
  last_day: day(nowMs - dayMs),
  module_day: day(nowMs - 2 * dayMs),
};

/** Where a statement says its scope: by company, by person, by place. */
const predicates = {
  company: 'tenant_id = {tenant:String}',
  person: "({employee:String} = '' OR employee_id = {employee:String})",
  place:
    '({everyone:UInt8} = 1 OR division_id IN {divisions:Array(String)} OR location_id IN {locations:Array(String)})',
} as const;

export const withoutPredicates = (sql: string): string =>
  Object.values(predicates).reduce((text, predicate) => text.replaceAll(predicate, '1'), sql);

/**
 * Every way to leave one part of the scope out of one statement. Who may see one person is told by `people` and joined,
 * so that part goes from the whole statement at once.
 */
export function leftOut(sql: string): { readonly what: string; readonly sql: string }[] {
  const each = (kind: 'company' | 'place') =>
    sql
      .split(predicates[kind])
      .slice(1)
      .map((_, at) => ({ what: `${kind} ${at + 1}`, sql: replaceNth(sql, predicates[kind], at) }));
  const person = sql.includes(predicates.person)
    ? [{ what: 'person', sql: sql.replaceAll(predicates.person, '1') }]
    : [];
  return [...each('company'), ...each('place'), ...person];
}

function replaceNth(sql: string, predicate: string, wanted: number): string {
  const parts = sql.split(predicate);
  return `${parts.slice(0, wanted + 1).join(predicate)}1${parts.slice(wanted + 1).join(predicate)}`;
}

export interface Walls {
  /** The statement to ask instead. */
  readonly sql?: string;
  /** The engine's filters; none when absent. */
  readonly filters?: Readonly<Record<string, string>>;
}

export async function answer(
  clickhouse: ClickHouse,
  { query, params }: Look,
  walls: Walls,
): Promise<unknown[]> {
  const asked = { ...query, sql: walls.sql ?? query.sql };
  const settings = walls.filters === undefined ? {} : { additional_table_filters: textMap(walls.filters) };
  return ask(clickhouse, asked, params, settings);
}

export const filtersOf = ({ database }: ClickHouse, { scope }: Look): Record<string, string> =>
  rowFilters(database, scope);

const rightAnswers = new WeakMap<Look, Promise<unknown[]>>();

function remember(look: Look, right: Promise<unknown[]>): Promise<unknown[]> {
  rightAnswers.set(look, right);
  return right;
}

/** Questions whose answer is another one behind these walls than behind both. */
export async function crossedBy(
  clickhouse: ClickHouse,
  asked: readonly Look[],
  wallsOf: (look: Look) => Walls,
  /** After so many it is known. */
  most = Infinity,
): Promise<string[]> {
  const found: string[] = [];
  for (const look of asked) {
    if (found.length >= most) break;
    const right = await (rightAnswers.get(look) ??
      remember(look, answer(clickhouse, look, { filters: filtersOf(clickhouse, look) })));
    const given = await answer(clickhouse, look, wallsOf(look));
    if (!isDeepStrictEqual(given, right)) found.push(`${look.query.name} · ${JSON.stringify(look.scope)}`);
  }
  return found;
}
