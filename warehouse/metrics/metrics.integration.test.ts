import { assert, asyncProperty, integer, sample } from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DivisionId, EmployeeId, Id, LocationId } from '#contracts/ids';
import { authorize, authorizeOwn, type Scope } from '#domain/identity';
import type { ClickHouse } from '#platform/clickhouse';
import { createFrozenClock } from '#platform/clock';
import { createSilentLog } from '#platform/log';
import { openTestClickHouse } from '../../tests/support/clickhouse.ts';
import { createLoader, type Loader } from '../loading/loader.ts';
import { testChange, testEvent, testId } from '../loading/testing.ts';
import { migrateWarehouse } from '../migrate.ts';
import { createDayRollup, type DayRollup } from '../rollup.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import type { Overview } from './overview.ts';
import { buildWorld, happenings, randomPeople } from './random-world.ts';
import {
  expectedFallsDue,
  expectedForecast,
  expectedHeatMap,
  expectedLastHour,
  expectedTiles,
  expectedTrend,
  peopleAt,
  totalIn,
  type Look,
  type World,
} from './reference.ts';
import { testViewer } from './testing.ts';

const log = createSilentLog();
const now = '2026-11-20T12:00:00.000Z';
const clock = createFrozenClock(now);
let clickhouse: ClickHouse;
let loader: Loader;
let rollup: DayRollup;
let metrics: Metrics;

beforeAll(async () => {
  clickhouse = await openTestClickHouse();
  await migrateWarehouse(clickhouse);
  loader = createLoader({ clickhouse, clock, log });
  rollup = createDayRollup({ clickhouse, clock, log });
  metrics = createMetrics({ clickhouse, clock });
});
afterAll(async () => {
  await clickhouse.close();
});

/** One viewer of each kind of scope. */
function scopesOf(tenantId: string): Scope[] {
  const division = testId('division', 1) as DivisionId;
  const location = testId('location', 2) as LocationId;
  const employeeId = randomPeople([tenantId, tenantId])[2]?.employeeId as EmployeeId;
  return [
    authorize(testViewer(tenantId, 'DER'), 'see', 'any-module'),
    authorize(testViewer(tenantId, 'HROnboarding'), 'see', 'any-module'),
    authorize(
      testViewer(tenantId, 'SafetyManager', { divisionIds: [division], locationIds: [location] }),
      'see',
      'dot',
    ),
    authorize(testViewer(tenantId, 'SafetyManager', { divisionIds: [division] }), 'see', 'dot'),
    authorize(testViewer(tenantId, 'SiteSupervisor', { locationIds: [location] }), 'see', 'dot'),
    authorize(testViewer(tenantId, 'SiteSupervisor', { locationIds: [] }), 'see', 'dot'),
    authorizeOwn(testViewer(tenantId, null, { employeeId })),
  ];
}

function looksOf(tenantId: string): Look[] {
  const atMs = Date.parse(now);
  const looks = scopesOf(tenantId).map((scope, at): Look => ({
    scope,
    audience: at === 0 ? 'der' : 'others',
    filters: {},
    atMs,
  }));
  const [everything] = looks;
  if (everything === undefined) return [];
  const filtered = [
    { divisionId: testId('division', 2) as DivisionId },
    { locationId: testId('location', 1) as LocationId, module: 'dot' as const },
    { jobRoleId: testId('jobRole', 1) as Id<'jobRole'> },
  ];
  return [...looks, ...filtered.map((filters) => ({ ...everything, filters }))];
}

function expectOverview(found: Overview, world: World, look: Look): void {
  const counts = peopleAt(world, look, look.atMs);
  const dayBefore = peopleAt(world, look, look.atMs - 86_400_000);
  const total = totalIn(counts);
  expect(found.counts).toEqual(counts);
  expect(found.total).toBe(total);
  expect(found.rate).toBe(total === 0 ? null : counts.green / total);
  expect(found.difference24h).toEqual({
    red: counts.red - dayBefore.red,
    stale: counts.stale - dayBefore.stale,
    yellow: counts.yellow - dayBefore.yellow,
    green: counts.green - dayBefore.green,
    onHold: counts.onHold - dayBefore.onHold,
  });
  expect(
    found.modules.map(({ module, counts: flags, rate30DaysAgo }) => ({
      module,
      counts: flags,
      rate30DaysAgo,
    })),
  ).toEqual(expectedTiles(world, look));
  const heatMap = found.heatMap
    .map((row) => ({
      divisionId: row.divisionId,
      counts: row.counts,
      modules: Object.fromEntries(
        Object.entries(row.modules).map(([module, cell]) => [
          module,
          { counts: cell.counts, rate: cell.rate },
        ]),
      ),
    }))
    .toSorted((a, b) => String(a.divisionId).localeCompare(String(b.divisionId)));
  expect(heatMap).toEqual(expectedHeatMap(world, look));
  expect(found.trend.map(({ day, counts: people }) => ({ day, counts: people }))).toEqual(
    expectedTrend(world, look),
  );
  expect(
    found.forecast.map(({ day, counts: people, total: all }) => ({ day, green: people.green, total: all })),
  ).toEqual(expectedForecast(world, look));
  const { weeks, ...within } = found.fallsDue;
  expect({ weeks: weeks.map((week) => week.flags), ...within }).toEqual(expectedFallsDue(world, look));
  const { changes, ...sums } = found.lastHour;
  expect({ ids: changes.map((change) => change.id), ...sums }).toEqual(expectedLastHour(world, look));
}

let companies = 1;

/** Each run has companies of its own in the same tables, so every run also proves that others' rows do not count. */
async function load(found: Parameters<typeof buildWorld>[1]) {
  const tenants: [string, string] = [testId('tenant', companies), testId('tenant', companies + 1)];
  companies += 2;
  const world = buildWorld(tenants, found, Date.parse(now));
  await loader.loadPeople(world.people);
  await loader.loadFlagChanges(world.rows);
  await rollup.run();
  return { world, tenants };
}

describe('overview', () => {
  test('every number equals that of a plain walk over the same changes, in every kind of scope', async () => {
    await assert(
      asyncProperty(happenings, async (found) => {
        const { world, tenants } = await load(found);
        for (const look of [...looksOf(tenants[0]), ...looksOf(tenants[1]).slice(0, 3)]) {
          const { scope, audience, filters } = look;
          expectOverview(await metrics.overview(scope, { audience, filters }), world, look);
        }
      }),
      { numRuns: 3, endOnFailure: true },
    );
  }, 120_000);

  test('as of a past instant it tells what was known then', async () => {
    await assert(
      asyncProperty(happenings, integer({ min: 0, max: 60 }), async (found, hoursAgo) => {
        const { world, tenants } = await load(found);
        const asOf = new Date(Date.parse(now) - hoursAgo * 3_600_000).toISOString();
        for (const look of looksOf(tenants[0]).slice(0, 4)) {
          const { scope, audience, filters } = look;
          const overview = await metrics.overview(scope, { audience, filters, asOf });
          expectOverview(overview, world, { ...look, atMs: Date.parse(asOf) });
        }
      }),
      { numRuns: 2, endOnFailure: true },
    );
  }, 120_000);

  test('a module that the role does not show cannot be asked for', async () => {
    const scope = authorize(testViewer(testId('tenant', 1), 'HROnboarding'), 'see', 'any-module');
    expect(() => metrics.overview(scope, { audience: 'others', filters: { module: 'geofence' } })).toThrow(
      /module_not_visible/,
    );
  });
});

describe('past days', () => {
  test('a run that has nothing to do does nothing; a late change moves its day and all days after it', async () => {
    const tenantId = testId('tenant', 900);
    const scope = authorize(testViewer(tenantId, 'CompanyAdmin'), 'see', 'any-module');
    const change = (sequence: number, decidedAt: string, flag: string) => ({
      change: testChange(900_000 + sequence, {
        tenantId,
        sequence,
        decidedAt,
        employeeId: testId('employee', 90_000 + (sequence % 2)),
        to: { flag, hold: false },
      }),
      at: { topic: 'late', partition: 0, offset: BigInt(sequence) },
    });
    const trend = async () => {
      const { trend: points } = await metrics.overview(scope, { audience: 'others' });
      return points.map(({ day, counts }) => `${day} ${counts.green} green ${counts.red} red`);
    };
    await loader.loadFlagChanges([change(1, '2026-11-16T08:00:00.000Z', 'green')]);
    await rollup.run();
    expect(await rollup.run()).toEqual({ tenants: 0, days: 0 });
    const before = ['16', '17', '18', '19'].map((day) => `2026-11-${day} 1 green 0 red`);
    expect(await trend()).toEqual(before);

    await loader.loadFlagChanges([change(2, '2026-11-18T23:59:59.999Z', 'red')]);
    const [first, second] = await Promise.all([rollup.run(), rollup.run()]);
    expect([first, second]).toEqual([
      { tenants: 1, days: 2 },
      { tenants: 0, days: 0 },
    ]);
    const after = [...before.slice(0, 2), '2026-11-18 1 green 1 red', '2026-11-19 1 green 1 red'];
    expect(await trend()).toEqual(after);

    // As if the run had ended before it noted what it did: doing it again changes nothing.
    await clickhouse.client.command({ query: 'TRUNCATE TABLE rolled_days' });
    await rollup.run();
    expect(await trend()).toEqual(after);
  });
});

const from = (endpoint: number, vendor: string, number: number) => ({
  vendor,
  endpointId: endpoint === 0 ? null : testId('endpoint', endpoint),
  dedupeKey: `v${number}`,
  rawRef: null,
});

describe('rates and vendors', () => {
  const tenantId = testId('tenant', 910);
  const event = (number: number, over: object) => ({
    event: testEvent(910_000 + number, {
      tenantId,
      employeeId: randomPeople([tenantId, tenantId])[number % 3]?.employeeId,
      ...over,
    }),
    person: randomPeople([tenantId, tenantId])[number % 3] ?? null,
    at: { topic: 'vendors', partition: 0, offset: BigInt(number) },
  });
  test('events per endpoint and hour, in scope only', async () => {
    await loader.loadEvents([
      event(1, { receivedAt: '2026-11-20T12:00:00.000Z', source: from(1, 'checkr', 1) }),
      event(2, { receivedAt: '2026-11-20T11:30:00.000Z', source: from(1, 'checkr', 2) }),
      event(3, { receivedAt: '2026-11-20T09:30:00.000Z', source: from(2, 'formfox', 3) }),
      event(4, { receivedAt: '2026-11-20T09:29:00.000Z', source: from(0, 'app', 4) }),
      event(5, { receivedAt: '2026-11-19T09:30:00.000Z', source: from(2, 'formfox', 5) }),
    ]);
    const all = authorize(testViewer(tenantId, 'CompanyAdmin'), 'see', 'any-module');
    const wanted = { hours: 4, bucketMinutes: 60 };
    expect(await metrics.vendorRates(all, wanted)).toEqual([
      {
        endpointId: testId('endpoint', 1),
        vendor: 'checkr',
        buckets: [0, 0, 0, 2],
        lastReceivedAt: '2026-11-20T12:00:00.000Z',
      },
      {
        endpointId: testId('endpoint', 2),
        vendor: 'formfox',
        buckets: [0, 1, 0, 0],
        lastReceivedAt: '2026-11-20T09:30:00.000Z',
      },
    ]);
    const nowhere = authorize(testViewer(tenantId, 'SiteSupervisor', { locationIds: [] }), 'see', 'dot');
    expect(await metrics.vendorRates(nowhere, wanted)).toEqual([]);
    const elsewhere = authorize(testViewer(testId('tenant', 911), 'CompanyAdmin'), 'see', 'any-module');
    expect(await metrics.vendorRates(elsewhere, wanted)).toEqual([]);
  });

  test('rates by location and job role carry names and add up to the same people', async () => {
    const { world, tenants } = await load(sample(happenings, { numRuns: 1, seed: 7 })[0] ?? []);
    const scope = authorize(testViewer(tenants[0], 'CompanyAdmin'), 'see', 'any-module');
    const overview = await metrics.overview(scope, { audience: 'others' });
    const units = ['division', 'location', 'job_role'] as const;
    for (const unit of units) {
      const rates = await metrics.rates(scope, unit, { audience: 'others' });
      expect(rates.reduce((sum, row) => sum + row.total, 0)).toBe(overview.total);
      const person = world.people.find((one) => one.location !== null && one.tenantId === tenants[0]);
      if (unit !== 'location' || person === undefined) continue;
      const named = rates.find((row) => row.unitId === person.location?.id);
      const look: Look = { scope, audience: 'others', atMs: Date.parse(now), filters: {} };
      expect(named?.unitName).toBe(person.location?.name);
      expect(named?.counts).toEqual(
        peopleAt(world, look, look.atMs, (one) => one.location?.id === person.location?.id),
      );
    }
  });
});
