import { assert, asyncProperty, constantFrom, letrec, oneof, tuple } from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Role } from '#contracts/roles';
import { authorize, type Scope } from '#domain/identity';
import type { ClickHouse } from '#platform/clickhouse';
import { systemClock } from '#platform/clock';
import { openTestClickHouse } from '../../tests/support/clickhouse.ts';
import { testViewer } from '../metrics/testing.ts';
import { viewNames, views } from '../catalogue/views/views.ts';
import { firstPeople } from './door/hidden-rows.ts';
import { insertRows } from './door/attempts.ts';
import { prepareTrial, trialPlaces } from './door/trial.ts';
import { inSight, makeRows } from './door/two-companies.ts';
import { isAllowedFunction } from './functions.ts';
import type { GuardRecord } from './guard.ts';
import { sightOf } from './sight.ts';
import { testGuard } from './testing.ts';

let clickhouse: ClickHouse;
const recorded: GuardRecord[] = [];

beforeAll(async () => {
  clickhouse = await openTestClickHouse();
  await prepareTrial(clickhouse);
  await insertRows(clickhouse, makeRows(firstPeople, systemClock.nowMs()));
});
afterAll(() => clickhouse.close());

function scopeAs(role: Role | null): Scope {
  const places = trialPlaces as unknown as Record<string, never>;
  const over = {
    divisionIds: role === 'SafetyManager' ? places['divisionIds'] : null,
    locationIds: role === 'SiteSupervisor' ? places['locationIds'] : null,
    employeeId: role === null ? places['employeeId'] : null,
  };
  return authorize(testViewer(trialPlaces.tenantId, role, over), 'see', 'any-module');
}

const guard = () =>
  testGuard(clickhouse, {
    record: (_scope, record) => {
      recorded.push(record);
      return Promise.resolve();
    },
  });
const askAs = (role: Role | null, sql: string, more = {}) =>
  guard().runGuarded({ scope: scopeAs(role), sql, ...more });
const failureOf = (asked: Promise<unknown>) => asked.then(() => null).catch((error: unknown) => error);

describe('the catalogue', () => {
  test.each(viewNames)('%s has the columns and types that it says', async (name) => {
    const { columns } = await askAs('CompanyAdmin', `SELECT * FROM ${name} LIMIT 1`);
    const said = Object.entries(views[name].columns).map(([column, { type }]) => ({ name: column, type }));
    // How texts are kept is no part of what they mean.
    const named = (list: typeof columns) =>
      list.map((each) => ({ ...each, type: each.type.replace(/^LowCardinality\((.*)\)$/, '$1') }));
    expect(named(columns)).toEqual(named(said));
  });

  test.each(
    viewNames.flatMap((name) => views[name].questions.map((each) => [each.question, each.sql] as const)),
  )('%s', async (_question, sql) => {
    expect((await askAs('CompanyAdmin', sql)).columns.length).toBeGreaterThan(1);
  });

  test('no allowed function shares its name, but for the case of letters, with one that is not', async () => {
    const result = await clickhouse.client.query({
      query: `SELECT lower(name) AS low, groupUniqArray(if(empty(alias_to), name, alias_to)) AS names FROM system.functions
          GROUP BY low HAVING length(names) > 1`,
      format: 'JSONEachRow',
    });
    expect(
      (await result.json<{ low: string; names: string[] }>()).filter(({ low }) => isAllowedFunction(low)),
    ).toEqual([]);
  });
});

describe('denied is not empty', () => {
  test('a view of which nothing may be read names the right', async () => {
    const viewer = testViewer(trialPlaces.tenantId, 'BillingAdmin');
    const scope = authorize(viewer, 'view', 'billing');
    expect(await failureOf(guard().runGuarded({ scope, sql: 'SELECT count() FROM events' }))).toMatchObject({
      code: 'warehouse.view_not_permitted',
      kind: 'forbidden',
      detail:
        'You need the right to view any compliance module (view) to read events; your role is BillingAdmin.',
    });
  });

  test.each(['SELECT * FROM people', 'SELECT flag, count() FROM flags GROUP BY flag', 'SELECT 1'])(
    'everything, to who may not know whom an answer is about: %s',
    async (sql) => {
      expect(await failureOf(askAs('Auditor', sql))).toMatchObject({
        code: 'warehouse.view_not_permitted',
        detail:
          'Answers in SQL can tell who somebody is, and you see people without names; your role is Auditor.',
      });
    },
  );

  test('a module that is not seen, too', async () => {
    const asked = askAs('SiteSupervisor', "SELECT count() FROM events WHERE module = 'drug_alcohol'");
    expect(await failureOf(asked)).toMatchObject({
      detail:
        'You need the right to view Drug & alcohol (view) to read its events; your role is SiteSupervisor.',
    });
  });

  test('counts of places for who sees the own record only', async () => {
    expect(await failureOf(askAs(null, 'SELECT * FROM status_days'))).toMatchObject({
      code: 'warehouse.view_not_permitted',
    });
  });

  test('a limited answer says so, a whole one does not', async () => {
    expect((await askAs('SafetyManager', 'SELECT count() FROM flags')).limitedTo).toBe(
      'Limited to your scope: people of your 1 division; colours without reasons for Background.',
    );
    expect((await askAs('CompanyAdmin', 'SELECT count() FROM flags')).limitedTo).toBeNull();
    expect((await askAs('SafetyManager', 'SELECT 1')).limitedTo).toBeNull();
  });
});

describe('an answer', () => {
  test('is recorded before it is given, with what ran and a hash of the rows', async () => {
    recorded.length = 0;
    const sql = 'select module, count() from flags group by 1 order by 1';
    const answer = await askAs('CompanyAdmin', sql, { question: 'How many flags?' });
    expect(recorded).toEqual([
      {
        question: 'How many flags?',
        sqlAsWritten: sql,
        sqlAsRun: answer.sqlAsRun,
        outcome: 'answered',
        code: null,
        rows: 6,
        rowsHash: answer.rowsHash,
      },
    ]);
    expect(answer.sqlAsRun).toContain(`PREWHERE t.tenant_id = '${trialPlaces.tenantId}'`);
    await failureOf(askAs('CompanyAdmin', 'SELECT sleep(1)'));
    expect(recorded[1]).toMatchObject({ outcome: 'refused', code: 'warehouse.sql_refused', sqlAsRun: null });
  });

  test('that cannot be recorded is not given', async () => {
    const deaf = testGuard(clickhouse, { record: () => Promise.reject(new Error('no log')) });
    await expect(deaf.runGuarded({ scope: scopeAs('DER'), sql: 'SELECT 1' })).rejects.toThrow('no log');
  });

  test('stops at its limit of rows and says that there are more', async () => {
    const answer = await askAs('CompanyAdmin', 'SELECT employee_id FROM flags ORDER BY 1', {
      limits: { rows: 5 },
    });
    expect([answer.rows.length, answer.truncated]).toEqual([5, true]);
  });

  test('can be stopped: the engine stops too', async () => {
    const stop = new AbortController();
    const slow = `SELECT count() FROM (SELECT arrayJoin(range(1000000)) AS a) x,
      (SELECT arrayJoin(range(1000000)) AS b) y WHERE cityHash64(a, b) = 1`;
    const asked = failureOf(askAs('CompanyAdmin', slow, { signal: stop.signal }));
    setTimeout(() => stop.abort(), 500);
    expect(await asked).toMatchObject({ code: 'warehouse.query_stopped' });
    await expect.poll(() => running(clickhouse), { timeout: 5000 }).toBe(0);
  });

  test('names the place of what is wrong, and none of the engine’s words', async () => {
    expect(await failureOf(askAs('CompanyAdmin', 'SELECT nonsense\nFROM people'))).toMatchObject({
      code: 'warehouse.query_name_unknown',
      places: [{ path: 'line 1, column 8' }],
    });
    expect(await failureOf(askAs('CompanyAdmin', 'SELECT p.nam FROM people AS p'))).toMatchObject({
      detail: 'p.nam is not there. See the views and their columns.',
      places: [{ path: 'line 1, column 10' }],
    });
    expect(await failureOf(askAs('CompanyAdmin', 'SELECT name\nFROM people WHERE )'))).toMatchObject({
      code: 'warehouse.sql_not_understood',
      places: [{ path: 'line 2, column 19' }],
    });
  });
});

async function running({ client }: ClickHouse): Promise<number> {
  const result = await client.query({
    query:
      "SELECT count() AS n FROM system.processes WHERE query LIKE '%range(1000000)%' AND query NOT LIKE '%processes%'",
    format: 'JSONEachRow',
  });
  const [row] = await result.json<{ n: string }>();
  return Number(row?.n);
}

/** Conditions that hold of one person's rows alone, so that a scope of people can be taken before or after them. */
const { condition } = letrec<{ condition: string }>((tie) => ({
  condition: oneof(
    { depthSize: 'small' },
    constantFrom(
      "f.flag = 'red'",
      "f.module IN ('dot', 'health')",
      'NOT f.hold',
      "f.module != 'training'",
      'f.decided_at < now()',
      "f.employee_id IN (SELECT employee_id FROM people WHERE location LIKE '%1')",
      "f.employee_id NOT IN (SELECT employee_id FROM flags WHERE module = 'dot' AND flag = 'green')",
      "(f.employee_id, f.module) IN (SELECT employee_id, module FROM flag_changes WHERE to_flag = 'yellow')",
      "f.employee_id IN (WITH red AS (SELECT employee_id FROM flags WHERE flag = 'red') SELECT employee_id FROM red)",
    ),
    tuple(tie('condition'), constantFrom('AND', 'OR'), tie('condition')).map(
      ([a, how, b]) => `(${a} ${how} ${b})`,
    ),
    tie('condition').map((each) => `NOT (${each})`),
  ),
}));
const shapes = [
  (where: string) => `SELECT f.employee_id, f.module, f.flag FROM flags AS f WHERE ${where}`,
  (where: string) =>
    `SELECT f.employee_id, f.module, p.location FROM flags f INNER JOIN people p ON p.employee_id = f.employee_id WHERE ${where}`,
  (where: string) =>
    `WITH some AS (SELECT f.* FROM flags AS f WHERE ${where}) SELECT employee_id, count(), max(flag) FROM some GROUP BY employee_id`,
  (where: string) =>
    `SELECT f.employee_id, f.module, row_number() OVER (PARTITION BY f.employee_id ORDER BY f.module) FROM flags f WHERE ${where}`,
];
const question = tuple(condition, constantFrom(...shapes)).map(([where, shape]) => shape(where));

describe('random questions', () => {
  test.each(['SafetyManager', 'SiteSupervisor', null] as const)(
    'give %s exactly the rows that filtering everybody’s by scope gives',
    async (role) => {
      const sight = sightOf(scopeAs(role), 'others');
      const seen = new Set(
        firstPeople.filter((person) => inSight(person)(sight)).map(({ employeeId }) => employeeId),
      );
      expect(seen.size).toBeGreaterThan(0);
      await assert(
        asyncProperty(question, async (sql) => {
          const guarded = await askAs(role, sql);
          const all = await everybody(sql);
          const filtered = all.filter(([employeeId]) => seen.has(String(employeeId)));
          expect(sortedRows(guarded.rows)).toEqual(sortedRows(filtered));
        }),
        { numRuns: 25 },
      );
    },
    120_000,
  );
});

const sortedRows = (rows: readonly (readonly unknown[])[]) =>
  rows.map((row) => JSON.stringify(row)).toSorted();

/** The same question over all companies, without a guard: views written by hand. */
async function everybody(sql: string): Promise<unknown[][]> {
  const result = await clickhouse.client.query({
    query: `WITH people AS (SELECT employee_id, location_name AS location FROM ${clickhouse.database}.people FINAL),
      flags AS (SELECT employee_id, module, flag, hold, decided_at FROM flags_current FINAL
        WHERE audience = 'others' AND flag != 'none'),
      flag_changes AS (SELECT employee_id, module, to_flag FROM ${clickhouse.database}.flag_changes FINAL)
      SELECT * FROM (${sql})`,
    format: 'JSONCompactEachRow',
  });
  return result.json<unknown[]>();
}
