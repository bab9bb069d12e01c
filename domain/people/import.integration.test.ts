import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { verifyAudit } from '#domain/audit';
import type { Postgres } from '#platform/postgres';
import { openTestDatabase } from '../../tests/support/database.ts';
import type { ImportRow } from './import-rows.ts';
import { context, createPeopleBench, peopleEvent, person, type Company } from './testing.ts';

let postgres: Postgres;
let bench: ReturnType<typeof createPeopleBench>;
let company: Company;

beforeAll(async () => {
  postgres = await openTestDatabase();
  bench = createPeopleBench(postgres);
});
afterAll(() => postgres.close());
beforeEach(async () => {
  bench.clock.set('2026-11-20T12:00:00.000Z');
  company = await bench.company();
});

const admin = () => company.scope('CompanyAdmin');

function load(preview: boolean, ...values: ImportRow['values'][]) {
  return bench.people.importEmployees(
    admin(),
    values.map((row, index) => ({ line: index + 2, values: row })),
    { preview, context },
  );
}

const ann = { number: 'N-1', firstName: 'Ann', lastName: 'Lee', hiredOn: '2026-01-05', division: 'north' };
const bob = { number: 'N-2', firstName: 'Bob', lastName: 'Ray', hiredOn: '2026-02-01', manager: 'N-1' };

async function roster() {
  const { employees } = await bench.people.list(admin(), {}, { limit: 50 });
  return new Map(employees.map((employee) => [employee.number, employee]));
}

describe('importEmployees', () => {
  it('adds, changes and leaves people by number; a blank cell changes nothing', async () => {
    expect(await load(false, bob, ann)).toMatchObject({
      inserted: 2,
      updated: 0,
      unchanged: 0,
      rejected: [],
    });
    const first = await roster();
    expect(first.get('N-2')?.managerId).toBe(first.get('N-1')?.id);
    expect(first.get('N-1')?.divisionId).toBe(company.places.divisions[0]);

    const second = await load(false, { ...ann, lastName: 'Li', division: '', email: 'Ann@X.com' }, bob);
    expect(second).toMatchObject({ inserted: 0, updated: 1, unchanged: 1, changed: [first.get('N-1')?.id] });
    expect((await roster()).get('N-1')).toMatchObject({
      lastName: 'Li',
      email: 'ann@x.com',
      divisionId: company.places.divisions[0],
    });
    expect((await load(false, { ...ann, lastName: 'Li' }, bob)).changed).toEqual([]);
  });

  it('leaves out rows with faults, tells each, and takes the rest', async () => {
    const result = await load(
      false,
      ann,
      { ...bob, division: 'mars', birthDate: 'soon' },
      { ...bob, manager: 'N-99' },
    );
    expect(result).toMatchObject({
      inserted: 1,
      rejected: [
        { line: 3, column: 'birthDate' },
        { line: 3, column: 'division' },
        { line: 4, column: 'number', reason: 'is on line 3 already' },
      ],
    });
    const again = await load(false, { ...bob, manager: 'N-99' }, { ...bob, number: 'N-3', division: 'mars' });
    expect(again.rejected).toEqual([
      { line: 2, column: 'manager', reason: '"N-99" is not known' },
      { line: 3, column: 'division', reason: '"mars" is not known; add it first' },
    ]);
    expect([...(await roster()).keys()]).toEqual(['N-1']);
  });

  it('previews the same counts and writes nothing', async () => {
    await load(false, ann);
    const rows = [{ ...ann, lastName: 'Li' }, bob, { ...bob, number: '' }];
    const preview = await load(true, ...rows);
    expect(preview).toMatchObject({ preview: true, inserted: 1, updated: 1, unchanged: 0, changed: [] });
    expect((await roster()).size).toBe(1);
    const { inserted, updated, unchanged, rejected } = await load(false, ...rows);
    expect({ inserted, updated, unchanged, rejected }).toEqual({
      inserted: preview.inserted,
      updated: preview.updated,
      unchanged: preview.unchanged,
      rejected: preview.rejected,
    });
  });

  it('counts a change of manager alone', async () => {
    await load(false, ann, { ...bob, manager: '' });
    expect(await load(true, bob)).toMatchObject({ updated: 1, unchanged: 0 });
    expect(await load(false, bob)).toMatchObject({ updated: 1, unchanged: 0 });
    expect(await load(false, bob)).toMatchObject({ updated: 0, unchanged: 1 });
  });

  it('ends and opens periods, and is the base that later events are folded onto', async () => {
    await company.insertOne('N-1', { ...person('N-1') });
    await load(false, { ...ann, terminatedOn: '2026-09-30' });
    expect((await roster()).get('N-1')).toMatchObject({ phase: 'terminated', terminatedOn: '2026-09-30' });
    await load(false, { ...ann, hiredOn: '2026-11-01', phase: 'active' });
    const id = (await roster()).get('N-1')?.id;
    if (id === undefined) throw new Error('gone');
    expect((await bench.people.get(admin(), id)).periods).toEqual([
      { from: '2026-01-05', to: '2026-09-30' },
      { from: '2026-11-01', to: null },
    ]);
    const rename = (at: string, lastName: string) =>
      peopleEvent(company.tenant, id, 'employee.updated', at, { profile: { lastName } });
    const { reviews } = await company.apply(rename('2026-11-01T00:00:00.000Z', 'Old'));
    expect(reviews).toMatchObject([{ reason: expect.stringMatching(/^the roster was imported later/) }]);
    bench.clock.set('2026-11-22T00:00:00.000Z');
    await company.apply(rename('2026-11-21T10:00:00.000Z', 'Later'));
    await company.apply(rename('2026-11-21T09:00:00.000Z', 'Sooner'));
    expect((await bench.people.get(admin(), id)).lastName).toBe('Later');
  });

  it('writes an audit entry per person and is for the roster’s roles', async () => {
    await load(false, ann, bob);
    await load(false, { ...ann, lastName: 'Li' });
    const { entries } = await postgres.asTenant(company.tenant, (tx) =>
      bench.audit.list(tx, { act: 'people:employee:*' }, { limit: 10 }),
    );
    expect(entries.map((entry) => entry.act)).toEqual([
      'people:employee:update',
      'people:employee:update',
      'people:employee:create',
      'people:employee:create',
    ]);
    expect(entries[0]).toMatchObject({ before: { lastName: 'Lee' }, after: { lastName: 'Li' } });
    expect((await verifyAudit(postgres, company.tenant)).ok).toBe(true);
    for (const role of ['DER', 'SafetyManager', 'ReadOnlyAuditor'] as const) {
      await expect(
        bench.people.importEmployees(company.scope(role), [], { preview: true, context }),
      ).rejects.toMatchObject({ code: 'people.roster_not_permitted' });
    }
  });
});
