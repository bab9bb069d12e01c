import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { authorize } from '#domain/identity';
import { systemContext } from '#domain/audit';
import { listPlaceNames } from '#domain/people';
import { createWarehouseConsumer } from '#ingest';
import type { ClickHouse } from '#platform/clickhouse';
import type { Consumer } from '#platform/event-log';
import { createSilentLog } from '#platform/log';
import { createLoader, migrateWarehouse } from '#warehouse';
import { groupTopics } from '../../src/lib/server/names.ts';
import { openTestClickHouse } from '../support/clickhouse.ts';
import { openWorld, type World } from '../support/world.ts';

const log = createSilentLog();
const context = systemContext('test');
let world: World;
let clickhouse: ClickHouse;
let consumer: Consumer;

beforeAll(async () => {
  world = await openWorld('2026-11-20T12:00:00.000Z');
  clickhouse = await openTestClickHouse();
  await migrateWarehouse(clickhouse);
  const { postgres, eventLog, tenantId } = world;
  await postgres.asTenant(tenantId, (tx) =>
    world.domain.people.savePlaces(
      tx,
      tenantId,
      {
        divisions: [
          { code: 'north', name: 'North' },
          { code: 'south', name: 'South' },
        ],
        locations: [{ code: 'yard', name: 'Yard', zone: 'America/Denver', jurisdiction: null }],
        jobRoles: [{ code: 'driver', name: 'Driver', requirements: {} }],
      },
      context,
    ),
  );
  consumer = eventLog.consume(
    { group: 'warehouse', topics: groupTopics.warehouse, maxBatch: 500 },
    createWarehouseConsumer({
      loader: createLoader({ clickhouse, clock: world.clock, log }),
      placeNames: async (tenant) => {
        const { divisions, locations, jobRoles } = await postgres.asTenant(tenant, listPlaceNames);
        return new Map([...divisions, ...locations, ...jobRoles].map(({ id, name }) => [id, name]));
      },
      clock: world.clock,
      fullBatch: 1,
    }),
  );
}, 60_000);
afterAll(async () => {
  await consumer.stop();
  await clickhouse.close();
  await world.close();
});

interface Placed {
  id: string;
  name: string;
  phase: string;
  division: string;
  location: string;
  role: string;
}

async function inPostgres(): Promise<Placed[]> {
  const { rows } = await world.postgres.asTenant(world.tenantId, (tx) =>
    sql<Placed>`
      select e.id, first_name || ' ' || last_name as name, phase, coalesce(d.name, '') as division,
        coalesce(l.name, '') as location, coalesce(r.name, '') as role
      from employees e left join divisions d on d.id = e.division_id
      left join locations l on l.id = e.location_id left join job_roles r on r.id = e.job_role_id
      where e.tenant_id = ${world.tenantId} order by e.id`.execute(tx),
  );
  return rows;
}

async function inWarehouse(): Promise<Placed[]> {
  await world.eventLog.outbox.drained();
  while ((await consumer.lag()) > 0) await sleep(20);
  const result = await clickhouse.client.query({
    query: `SELECT employee_id AS id, name, toString(phase) AS phase, toString(division_name) AS division,
      toString(location_name) AS location, toString(job_role_name) AS role FROM people FINAL ORDER BY employee_id`,
    format: 'JSONEachRow',
  });
  return result.json<Placed>();
}

const administrator = () =>
  authorize(
    {
      user: { id: world.ids.next('user'), name: 'U', email: 'u@example.com' },
      membership: {
        id: world.ids.next('membership'),
        tenantId: world.tenantId,
        role: 'CompanyAdmin',
        divisionIds: null,
        locationIds: null,
        employeeId: null,
        actsFor: [world.tenantId],
      },
      actingTenantId: world.tenantId,
    },
    'see',
    'any-module',
  );

test('whatever changes a person, the warehouse soon has the person as the people module does', async () => {
  const { domain, postgres, tenantId, clock } = world;
  const ann = await world.hire('N-1', {});
  const bob = await world.hire('N-2', {});
  expect(await inWarehouse()).toEqual(await inPostgres());
  expect(await inWarehouse()).toHaveLength(2);

  clock.advanceMs(60_000);
  const terminated = world.event({
    employeeId: ann,
    at: '2026-11-20T12:00:30.000Z',
    module: 'people',
    type: 'employee.terminated',
    payload: { on: '2026-11-22' },
  });
  await domain.driver.applyEvents(tenantId, [terminated]);
  expect((await inWarehouse()).map(({ phase }) => phase)).toEqual(['active', 'active']);

  // By date alone, and nothing of the person is decided again.
  clock.set('2026-11-24T12:00:00.000Z');
  expect(await postgres.asTenant(tenantId, (tx) => domain.people.takePhaseChanges(tx, tenantId, 10))).toEqual(
    [ann],
  );
  expect(await inWarehouse()).toEqual(await inPostgres());
  expect((await inWarehouse()).map(({ phase }) => phase)).toEqual(['terminated', 'active']);

  // From a file and by hand.
  const named = { number: 'N-2', firstName: 'Wendell', lastName: 'Person N-2' };
  const values = { ...named, division: 'south', location: 'yard', jobRole: 'driver' };
  const rows = [{ line: 2, values }];
  expect(
    await domain.people.importEmployees(administrator(), rows, { preview: false, context }),
  ).toMatchObject({ updated: 1, rejected: [] });
  expect(await inWarehouse()).toEqual(await inPostgres());
  clock.advanceMs(1000);
  await domain.people.update(administrator(), bob, { divisionRef: 'north', lastName: 'Ray' }, context);
  expect(await inWarehouse()).toEqual(await inPostgres());
  expect((await inWarehouse())[1]).toMatchObject({
    name: 'Wendell Ray',
    division: 'North',
    location: 'Yard',
    role: 'Driver',
  });

  const newcomer = {
    number: 'N-3',
    firstName: 'Cy',
    lastName: 'Poe',
    email: null,
    birthDate: null,
    refs: [],
  };
  await postgres.asTenant(tenantId, (tx) => domain.people.admit(tx, tenantId, [newcomer], context));
  expect((await inWarehouse())[2]).toMatchObject({ name: 'Cy Poe', phase: 'applicant' });
}, 60_000);

test('a past that is lived through after the person was entered leaves the person as entered', async () => {
  const { domain, tenantId, clock } = world;
  clock.set('2026-11-26T12:00:00.000Z');
  const [gone] = await world.postgres.asTenant(tenantId, (tx) =>
    domain.people.insertMany(
      tx,
      tenantId,
      [
        {
          number: 'N-9',
          firstName: 'Di',
          lastName: 'Roe',
          declaredPhase: 'terminated',
          periods: [{ from: '2026-01-05', to: '2026-11-01' }],
          requirements: { training: { needs: [] } },
        },
      ],
      context,
    ),
  );
  if (gone === undefined) throw new Error('nobody was entered');
  clock.set('2026-10-01T12:00:00.000Z');
  await domain.driver.recheckPeople(tenantId, [gone]);
  const event = world.event({
    employeeId: gone,
    at: '2026-10-01T11:00:00.000Z',
    module: 'drug_alcohol',
    type: 'test.resulted',
    payload: {},
  });
  await domain.driver.applyEvents(tenantId, [event]);
  expect((await inWarehouse()).find(({ id }) => id === gone)?.phase).toBe('terminated');
  expect(await inWarehouse()).toEqual(await inPostgres());
}, 60_000);
