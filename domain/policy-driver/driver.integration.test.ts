import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { verifyAudit } from '#domain/audit';
import { findCurrentFlags, listFlagHistory } from '#domain/flags';
import type { EmployeeId } from '#contracts/ids';
import type { Module } from '#contracts/modules';
import { openWorld, type World } from '../../tests/support/world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const trained = {
  training: {
    needs: [
      { item: 'hazmat', basis: 'law' as const, beforeWork: true, intervalMonths: 36, from: '2026-01-05' },
    ],
  },
};

async function flagOf(employeeId: EmployeeId, module: Module) {
  const flags = await world.postgres.asTenant(world.tenantId, (tx) => findCurrentFlags(tx, [employeeId]));
  const found = flags.find((flag) => flag.module === module);
  return found && { flag: found.decision.flag, hold: found.decision.hold, next: found.nextChangeAt };
}

async function count(query: ReturnType<typeof sql<{ n: number }>>): Promise<number> {
  const { rows } = await world.postgres.asTenant(world.tenantId, (tx) => query.execute(tx));
  return rows[0]?.n ?? 0;
}

const hazmat = (employeeId: EmployeeId, completedOn: string, dedupeKey = `hazmat ${completedOn}`) =>
  world.event({
    employeeId,
    module: 'training',
    type: 'completion.recorded',
    at: `${completedOn}T15:00:00.000Z`,
    subjectRef: `hazmat-${completedOn}`,
    dedupeKey,
    payload: { item: 'hazmat', completedOn, hours: 8, fieldDays: null, passed: true, tested: true },
  });

test('one event in one batch ten times, and again later, has one effect', async () => {
  const employeeId = await world.hire('1', trained);
  const event = hazmat(employeeId, '2026-02-01');
  const { driver } = world.domain;
  await driver.applyEvents(
    world.tenantId,
    Array.from({ length: 10 }, () => event),
  );
  const again = await driver.applyEvents(world.tenantId, [{ ...event, id: world.ids.next('event') }]);

  expect(again.fresh).toBe(0);
  expect(await count(sql`select count(*)::int as n from compliance_events`)).toBe(1);
  expect(await count(sql`select event_count as n from records`)).toBe(1);
  expect(
    await count(sql`select count(*)::int as n from audit_entries where act = 'records:event:apply'`),
  ).toBe(1);
  const applied = await world.postgres.asSystem((tx) =>
    sql<{ n: number }>`select count(*)::int as n from event_log where topic = 'events.applied.v1'`.execute(
      tx,
    ),
  );
  expect(applied.rows[0]?.n).toBe(1);
  expect(await verifyAudit(world.postgres, world.tenantId)).toMatchObject({ ok: true });
});

test('an older event after a newer one leaves the state as it is', async () => {
  const employeeId = await world.hire('1', trained);
  const { driver } = world.domain;
  await driver.applyEvents(world.tenantId, [hazmat(employeeId, '2026-06-01')]);
  const before = await flagOf(employeeId, 'training');
  await driver.applyEvents(world.tenantId, [hazmat(employeeId, '2024-06-01')]);
  expect(before).toMatchObject({ flag: 'green' });
  expect(await flagOf(employeeId, 'training')).toEqual(before);
});

test('a date that passes turns a flag without any event', async () => {
  const employeeId = await world.hire('1', trained);
  const { driver } = world.domain;
  await driver.applyEvents(world.tenantId, [hazmat(employeeId, '2024-01-10')]);
  expect(await flagOf(employeeId, 'training')).toMatchObject({ flag: 'yellow', hold: false });
  await driver.recheckDue(100);
  expect(await flagOf(employeeId, 'training')).toMatchObject({ flag: 'yellow' });

  // 36 months, done on 10 January 2024: through 10 January 2027 in Chicago, red from the midnight after.
  world.clock.set('2027-01-11T05:59:59.000Z');
  await driver.recheckDue(100);
  expect(await flagOf(employeeId, 'training')).toMatchObject({ flag: 'yellow' });
  world.clock.set('2027-01-11T06:00:00.000Z');
  expect(await driver.recheckDue(100)).toBeGreaterThan(0);
  expect(await flagOf(employeeId, 'training')).toMatchObject({ flag: 'red', hold: true });

  const history = await world.postgres.asTenant(world.tenantId, (tx) =>
    listFlagHistory(tx, { employeeId, module: 'training', audiences: ['all', 'others'] }),
  );
  expect(history.at(-1)).toMatchObject({
    effectiveAt: '2027-01-11T06:00:00.000Z',
    from: { flag: 'yellow', hold: false },
    to: { flag: 'red', hold: true },
    causeEventIds: [],
  });
  expect(await count(sql`select count(*)::int as n from alerts where status = 'open'`)).toBe(1);
});

test('a clock that could not be kept is told from its instant on, not from when we looked', async () => {
  const employeeId = await world.hire('1', trained);
  const { driver } = world.domain;
  await driver.applyEvents(world.tenantId, [hazmat(employeeId, '2024-01-10')]);
  // Nobody looked for three days after the last good day.
  world.clock.set('2027-01-14T09:00:00.000Z');
  await driver.recheckDue(100);
  const history = await world.postgres.asTenant(world.tenantId, (tx) =>
    listFlagHistory(tx, { employeeId, module: 'training', audiences: ['all', 'others'] }),
  );
  expect(history.at(-1)).toMatchObject({
    effectiveAt: '2027-01-11T06:00:00.000Z',
    recordedAt: '2027-01-14T09:00:00.000Z',
    to: { flag: 'red', hold: true },
  });
});

test('a late event turns the flag as of when it happened, not of when it was told', async () => {
  const employeeId = await world.hire('1', trained);
  const { driver } = world.domain;
  await driver.applyEvents(world.tenantId, [hazmat(employeeId, '2026-11-01')]);
  world.clock.set('2026-11-28T12:00:00.000Z');
  const doubted = world.event({
    employeeId,
    module: 'training',
    type: 'completion.revoked_by_nobody',
    at: '2026-11-23T15:00:00.000Z',
    subjectRef: 'hazmat-2026-11-01',
    payload: {},
  });
  await driver.applyEvents(world.tenantId, [doubted]);
  const [current] = (
    await world.postgres.asTenant(world.tenantId, (tx) => findCurrentFlags(tx, [employeeId]))
  ).filter((flag) => flag.module === 'training');
  expect(current).toMatchObject({ since: '2026-11-23T15:00:00.000Z', decidedAt: '2026-11-28T12:00:00.000Z' });
});

test('the end of the cause ends the alert', async () => {
  const employeeId = await world.hire('1', trained);
  const { driver } = world.domain;
  await driver.applyEvents(world.tenantId, [hazmat(employeeId, '2022-01-10')]);
  expect(await count(sql`select count(*)::int as n from alerts where status = 'open'`)).toBe(1);
  await driver.applyEvents(world.tenantId, [hazmat(employeeId, '2026-11-19')]);
  expect(await flagOf(employeeId, 'training')).toMatchObject({ flag: 'green' });
  expect(await count(sql`select count(*)::int as n from alerts where status = 'resolved'`)).toBe(1);
});

test('a failure in the middle leaves nothing behind', async () => {
  const employeeId = await world.hire('1', trained);
  const stranger = { ...hazmat(employeeId, '2026-03-01'), tenantId: world.ids.next('tenant') };
  await expect(
    world.domain.driver.applyEvents(world.tenantId, [hazmat(employeeId, '2026-02-01'), stranger]),
  ).rejects.toThrow();
  expect(await count(sql`select count(*)::int as n from compliance_events`)).toBe(0);
  expect(await flagOf(employeeId, 'training')).toBeUndefined();
});
