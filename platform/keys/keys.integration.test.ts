import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createFrozenClock } from '#platform/clock';
import { randomIds } from '#platform/ids';
import type { Postgres } from '#platform/postgres';
import { openTestDatabase } from '../../tests/support/database.ts';
import { createKeys, type Keys } from './keys.ts';
import { createLocalKms, newMasterKey } from './kms.ts';
import { rotateKeys } from './rotate.ts';

const clock = createFrozenClock('2026-11-20T12:00:00.000Z');
const master = newMasterKey();
const place = (row: string) => ({ table: 'people', column: 'secret', row });
let postgres: Postgres;
let keys: Keys;
let tenant: string;

beforeAll(async () => {
  postgres = await openTestDatabase();
});
afterAll(() => postgres.close());
beforeEach(() => {
  keys = open();
  tenant = randomIds.next('tenant');
});

const open = (kms = createLocalKms([master])) => createKeys({ kms, clock, ids: randomIds });

const seal = (subject: string | null, text: string | null, by = keys) =>
  postgres.asTenant(tenant, async (tx) => {
    const [sealed] = await by.seal(tx, tenant, [{ subject, place: place(subject ?? 'own'), text }]);
    return sealed ?? null;
  });
const openOne = (subject: string | null, text: string | null, by = keys) =>
  postgres.asTenant(tenant, async (tx) => {
    const [opened] = await by.open(tx, tenant, [{ place: place(subject ?? 'own'), text }]);
    return opened ?? null;
  });
const count = (table: string) =>
  postgres.asTenant(tenant, async (tx) => {
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from ${sql.table(table)}`.execute(tx);
    return rows[0]?.n;
  });

test('seals under the person’s key or the tenant’s, and another process opens it', async () => {
  const [ann, own] = [await seal('emp_ann', 'Ann’s secret'), await seal(null, 'the company’s secret')];
  expect(await seal('emp_ann', null)).toBeNull();
  const other = open();
  expect(await openOne('emp_ann', ann, other)).toBe('Ann’s secret');
  expect(await openOne(null, own, other)).toBe('the company’s secret');
  expect(await openOne('emp_ann', null, other)).toBeNull();
  // One of the tenant, one of Ann.
  expect(await count('data_keys')).toBe(2);
});

test('keeps no plain key in the database', async () => {
  const sealed = await seal('emp_ann', 'secret');
  await expect(openOne('emp_ann', sealed, open(createLocalKms([newMasterKey()])))).rejects.toMatchObject({
    code: 'keys.master_key_unknown',
  });
});

test('a key that a rollback took seals nothing afterwards', async () => {
  const attempt = postgres.asTenant(tenant, async (tx) => {
    for (let round = 0; round < 3; round += 1) {
      await keys.seal(tx, tenant, [{ subject: 'emp_ann', place: place('emp_ann'), text: 'lost' }]);
    }
    await keys.blindIndex(tx, tenant, 'email', ['lost']);
    throw new Error('rolled back');
  });
  await expect(attempt).rejects.toThrow('rolled back');
  expect(await count('data_keys')).toBe(0);
  const sealed = await seal('emp_ann', 'kept');
  expect(await openOne('emp_ann', sealed, open())).toBe('kept');
});

test('a destroyed key erases what it sealed, for good and for everybody', async () => {
  const [ann, bob] = [await seal('emp_ann', 'Ann'), await seal('emp_bob', 'Bob')];
  const far = open();
  expect(await openOne('emp_ann', ann, far)).toBe('Ann');
  const destroy = () => postgres.asTenant(tenant, (tx) => keys.destroySubject(tx, tenant, 'emp_ann'));
  expect(await destroy()).toBe(true);
  expect(await destroy()).toBe(false);
  expect(await openOne('emp_ann', ann)).toBeNull();
  expect(await openOne('emp_bob', bob)).toBe('Bob');
  expect(await seal('emp_ann', 'Ann again')).toBeNull();
  // A process that had the key in memory forgets it.
  expect(await openOne('emp_ann', ann, far)).toBe('Ann');
  clock.advanceMs(5 * 60_000 + 1);
  expect(await openOne('emp_ann', ann, far)).toBeNull();
  const revive = postgres.asTenant(tenant, (tx) =>
    sql`update data_keys set wrapped = 'x'::bytea, destroyed_at = null where subject_id = 'emp_ann'`.execute(
      tx,
    ),
  );
  await expect(revive).rejects.toThrow();
  const remove = postgres.asTenant(tenant, (tx) => sql`delete from data_keys`.execute(tx));
  await expect(remove).rejects.toThrow();
});

test('a destruction that rolled back erased nothing', async () => {
  const sealed = await seal('emp_ann', 'Ann');
  const attempt = postgres.asTenant(tenant, async (tx) => {
    await keys.destroySubject(tx, tenant, 'emp_ann');
    expect(await keys.open(tx, tenant, [{ place: place('emp_ann'), text: sealed }])).toEqual([null]);
    throw new Error('rolled back');
  });
  await expect(attempt).rejects.toThrow('rolled back');
  expect(await openOne('emp_ann', sealed)).toBe('Ann');
  expect(await seal('emp_ann', 'more')).not.toBeNull();
});

test('says so when a value was changed or moved', async () => {
  const sealed = await seal('emp_ann', 'Ann');
  await expect(openOne('emp_bob', sealed)).rejects.toMatchObject({ code: 'keys.sealed_text_damaged' });
  await expect(openOne('emp_ann', `${sealed?.slice(0, -4)}AAAA`)).rejects.toMatchObject({
    code: 'keys.sealed_text_damaged',
  });
});

const index = (field: string, of = tenant) =>
  postgres.asTenant(of, (tx) =>
    open().blindIndex(tx, of, field, ['1985-04-12', null, '1985-04-13', '1985-04-12']),
  );

test('a blind index is equal for equal values of one field and one tenant', async () => {
  const [one, none, two, again] = await index('birth');
  expect([none, again]).toEqual([null, one]);
  expect(
    new Set([one, two, ...(await index('other')), ...(await index('birth', randomIds.next('tenant')))]).size,
  ).toBe(7);
});

test('keys are wrapped anew without touching what they sealed, from wherever it stopped', async () => {
  const sealed: (string | null)[] = [];
  for (let person = 0; person < 3; person += 1) sealed.push(await seal(`emp_${person}`, `secret ${person}`));
  const own = await seal(null, 'own');
  const [fresh] = [newMasterKey()];
  const kms = createLocalKms([fresh, master]);
  const deps = { postgres, kms, clock, ids: randomIds };
  expect(await rotateKeys(deps, tenant, true)).toEqual({ renewed: true, rewrapped: 1, subjects: 3 });
  expect(await rotateKeys(deps, tenant, false)).toEqual({ renewed: false, rewrapped: 0, subjects: 0 });
  // The old master key may go now.
  const after = open(createLocalKms([fresh]));
  for (const [person, text] of sealed.entries()) {
    expect(await openOne(`emp_${person}`, text, after)).toBe(`secret ${person}`);
  }
  expect(await openOne(null, own, after)).toBe('own');
  const next = await seal(null, 'own', after);
  expect(next?.split('.')[1]).not.toBe(own?.split('.')[1]);
  const standing = await postgres.asTenant(tenant, (tx) => after.standing(tx, tenant));
  expect(standing).toMatchObject({ wrappedBy: [kms.keyId], subjects: 3, retired: 1, destroyed: 0 });
});

test('another tenant’s keys are out of reach', async () => {
  await seal('emp_ann', 'Ann');
  const seen = await postgres.asTenant(randomIds.next('tenant'), async (tx) => {
    const { rows } = await sql`select id from data_keys`.execute(tx);
    return rows.length;
  });
  expect(seen).toBe(0);
});
