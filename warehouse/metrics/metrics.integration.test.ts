import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DivisionId, EmployeeId, Id, LocationId, TenantId, UserId } from '#contracts/ids';
import type { Role } from '#contracts/roles';
import { authorize, authorizeOwn, type Membership, type Scope, type Viewer } from '#domain/identity';
import { createEmbeddedClickHouse, type EmbeddedClickHouse } from '#platform/clickhouse';
import { createFrozenClock } from '#platform/clock';
import { createSilentLog } from '#platform/log';
import { createLoader, type Loader } from '../loading/loader.ts';
import { testId } from '../loading/testing.ts';
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

const log = createSilentLog();
const now = '2026-11-20T12:00:00.000Z';
const clock = createFrozenClock(now);
const dir = mkdtempSync(join(tmpdir(), 'plumbline-metrics-'));
let clickhouse: EmbeddedClickHouse;
let loader: Loader;
let rollup: DayRollup;
let metrics: Metrics;

beforeAll(async () => {
  clickhouse = await createEmbeddedClickHouse({ dir, log });
  await migrateWarehouse(clickhouse);
  loader = createLoader({ clickhouse, clock, log });
  rollup = createDayRollup({ clickhouse, clock, log });
  metrics = createMetrics({ clickhouse, clock });
});
afterAll(async () => {
  await clickhouse.close();
  rmSync(dir, { recursive: true, force: true });
});

function viewer(tenantId: string, role: Role | null, over: Partial<Membership> = {}): Viewer {
  return {
    user: { id: testId('user', 1) as UserId, name: 'Viewer', email: 'viewer@example.com' },
    membership: {
      id: testId('membership', 1) as Id<'membership'>,
      tenantId: tenantId as TenantId,
      role,
      divisionIds: null,
      locationIds: null,
      employeeId: null,
      actsFor: [],
      ...over,
    },
    actingTenantId: tenantId as TenantId,
  };
}

/** One viewer of each kind of scope. */
function scopesOf(tenantId: string): Scope[] {
  const division = testId('division', 1) as DivisionId;
  const location = testId('location', 2) as LocationId;
  const employeeId = randomPeople([tenantId, tenantId])[2]?.employeeId as EmployeeId;
  return [
    authorize(viewer(tenantId, 'DER'), 'see', 'any-module'),
    authorize(viewer(tenantId, 'HROnboarding'), 'see', 'any-module'),
    authorize(
      viewer(tenantId, 'SafetyManager', { divisionIds: [division], locationIds: [location] }),
      'see',
      'dot',
    ),
    authorize(viewer(tenantId, 'SafetyManager', { divisionIds: [division] }), 'see', 'dot'),
    authorize(viewer(tenantId, 'SiteSupervisor', { locationIds: [location] }), 'see', 'dot'),
    authorize(viewer(tenantId, 'SiteSupervisor', { locationIds: [] }), 'see', 'dot'),
    authorizeOwn(viewer(tenantId, null, { employeeId })),
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
    await fc.assert(
      fc.asyncProperty(happenings, async (found) => {
        const { world, tenants } = await load(found);
        for (const look of [...looksOf(tenants[0]), ...looksOf(tenants[1]).slice(0, 3)]) {
          const { scope, audience, filters } = look;
          expectOverview(await metrics.overview(scope, { audience, filters }), world, look);
        }
      }),
      { numRuns: 4, endOnFailure: true },
    );
  }, 120_000);

  test('as of a past instant it tells what was known then', async () => {
    await fc.assert(
      fc.asyncProperty(happenings, fc.integer({ min: 0, max: 60 }), async (found, hoursAgo) => {
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
    const scope = authorize(viewer(testId('tenant', 1), 'HROnboarding'), 'see', 'any-module');
    expect(() => metrics.overview(scope, { audience: 'others', filters: { module: 'geofence' } })).toThrow(
      /module_not_visible/,
    );
  });
});
