import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { authorize } from '#domain/identity';
import { findCurrentFlags } from '#domain/flags';
import { systemContext, verifyAudit } from '#domain/audit';
import type { EmployeeId } from '#contracts/ids';
import type { ComplianceEvent } from '#contracts/compliance-event';
import { viewer, type ViewerParts } from '../testing.ts';
import { openWorld, type World } from '../../../../tests/support/world.ts';

let world: World;
let employeeId: EmployeeId;

const hazmat = {
  training: {
    needs: [
      { item: 'hazmat', basis: 'law' as const, beforeWork: true, intervalMonths: 36, from: '2026-01-05' },
    ],
  },
};
const covered = { drugAlcohol: { covered: true, agency: 'FMCSA' as const } };
const context = systemContext('test');
const page = { limit: 50, offset: 0 };
const open = { status: 'open' as const, module: null, employeeId: null };

beforeEach(async () => {
  world = await openWorld();
  employeeId = await world.hire('1', hazmat);
});
afterEach(() => world.close());

const as = (parts: ViewerParts) => authorize(viewer(world.tenantId, parts), 'see', 'any-module');
const everything = { tellSecrets: true };
const apply = (...events: ComplianceEvent[]) => world.domain.driver.applyEvents(world.tenantId, events);
const list = (parts: ViewerParts, sight = everything) =>
  world.domain.reviews.list(as(parts), sight, open, page);

function completion(parts: Partial<ComplianceEvent> & { at?: string } = {}) {
  const { at = '2026-11-19T15:00:00.000Z', review = null, payload } = parts;
  return world.event({
    employeeId,
    module: 'training',
    type: 'completion.recorded',
    at,
    subjectRef: 'hazmat-1',
    payload: payload ?? {
      item: 'hazmat',
      completedOn: '2026-11-19',
      hours: 8,
      fieldDays: null,
      passed: true,
      tested: true,
    },
    review,
  });
}

async function trainingFlag() {
  const flags = await world.postgres.asTenant(world.tenantId, (tx) => findCurrentFlags(tx, [employeeId]));
  return flags.find((flag) => flag.module === 'training')?.decision.flag;
}

/** What the outbox holds goes on to the driver, as the consumer would hand it on. */
async function deliver() {
  const told: ComplianceEvent[] = [];
  const consumer = world.eventLog.consume(
    { group: 'test', topics: ['compliance.*'], maxBatch: 10 },
    (records) => {
      told.push(
        ...records.map((record) => JSON.parse(new TextDecoder().decode(record.value)) as ComplianceEvent),
      );
      return Promise.resolve();
    },
  );
  await world.eventLog.outbox.drained();
  await expect.poll(() => told.length).toBeGreaterThan(0);
  await consumer.stop();
  await apply(...told);
}

describe('the queue', () => {
  test('holds a payload that does not fit, once, and the flag is not green', async () => {
    const broken = completion({ payload: { item: 'hazmat', completedOn: 'yesterday' } });
    await apply(broken, broken);
    const { items, total } = await list({ role: 'CompanyAdmin' });
    expect(total).toBe(1);
    expect(items[0]).toMatchObject({
      module: 'training',
      eventId: broken.id,
      reason: expect.stringContaining('completedOn'),
    });
    expect(await trainingFlag()).not.toBe('green');
  });

  test('holds the part of a person’s event that did not fit, and lets it go when a later fold takes it', async () => {
    const back = world.event({
      employeeId,
      module: 'people',
      type: 'employee.rehired',
      at: '2026-11-18T10:00:00.000Z',
      payload: { startOn: '2026-11-18', phase: 'active', profile: {} },
    });
    await apply(back);
    expect((await list({ role: 'HROnboarding' })).items).toMatchObject([
      { module: 'people', eventId: back.id },
    ]);
    // The end of the first employment comes late: folded in order, the second one fits.
    const away = world.event({
      employeeId,
      module: 'people',
      type: 'employee.terminated',
      at: '2026-11-10T10:00:00.000Z',
      payload: { on: '2026-11-10' },
    });
    await apply(away);
    expect((await list({ role: 'HROnboarding' })).total).toBe(0);
  });

  test('is left by an item when a clean message answers', async () => {
    await apply(completion({ at: '2026-11-18T15:00:00.000Z', payload: { item: 'hazmat' } }));
    expect((await list({ role: 'CompanyAdmin' })).total).toBe(1);
    await apply(completion());
    expect((await list({ role: 'CompanyAdmin' })).total).toBe(0);
  });
});

describe('settling', () => {
  const unknownWord = { field: 'status', value: 'sort of', reason: 'this word is not known' };

  test('closes the question of that event, with its reason, in the audit log and on the record', async () => {
    await apply(completion({ review: unknownWord }));
    expect(await trainingFlag()).toBe('yellow');
    const [item] = (await list({ role: 'CompanyAdmin' })).items;
    const order = { ids: [item?.id ?? ''], note: 'The school confirmed by telephone.' };
    expect(
      await world.domain.reviews.settle(as({ role: 'CompanyAdmin' }), everything, order, context),
    ).toEqual({
      settled: 1,
      refused: [],
    });
    await deliver();
    expect(await trainingFlag()).toBe('green');
    expect((await list({ role: 'CompanyAdmin' })).total).toBe(0);
    expect(await verifyAudit(world.postgres, world.tenantId)).toMatchObject({ ok: true });
  });

  test('answers nothing that came later or late', async () => {
    await apply(completion({ review: unknownWord, at: '2026-11-19T15:00:00.000Z' }));
    const [item] = (await list({ role: 'CompanyAdmin' })).items;
    await world.domain.reviews.settle(
      as({ role: 'CompanyAdmin' }),
      everything,
      { ids: [item?.id ?? ''], note: 'Looked at it.' },
      context,
    );
    await deliver();
    await apply(
      world.event({
        employeeId,
        module: 'training',
        type: 'completion.doubted',
        at: '2026-11-19T16:00:00.000Z',
        subjectRef: 'hazmat-1',
        payload: {},
      }),
    );
    expect((await list({ role: 'CompanyAdmin' })).items).toMatchObject([{ eventType: 'completion.doubted' }]);
    expect(await trainingFlag()).toBe('yellow');
  });

  test('is for those who may change the module; the others are told so', async () => {
    await apply(completion({ review: unknownWord }));
    const [item] = (await list({ role: 'CompanyAdmin' })).items;
    const order = { ids: [item?.id ?? ''], note: 'No.' };
    const looks = await world.domain.reviews.settle(as({ role: 'DER' }), everything, order, context);
    expect(looks).toMatchObject({ settled: 0, refused: [{ id: item?.id }] });
    await expect(
      world.domain.reviews.settle(
        as({ role: 'SiteSupervisor', locationIds: [] }),
        everything,
        order,
        context,
      ),
    ).rejects.toMatchObject({ code: 'reviews.not_found' });
    const other = await world.identity.createTenant({ kind: 'service', name: 'Other', zone: 'UTC' }, context);
    const foreign = authorize(viewer(other, { role: 'CompanyAdmin' }), 'see', 'any-module');
    await expect(world.domain.reviews.settle(foreign, everything, order, context)).rejects.toMatchObject({
      code: 'reviews.not_found',
    });
    expect((await list({ role: 'CompanyAdmin' })).total).toBe(1);
  });
});

test('a word about an unannounced test is the DER’s alone', async () => {
  const driver = await world.hire('2', covered);
  const descriptor = { dot: true, reason: 'random', kind: 'drug' };
  await apply(
    world.event({
      employeeId: driver,
      module: 'drug_alcohol',
      type: 'test.ordered',
      at: '2026-11-19T15:00:00.000Z',
      subjectRef: 'order-7',
      payload: { test: descriptor },
      review: { field: 'status', value: 'Sort of ordered', reason: 'this word is not known' },
    }),
  );
  expect((await list({ role: 'DER' })).total).toBe(1);
  expect((await list({ role: 'CompanyAdmin' }, { tellSecrets: false })).total).toBe(0);
});
