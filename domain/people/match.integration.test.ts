import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EmployeeId } from '#contracts/ids';
import { personFactsSchema } from '#contracts/person-facts';
import { randomIds } from '#platform/ids';
import type { Postgres } from '#platform/postgres';
import { openTestDatabase } from '../../tests/support/database.ts';
import { matchEmployees, type PersonSubject } from './match.ts';
import { personFacts } from './person-facts.ts';
import { context, createPeopleBench, person, type Company } from './testing.ts';

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

const number = (value: string) => [{ system: 'employee.number', value }];
const match = (...subjects: PersonSubject[]) =>
  postgres.asTenant(company.tenant, (tx) => matchEmployees(bench.keys, tx, company.tenant, subjects));

describe('matchEmployees', () => {
  it('finds by id, reference, number, e-mail, and name with birth date, all in order', async () => {
    const ann = await company.insertOne('HP-1', {
      firstName: 'Ana María',
      lastName: "O'Neill",
      email: 'Ann@X.com',
      birthDate: '1980-05-01',
      refs: [{ system: 'checkr.candidate', value: 'c1' }],
    });
    const subjects: PersonSubject[] = [
      { employeeId: ann },
      {
        refs: [
          { system: 'quest-esp.order', value: 'unknown' },
          { system: 'checkr.candidate', value: 'c1' },
        ],
      },
      { refs: [{ system: 'employee.external_id', value: 'HP-1' }] },
      { email: 'ANN@x.com' },
      { name: { first: 'Ana Maria', last: 'ONeill' }, birthDate: '1980-05-01' },
    ];
    expect(await match(...subjects)).toEqual(subjects.map(() => ann));
    expect(
      await match(
        { name: { first: 'Ana María', last: "O'Neill" } },
        { refs: [{ system: 'tazworks.applicant', value: 'c1' }] },
        { refs: [{ system: 'checkr.candidate', value: 'HP-1' }] },
        {},
        { employeeId: randomIds.next('employee') },
      ),
    ).toEqual([null, null, null, null, null]);
  });

  it('answers nobody when it is not certain', async () => {
    const [ann, bob] = await company.insert(
      person('HP-1', { email: 'family@x.com', birthDate: '1980-05-01', lastName: 'Lee' }),
      person('HP-2', { email: 'family@x.com', birthDate: '1980-05-01', lastName: 'Lee' }),
      person('HP-3', { email: 'cat@x.com' }),
    );
    expect(
      await match(
        { email: 'family@x.com' },
        { name: { first: 'Ann', last: 'Lee' }, birthDate: '1980-05-01' },
        { refs: number('HP-1'), birthDate: '1999-01-01' },
        { refs: number('HP-1'), email: 'cat@x.com' },
        { refs: number('HP-1'), email: 'family@x.com' },
      ),
    ).toEqual([null, null, null, null, ann]);
    await postgres.asTenant(company.tenant, (tx) =>
      bench.people.linkReferences(
        tx,
        company.tenant,
        [{ system: 'checkr.candidate', value: 'c9', employeeId: bob ?? ann ?? ('' as EmployeeId) }],
        context,
      ),
    );
    expect(await match({ refs: [{ system: 'checkr.candidate', value: 'c9' }, ...number('HP-1')] })).toEqual([
      bob,
    ]);
  });

  it('learns what vendors tell, keeps what it knows, and says so in one entry per vendor', async () => {
    const [ann, bob] = [await company.insertOne('HP-1', {}), await company.insertOne('HP-2', {})];
    const learn = (...links: [vendor: string, value: string, employeeId: EmployeeId][]) =>
      postgres.asTenant(company.tenant, (tx) =>
        bench.people.learnReferences(
          tx,
          company.tenant,
          links.map(([vendor, value, employeeId]) => ({ system: 'order', value, employeeId, vendor })),
        ),
      );
    await learn(['checkr', 'o1', ann], ['checkr', 'o2', bob], ['quest-esp', 'o3', bob]);
    await learn(['checkr', 'o1', bob], ['quest-esp', 'o4', ann]);
    const orders = ['o1', 'o2', 'o3', 'o4'].map((value) => ({ refs: [{ system: 'order', value }] }));
    expect(await match(...orders)).toEqual([ann, bob, bob, ann]);
    const { rows } = await postgres.asTenant(company.tenant, (tx) =>
      sql<{ actor_id: string; after: string[] }>`select actor_id, after from audit_entries
        where act = 'people:reference:learn' order by sequence`.execute(tx),
    );
    expect(rows.map((row) => [row.actor_id, row.after.length])).toEqual([
      ['vendor:checkr', 2],
      ['vendor:quest-esp', 1],
      ['vendor:quest-esp', 1],
    ]);
  });

  it('never finds another tenant’s people, nor anybody outside a tenant', async () => {
    const id = await company.insertOne('HP-1', { email: 'ann@x.com', refs: [{ system: 's', value: 'v' }] });
    const subjects: PersonSubject[] = [
      { employeeId: id },
      { email: 'ann@x.com' },
      { refs: [{ system: 's', value: 'v' }] },
      { refs: [{ system: 'employee.number', value: 'HP-1' }] },
    ];
    const { tenant: other } = await bench.company();
    expect(
      await postgres.asTenant(other, (tx) => matchEmployees(bench.keys, tx, company.tenant, subjects)),
    ).toEqual([null, null, null, null]);
    expect(await postgres.asSystem((tx) => matchEmployees(bench.keys, tx, company.tenant, subjects))).toEqual(
      [null, null, null, null],
    );
  });
});

describe('personFacts', () => {
  it('gives zone, requirements and jurisdiction by person, else place and role, else company', async () => {
    const [yard] = company.places.locations;
    const [driver] = company.places.jobRoles;
    const ids = await company.insert(
      person('N-1', { locationId: yard ?? null, jobRoleId: driver ?? null }),
      person('N-2', {
        zone: 'America/New_York',
        jurisdiction: 'NY',
        locationId: yard ?? null,
        jobRoleId: driver ?? null,
        requirements: {},
        birthDate: '1990-02-03',
      }),
      person('N-3'),
    );
    const facts = await postgres.asTenant(company.tenant, (tx) =>
      personFacts(bench.keys, tx, ids, bench.clock.now()),
    );
    expect(facts.map((each) => personFactsSchema.parse(each))).toEqual(facts);
    expect(facts).toMatchObject([
      {
        employeeId: ids[0],
        zone: 'America/Denver',
        jurisdiction: 'CO',
        requirements: { dot: { class: 'CI' } },
      },
      {
        employeeId: ids[1],
        zone: 'America/New_York',
        jurisdiction: 'NY',
        requirements: {},
        birthDate: '1990-02-03',
      },
      { employeeId: ids[2], zone: 'America/Chicago', jurisdiction: null, requirements: {}, phase: 'active' },
    ]);
    const { tenant: other } = await bench.company();
    expect(
      await postgres.asTenant(other, (tx) => personFacts(bench.keys, tx, ids, bench.clock.now())),
    ).toEqual([]);
  });

  it('knows the phase of the day in the person’s own zone', async () => {
    const leaving = {
      declaredPhase: 'terminated',
      periods: [{ from: '2026-01-05', to: '2026-11-19' }],
    } as const;
    const ids = await company.insert(
      person('N-1', { ...leaving, zone: 'America/Los_Angeles' }),
      person('N-2', { ...leaving, zone: 'Asia/Tokyo' }),
    );
    const phases = async (at: string) =>
      (await postgres.asTenant(company.tenant, (tx) => personFacts(bench.keys, tx, ids, at))).map(
        (each) => each.phase,
      );
    expect(await phases('2026-11-19T14:59:59.999Z')).toEqual(['active', 'active']);
    expect(await phases('2026-11-19T15:00:00.000Z')).toEqual(['active', 'terminated']);
    expect(await phases('2026-11-20T08:00:00.000Z')).toEqual(['terminated', 'terminated']);
  });
});
