import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DivisionId, LocationId } from '#contracts/ids';
import type { AlertCause } from '#domain/alerts';
import { systemContext } from '#domain/audit';
import { authorize, type Viewer } from '#domain/identity';
import { openWorld, type World } from '../../tests/support/world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const context = systemContext('test');
const north = 'div_00000000000000000000000001' as DivisionId;
const south = 'div_00000000000000000000000002' as DivisionId;
const yard = 'loc_00000000000000000000000003' as LocationId;

function cause(parts: Partial<AlertCause>): AlertCause {
  return {
    dedupeKey: 'flag:1',
    kind: 'flag',
    severity: 'critical',
    module: 'dot',
    employeeId: world.ids.next('employee'),
    divisionId: north,
    locationId: null,
    ruleId: 'DT06',
    flag: 'red',
    hold: true,
    title: 'Medical certificate',
    detail: 'Ended 3 days ago.',
    citation: '49 CFR 391.45',
    dueAt: null,
    ...parts,
  };
}

function viewer(role: Viewer['membership']['role'], limits: Partial<Viewer['membership']> = {}): Viewer {
  return {
    user: { id: world.ids.next('user'), name: 'Dana', email: 'dana@example.com' },
    membership: {
      id: world.ids.next('membership'),
      tenantId: world.tenantId,
      role,
      divisionIds: null,
      locationIds: null,
      employeeId: null,
      actsFor: [],
      ...limits,
    },
    actingTenantId: world.tenantId,
  };
}

const settle = (causes: AlertCause[], ended: string[] = []) =>
  world.postgres.asTenant(world.tenantId, async (tx) => {
    const at = world.clock.now();
    const drafts = await world.domain.alerts.settle(tx, world.tenantId, { causes, ended, at, context });
    await world.domain.audit.append(tx, world.tenantId, drafts);
    return drafts.map(({ act }) => act);
  });

async function titles(who: Viewer): Promise<string[]> {
  const scope = authorize(who, 'see', 'any-module');
  const { alerts } = await world.domain.alerts.list(
    scope,
    { statuses: ['open'], modules: ['dot'], includeMuted: false, at: world.clock.now() },
    { limit: 50, offset: 0 },
  );
  return alerts.map(({ title }) => title).toSorted();
}

const dot = { seen: ['dot' as const], changeable: ['dot' as const], lookOnly: () => '' };

test('the same cause again raises nothing new, and its end resolves the alert', async () => {
  const one = cause({});
  expect(await settle([one])).toEqual(['alerts:alert:raise']);
  expect(await settle([one])).toEqual([]);
  expect(await settle([], [one.dedupeKey])).toEqual(['alerts:alert:resolve']);
  expect(await settle([one])).toEqual(['alerts:alert:raise']);
});

test('a viewer sees the alerts of their divisions or locations; those of no person are for the administration', async () => {
  await settle([
    cause({ dedupeKey: 'a', title: 'north' }),
    cause({ dedupeKey: 'b', title: 'south', divisionId: south }),
    cause({ dedupeKey: 'c', title: 'yard', divisionId: south, locationId: yard }),
    cause({
      dedupeKey: 'd',
      title: 'vendor',
      kind: 'vendor_silent',
      module: null,
      employeeId: null,
      divisionId: null,
    }),
  ]);
  expect(await titles(viewer('CompanyAdmin'))).toEqual(['north', 'south', 'vendor', 'yard']);
  expect(await titles(viewer('SafetyManager', { divisionIds: [north], locationIds: [yard] }))).toEqual([
    'north',
    'vendor',
    'yard',
  ]);
  expect(await titles(viewer('SiteSupervisor', { locationIds: [yard] }))).toEqual(['yard']);
});

test('acknowledged is seen, not solved: a graver cause takes it back', async () => {
  const who = viewer('CompanyAdmin');
  const scope = authorize(who, 'see', 'any-module');
  const warning = cause({ severity: 'warning', flag: 'stale', hold: false });
  await settle([warning]);
  const filter = {
    statuses: ['open' as const],
    modules: ['dot' as const],
    includeMuted: false,
    at: world.clock.now(),
  };
  const { alerts } = await world.domain.alerts.list(scope, filter, { limit: 5, offset: 0 });
  const order = { act: 'acknowledge' as const, alertIds: alerts.map(({ id }) => id) };
  await world.domain.alerts.act(scope, context, dot, order);
  expect(await world.domain.alerts.count(scope, filter)).toBe(0);
  await settle([cause({})]);
  expect(await world.domain.alerts.count(scope, filter)).toBe(1);
});

test('an alert out of scope cannot be acted on, nor told from one that does not exist', async () => {
  await settle([cause({ divisionId: south })]);
  const all = await world.domain.alerts.list(
    authorize(viewer('CompanyAdmin'), 'see', 'any-module'),
    { statuses: ['open'], modules: ['dot'], includeMuted: false, at: world.clock.now() },
    { limit: 5, offset: 0 },
  );
  const scope = authorize(viewer('SafetyManager', { divisionIds: [north] }), 'see', 'any-module');
  const order = { act: 'acknowledge' as const, alertIds: all.alerts.map(({ id }) => id) };
  await expect(world.domain.alerts.act(scope, context, dot, order)).rejects.toMatchObject({
    code: 'alerts.not_found',
  });
});

test('an alert that the viewer may only look at is denied with the missing right', async () => {
  await settle([cause({})]);
  const scope = authorize(viewer('CompanyAdmin'), 'see', 'any-module');
  const filter = {
    statuses: ['open' as const],
    modules: ['dot' as const],
    includeMuted: false,
    at: world.clock.now(),
  };
  const { alerts } = await world.domain.alerts.list(scope, filter, { limit: 5, offset: 0 });
  const order = { act: 'acknowledge' as const, alertIds: alerts.map(({ id }) => id) };
  const looks = { ...dot, changeable: [], lookOnly: (module: string) => `needs ${module} (write)` };
  await expect(world.domain.alerts.act(scope, context, looks, order)).rejects.toMatchObject({
    kind: 'forbidden',
    code: 'alerts.act_denied',
    message: expect.stringContaining('needs dot (write)'),
  });
  expect(await world.domain.alerts.count(scope, filter)).toBe(1);
});
