import { afterEach, beforeEach, expect, test } from 'vitest';
import { authorize } from '#domain/identity';
import { openWorld, type World } from '../../../../tests/support/world.ts';
import { viewer, type ViewerParts } from '../testing.ts';
import { createStandingReader } from './standing.postgres.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const as = (parts: ViewerParts) => authorize(viewer(world.tenantId, parts), 'see', 'any-module');
const dayMs = 86_400_000;

test('a silent vendor counts the people who show no data because of it, in scope; the lag is from door to flag', async () => {
  const needs = { background: { package: 'standard', recheckMonths: null, trucking: false } };
  const [waiting, other] = [await world.hire('1', needs), await world.hire('2', needs)];
  const endpointId = world.ids.next('endpoint');
  const ordered = world.event({
    employeeId: waiting,
    module: 'background',
    type: 'order.placed',
    at: '2026-11-20T11:59:58.000Z',
    vendor: 'checkr',
    payload: { package: 'standard' },
  });
  await world.domain.driver.applyEvents(world.tenantId, [
    { ...ordered, source: { ...ordered.source, endpointId } },
  ]);
  await world.domain.driver.recheckPeople(world.tenantId, [other]);
  const read = createStandingReader(world.postgres);
  const before = await read(as({ role: 'CompanyAdmin' }), world.clock.now());
  expect(before.stalePeople.get('checkr')).toBeUndefined();
  expect(before.lags.get(endpointId)).toEqual({ medianMs: 2000, p99Ms: 2000 });

  const nowMs = world.clock.nowMs();
  world.sources.current = {
    checkr: { lastEventAtMs: nowMs - 20 * dayMs, failingSinceMs: null, silenceMs: dayMs },
  };
  await world.domain.driver.recheckPeople(world.tenantId, [waiting, other]);
  const after = await read(as({ role: 'CompanyAdmin' }), world.clock.now());
  expect([...after.stalePeople]).toEqual([['checkr', 1]]);
  const nobody = await read(as({ role: 'SiteSupervisor', locationIds: [] }), world.clock.now());
  expect([...nobody.stalePeople]).toEqual([]);
});
