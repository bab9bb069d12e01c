import { describe, expect, test } from 'vitest';
import { authorize } from '#domain/identity';
import { tables } from '#domain/privacy';
import { createCountingIds } from '#platform/ids';
import { neverShown, outgoing, tellsWho } from './outgoing.ts';
import { change, contextOf, viewer } from './testing.ts';
import { createCallerFactory, ownProcedure, router, scopedProcedure } from './trpc.ts';
import { maskChange } from './visibility.ts';

const ids = createCountingIds();
const tenantId = ids.next('tenant');
const employeeId = ids.next('employee');
/** A row as it lies in the database, which a careless procedure answers as it is. */
const row = {
  employeeId,
  firstName: 'Wendell',
  number: 'HP-1',
  email: 'w@example.com',
  birthDate: '1985-04-12',
  jobs: [{ numberLast4: '4711', since: new Date(0), ssn: '' }],
  people: 3,
};
const leaky = router({
  seen: scopedProcedure('any-module', 'see').query(() => row),
  viewed: scopedProcedure('training', 'view').query(() => [row]),
  mine: ownProcedure.query(() => ({ row })),
});
const call = createCallerFactory(leaky);
const as = (parts: Parameters<typeof viewer>[1]) => call(contextOf(viewer(tenantId, parts)));

describe('an answer that holds what none may', () => {
  test('leaves without it, whoever asks', async () => {
    const whole = { ...row, birthDate: null, jobs: [{ ...row.jobs[0], numberLast4: null }] };
    expect(await as({ role: 'CompanyAdmin' }).seen()).toEqual(whole);
    expect(await as({ role: 'DER' }).viewed()).toEqual([whole]);
    expect(await as({ role: null, employeeId }).mine()).toEqual({ row: whole });
  });

  test('leaves without names for who may not know them', async () => {
    const seen = await as({ role: 'Auditor', actsFor: [tenantId] }).seen();
    expect(seen).toMatchObject({ employeeId, firstName: null, number: null, email: null, people: 3 });
    expect(JSON.stringify(seen)).not.toMatch(/Wendell|HP-1|example|1985|4711/);
  });

  test('is not changed itself', () => {
    expect(row).toMatchObject({ birthDate: '1985-04-12', email: 'w@example.com' });
  });
});

async function* oneByOne() {
  yield await Promise.resolve(1);
}

describe('an answer without', () => {
  test('is handed on as it is, streams and dates too', () => {
    const scope = authorize(viewer(tenantId, { role: 'DER' }), 'see', 'any-module');
    const stream = oneByOne();
    for (const answer of [{ a: [{ b: 1 }], at: new Date(0) }, stream, null, 'text', [1, null]]) {
      expect(outgoing(scope, answer)).toBe(answer);
    }
  });
});

test('a live frame passes the same wall', () => {
  const scope = authorize(viewer(tenantId, { role: 'DER' }), 'see', 'any-module');
  const given = { ...change({ tenantId }), birthDate: '1985-04-12' };
  const pseudonyms = { name: () => 'Person' };
  expect(JSON.stringify(maskChange(scope, given, pseudonyms))).not.toContain('1985');
});

test('every encrypted column of people that has a name of its own is held back', () => {
  const ofPeople = Object.keys(tables['employees']?.sealed ?? {}).filter((name) => name !== 'base');
  expect(ofPeople.length).toBeGreaterThan(0);
  expect(ofPeople.filter((name) => !neverShown.has(name))).toEqual([]);
  const direct = ['first_name', 'last_name', 'email', 'number'];
  expect(direct.filter((name) => !tellsWho.has(name))).toEqual([]);
});
