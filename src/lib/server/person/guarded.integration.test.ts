import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EmployeeId } from '#contracts/ids';
import type { Role } from '#contracts/roles';
import type { NeedInput } from '#contracts/screens/need-to-know';
import { systemContext, type ActContext } from '#domain/audit';
import { compilePacks } from '#domain/flags';
import { authorize, authorizeOwn, type Scope } from '#domain/identity';
import { openWorld, type World } from '../../../../tests/support/world.ts';
import { createPseudonyms } from '../pseudonyms.ts';
import { viewer } from '../testing.ts';
import { createPersonPages, type PersonPages } from './pages.ts';

let world: World;
let persons: PersonPages;
let employeeId: EmployeeId;
let other: EmployeeId;
let admin: Scope;

const needs = { background: { package: 'driver_pro', recheckMonths: null, trucking: true } };
const minuteMs = 60_000;

beforeEach(async () => {
  world = await openWorld();
  const { postgres, keys, clock, domain } = world;
  persons = createPersonPages({
    postgres,
    keys,
    clock,
    ...domain,
    pseudonyms: createPseudonyms(new Uint8Array(32)),
    dotPack: compilePacks().dot,
  });
  [employeeId, other] = [await world.hire('1', needs), await world.hire('2', needs)];
  await world.domain.driver.applyEvents(world.tenantId, [considered(employeeId), considered(other)]);
  admin = scopeOf('CompanyAdmin');
});
afterEach(() => world.close());

const considered = (id: EmployeeId) =>
  world.event({
    employeeId: id,
    module: 'background',
    type: 'report.considered',
    at: '2026-11-19T12:00:00.000Z',
    subjectRef: `report of ${id}`,
    payload: { includesCanceled: false },
  });

const scopeOf = (role: Role): Scope => authorize(viewer(world.tenantId, { role }), 'see', 'any-module');
const contextOf = (scope: Scope): ActContext => ({
  ...systemContext('test'),
  actor: { type: 'user', id: scope.userId, name: 'Dana Ruiz' },
});
const page = (scope: Scope, id = employeeId) => persons.page(scope, id, null, contextOf(scope));
const reason = (id = employeeId): NeedInput => ({
  employeeId: id,
  module: 'background',
  purpose: 'adjudication',
  caseRef: 'ADJ-17',
  words: 'findings of the report are to be assessed',
});
const give = (scope: Scope, id = employeeId) => persons.openFor(scope, reason(id), contextOf(scope));

function shown(read: Awaited<ReturnType<PersonPages['page']>>) {
  const records = read.records.find((one) => one.module === 'background')?.items.length;
  const timeline = read.timeline.filter((one) => one.kind === 'event' && one.module === 'background').length;
  return { records, timeline };
}

async function logged(act: string) {
  return world.postgres.asTenant(world.tenantId, async (tx) => {
    const { entries } = await world.domain.audit.list(tx, { act }, { limit: 20 });
    return entries;
  });
}

describe('background records', () => {
  test('are shut without a reason, and their number and the flag are told', async () => {
    const read = await page(admin);
    expect(shown(read)).toEqual({ records: 0, timeline: 0 });
    expect(read.guarded).toEqual([{ module: 'background', need: null, items: 1 }]);
    expect(read.modules.find((one) => one.module === 'background')?.state).not.toBeNull();
    const why = await persons.why(admin, { employeeId, module: 'background' }, null, contextOf(admin));
    expect([why.events, why.guarded]).toEqual([[], true]);
    expect(await logged('need_to_know:record:reveal')).toEqual([]);
  });

  test('open for a reason, and each look is in the audit log', async () => {
    await give(admin);
    expect(shown(await page(admin))).toEqual({ records: 1, timeline: 1 });
    await page(admin);
    const [given] = await logged('need_to_know:reason:give');
    expect(given).toMatchObject({
      actor: { id: admin.userId },
      subject: { type: 'employee', id: employeeId },
      after: { purpose: 'adjudication', caseRef: 'ADJ-17' },
    });
    const reveals = await logged('need_to_know:record:reveal');
    expect(reveals).toHaveLength(2);
    expect(reveals[0]).toMatchObject({
      actor: { id: admin.userId },
      subject: { id: employeeId },
      after: { purpose: 'adjudication', caseRef: 'ADJ-17', what: 'records', of: [expect.any(String)] },
    });
  });

  test('open for that person and that viewer only, for an hour', async () => {
    await give(admin);
    expect(shown(await page(admin, other))).toEqual({ records: 0, timeline: 0 });
    expect(shown(await page(scopeOf('CompanyAdmin')))).toEqual({ records: 0, timeline: 0 });
    world.clock.advanceMs(60 * minuteMs - 1);
    expect(shown(await page(admin)).records).toBe(1);
    world.clock.advanceMs(1);
    expect(shown(await page(admin)).records).toBe(0);
  });

  test('stay shut to who sees the colour alone: no reason opens them', async () => {
    const safety = authorize(viewer(world.tenantId, { role: 'ReadOnlyAuditor' }), 'see', 'any-module');
    const colour: Scope = { ...safety, rights: { ...safety.rights, background: ['status'] } };
    expect((await page(colour)).guarded).toEqual([]);
    await expect(give(colour)).rejects.toMatchObject({
      code: 'need_to_know.right_missing',
      detail: expect.stringContaining('Background'),
    });
  });

  test('are open to the person, who is not asked why', async () => {
    const own = authorizeOwn(viewer(world.tenantId, { role: null, employeeId }));
    const read = await page(own);
    expect([shown(read).records, read.guarded]).toEqual([1, []]);
    expect(await logged('need_to_know:record:reveal')).toEqual([]);
  });

  test('of a reason nothing can be changed afterwards', async () => {
    await give(admin);
    for (const act of [
      sql`update need_to_know_reasons set purpose = 'legal'`,
      sql`delete from need_to_know_reasons`,
    ])
      await expect(world.postgres.asTenant(world.tenantId, (tx) => act.execute(tx))).rejects.toThrow(
        /permission denied/,
      );
  });
});
