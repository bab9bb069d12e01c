import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Role } from '#contracts/roles';
import { authorize, type Scope } from '#domain/identity';
import type { ClickHouse } from '#platform/clickhouse';
import { processEnvironment } from '#platform/config';
import { systemClock } from '#platform/clock';
import { openTestClickHouse } from '../../tests/support/clickhouse.ts';
import { testViewer } from '../metrics/testing.ts';
import { readAttempts, tryAttempts, type Tried } from './door/attempts.ts';
import { prepareTrial, trialPlaces } from './door/trial.ts';
import type { Guard } from './guard.ts';
import { testGuard, testSettings } from './testing.ts';
import { isWallUp, rolesOf } from './wall.ts';

const trialFile = (name: string) => readFileSync(join(import.meta.dirname, 'trials', name), 'utf8');
const attacks = readAttempts(trialFile('attacks.sql'));
const questions = readAttempts(trialFile('questions.sql'));
/** Lists of attacks that are not ours to publish: files by path, separated by commas. */
const elsewhere = (processEnvironment()['GUARD_ATTACKS'] ?? '')
  .split(',')
  .filter((file) => file !== '')
  .flatMap((file) => readAttempts(readFileSync(file, 'utf8')));

let clickhouse: ClickHouse;
let turn = 0;

beforeAll(async () => {
  clickhouse = await openTestClickHouse();
  await prepareTrial(clickhouse);
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

async function tryAs(role: Role | null, attempts: typeof attacks, guard?: Pick<Guard, 'runGuarded'>) {
  const scope = scopeAs(role);
  const audience = role === 'DER' ? 'der' : 'others';
  const deps = {
    clickhouse,
    guard: guard ?? testGuard(clickhouse),
    scope,
    audience,
    clock: systemClock,
  } as const;
  return tryAttempts(deps, attempts, turn++);
}

const isEmbeddedWall = () => isWallUp(clickhouse.client);

describe.each(['SiteSupervisor', 'HROnboarding'] as const)('attacks as %s', (role) => {
  const tried = new Map<string, Tried>();
  beforeAll(async () => {
    for (const each of await tryAs(role, [...attacks, ...elsewhere])) tried.set(each.sql, each);
  }, 180_000);

  test.each(attacks.map(({ note, sql }) => [note, sql] as const))('%s', (_note, sql) => {
    const found = tried.get(sql);
    expect(found).toMatchObject({ fate: expect.not.stringMatching(/^LEAK$/) });
    // The limit is 2 s; what the engine does not limit must not take much longer.
    expect(found?.tookMs).toBeLessThan(6000);
  });

  test('of lists that are not ours', () => {
    expect(elsewhere.map(({ sql }) => tried.get(sql)).filter((each) => each?.fate === 'LEAK')).toEqual([]);
  });
});

describe('what is not blocked', () => {
  test.each(['CompanyAdmin', 'SafetyManager'] as const)(
    'plain questions are answered to %s',
    async (role) => {
      const tried = await tryAs(role, questions);
      expect(tried.filter(({ fate }) => fate !== 'harmless')).toEqual([]);
    },
  );
});

describe('each wall alone', () => {
  test('the first: the same attacks on an engine without roles', async () => {
    const bare: ClickHouse = { ...clickhouse, connectTo: (name) => withoutRoles(clickhouse.connectTo(name)) };
    const tried = await tryAs('SafetyManager', attacks, testGuard(bare));
    expect(tried.filter(({ fate }) => fate === 'LEAK')).toEqual([]);
  }, 120_000);

  test('the second: SQL that nobody checked reads no row of another company', async () => {
    if (!(await isEmbeddedWall())) return;
    const tried = await tryAs('CompanyAdmin', attacks, unchecked(true));
    // Within the company what a role sees is the first wall's work alone; so is mergeTreeIndex(), which no grant covers.
    const crossed = tried.filter(({ why }) => /^tells .*(?:-theirs-|emp_0+5\d{3}$)/.test(why));
    expect(crossed.map(({ note }) => note)).toEqual(['keys from the index']);
    const read = await clickhouse.connectTo(clickhouse.database).query({
      query: 'SELECT count() AS n, uniq(tenant_id) AS companies FROM people',
      format: 'JSONEachRow',
      role: rolesOf(trialPlaces.tenantId),
    });
    expect(await read.json()).toMatchObject([{ companies: '1' }]);
  }, 120_000);

  test('neither: the trial sees what leaks, so it can fail', async () => {
    const tried = await tryAs('CompanyAdmin', attacks, unchecked(false));
    const leaks = tried.filter(({ fate }) => fate === 'LEAK').map(({ note }) => note);
    expect(leaks).toEqual(
      expect.arrayContaining(['physical table by its full name', 'IN subquery', 'reads a file']),
    );
    expect(leaks.length).toBeGreaterThan(30);
  }, 120_000);
});

/** Answers SQL as it is, with read-only limits alone. */
function unchecked(withRoles: boolean): Pick<Guard, 'runGuarded'> {
  const client = clickhouse.connectTo(clickhouse.database);
  return {
    runGuarded: async ({ sql, scope }) => {
      if (/KILL|SYSTEM/.test(sql)) throw new Error('would end the test itself');
      const result = await client.query({
        query: sql,
        format: 'JSONCompactEachRow',
        clickhouse_settings: testSettings,
        ...(withRoles ? { role: rolesOf(scope.tenantId) } : {}),
      });
      const rows = await result.json<unknown[]>();
      return {
        columns: [],
        rows,
        truncated: false,
        limitedTo: null,
        views: [],
        sqlAsRun: sql,
        rowsHash: '',
        tookMs: 0,
      };
    },
  };
}

function withoutRoles(client: ClickHouse['client']): ClickHouse['client'] {
  return new Proxy(client, {
    get: (target, name) =>
      name === 'query'
        ? ({ role: _none, ...rest }: Parameters<typeof target.query>[0]) => target.query(rest)
        : Reflect.get(target, name, target),
  });
}
