import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EmployeeId, UserId } from '#contracts/ids';
import { verifyAudit } from '#domain/audit';
import { authorizeOwn } from '#domain/identity';
import { randomIds } from '#platform/ids';
import type { Postgres } from '#platform/postgres';
import { openTestDatabase } from '../../tests/support/database.ts';
import { tenantsWithPhaseChanges } from './phases.ts';
import { listRefusedEvents } from './refused-events.ts';
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
const rename = (id: EmployeeId, at: string, lastName: string) =>
  peopleEvent(company.tenant, id, 'employee.updated', at, { profile: { lastName } });
const leave = (id: EmployeeId) =>
  peopleEvent(company.tenant, id, 'employee.leave_started', '2026-06-01T08:00:00.000Z', {
    from: '2026-06-01',
    returnOn: '2026-08-01',
  });

describe('applyEvents', () => {
  it('gives the same person for every order of arrival, once each', async () => {
    const outcomes: unknown[] = [];
    for (const order of [
      [0, 1, 2, 3],
      [3, 2, 1, 0],
      [2, 0, 3, 1],
    ]) {
      const id = await company.insertOne(`N-${order.join('')}`);
      const events = [
        rename(id, '2026-05-01T00:00:00.000Z', 'First'),
        leave(id),
        peopleEvent(company.tenant, id, 'employee.returned', '2026-07-15T00:00:00.000Z', {
          on: '2026-07-15',
        }),
        rename(id, '2026-09-01T00:00:00.000Z', 'Last'),
      ];
      for (const index of order) {
        const one = events[index];
        if (one) expect((await company.apply(one)).reviews).toEqual([]);
      }
      expect(await company.apply(...events)).toEqual({ changed: [], reviews: [], taken: [] });
      const { lastName, phase, periods } = await bench.people.get(admin(), id);
      outcomes.push({ lastName, phase, periods });
    }
    expect(outcomes).toEqual(
      outcomes.map(() => ({
        lastName: 'Last',
        phase: 'active',
        periods: [{ from: '2026-01-05', to: null }],
      })),
    );
  });

  it('applies a batch over many people, tells what a person must look at, and audits the changes', async () => {
    const [ann, bob] = await company.insert(person('N-1'), person('N-2'));
    if (ann === undefined || bob === undefined) throw new Error('not inserted');
    const stray = peopleEvent(company.tenant, ann, 'employee.promoted', '2026-06-01T00:00:00.000Z', {});
    const broken = peopleEvent(company.tenant, bob, 'employee.returned', '2026-06-01T00:00:00.000Z', {
      on: 'soon',
    });
    const early = peopleEvent(company.tenant, bob, 'employee.rehired', '2026-06-01T00:00:00.000Z', {
      startOn: '2026-06-01',
      phase: 'active',
      profile: {},
    });
    const unknown = leave(randomIds.next('employee'));
    const placed = peopleEvent(company.tenant, bob, 'employee.updated', '2026-06-02T00:00:00.000Z', {
      profile: { divisionRef: 'NORTH', locationRef: 'Mars', managerRef: 'N-1' },
    });
    const { changed, reviews } = await company.apply(leave(ann), stray, broken, early, unknown, placed);
    expect(changed.toSorted()).toEqual([ann, bob].toSorted());
    expect(new Map(reviews.map((review) => [review.eventId, review.reason]))).toEqual(
      new Map([
        [stray.id, 'unknown event type employee.promoted'],
        [broken.id, expect.stringMatching(/^payload on: /)],
        [unknown.id, 'the employee does not exist'],
        [early.id, 'employee.rehired does not fit a person who is active'],
        [placed.id, 'location "Mars" is not known'],
      ]),
    );
    expect(await bench.people.get(admin(), ann)).toMatchObject({ phase: 'leave', returnOn: '2026-08-01' });
    expect(await bench.people.get(admin(), bob)).toMatchObject({
      divisionId: company.places.divisions[0],
      managerId: ann,
      locationId: null,
    });
    const refused = await postgres.asTenant(company.tenant, (tx) =>
      listRefusedEvents(tx, admin(), { limit: 10, offset: 0 }),
    );
    expect(refused.map((each) => [each.eventId, each.employeeId, each.reason])).toEqual([
      [placed.id, bob, 'location "Mars" is not known'],
      [early.id, bob, 'employee.rehired does not fit a person who is active'],
    ]);
    const { entries } = await postgres.asTenant(company.tenant, (tx) =>
      bench.audit.list(tx, { act: 'people:employee:update', subjectId: ann }, { limit: 5 }),
    );
    expect(entries).toMatchObject([
      {
        before: { declaredPhase: 'active', leaveFrom: null },
        after: { declaredPhase: 'leave', leaveFrom: '2026-06-01' },
      },
    ]);
    expect((await verifyAudit(postgres, company.tenant)).ok).toBe(true);
  });

  it('does not touch another tenant’s people', async () => {
    const id = await company.insertOne('N-1');
    const { tenant: other } = await bench.company();
    const { reviews } = await postgres.asTenant(other, (tx) =>
      bench.people.applyEvents(tx, other, [leave(id)], context),
    );
    expect(reviews).toMatchObject([{ reason: 'the employee does not exist' }]);
    expect((await bench.people.get(admin(), id)).phase).toBe('active');
  });
});

describe('admit', () => {
  const newcomer = {
    number: 'N-7',
    firstName: 'Ida',
    lastName: 'Ng',
    email: 'Ida@X.com',
    birthDate: null,
    refs: [{ system: 'bamboohr.employee', value: '77' }],
  };
  const admitAll = (
    ...newcomers: (typeof newcomer | (Omit<typeof newcomer, 'number'> & { number: null }))[]
  ) => postgres.asTenant(company.tenant, (tx) => bench.people.admit(tx, company.tenant, newcomers, context));

  it('makes an applicant who the hire event puts to work', async () => {
    const [id, again] = await admitAll(newcomer, newcomer);
    if (!id) throw new Error('not admitted');
    expect(again).toBe(id);
    expect(await bench.people.get(admin(), id)).toMatchObject({
      phase: 'applicant',
      hiredOn: null,
      email: 'ida@x.com',
    });
    const hired = { startOn: '2026-11-01', phase: 'active', profile: { divisionRef: 'south' } };
    const { changed } = await company.apply(
      peopleEvent(company.tenant, id, 'employee.hired', '2026-11-01T00:00:00.000Z', hired),
    );
    expect(changed).toEqual([id]);
    expect(await bench.people.get(admin(), id)).toMatchObject({
      phase: 'active',
      hiredOn: '2026-11-01',
      divisionId: company.places.divisions[1],
    });
    expect(await bench.people.references(admin(), id)).toMatchObject([
      { system: 'bamboohr.employee', value: '77' },
    ]);
  });

  it('makes no second record: a taken or missing number goes to a person', async () => {
    await company.insertOne('N-7');
    expect(await admitAll(newcomer, { ...newcomer, number: null })).toEqual([null, null]);
    expect(await bench.people.count(admin(), {})).toBe(1);
  });
});

describe('takePhaseChanges', () => {
  it('moves phases on their day, in the person’s zone, and no sooner', async () => {
    const id = await company.insertOne('N-1');
    await company.apply(
      peopleEvent(company.tenant, id, 'employee.terminated', '2026-11-20T10:00:00.000Z', {
        on: '2026-11-30',
      }),
    );
    expect((await bench.people.get(admin(), id)).phase).toBe('active');
    const take = () =>
      postgres.asTenant(company.tenant, (tx) => bench.people.takePhaseChanges(tx, company.tenant, 100));
    const due = async () =>
      (await postgres.asSystem((tx) => tenantsWithPhaseChanges(tx, bench.clock))).includes(company.tenant);
    expect([await due(), await take()]).toEqual([false, []]);
    bench.clock.set('2026-12-01T05:59:00.000Z');
    expect([await due(), await take()]).toEqual([true, []]);
    bench.clock.set('2026-12-01T06:00:00.000Z');
    expect(await take()).toEqual([id]);
    expect(await take()).toEqual([]);
    expect((await bench.people.get(admin(), id)).phase).toBe('terminated');
  });
});

describe('update by hand', () => {
  it('is for the roster’s roles, is audited, and is refused whole when a part does not fit', async () => {
    const id = await company.insertOne('N-1');
    const changed = await bench.people.update(admin(), id, { lastName: 'Ng', locationRef: 'port' }, context);
    expect(changed).toMatchObject({ lastName: 'Ng', locationId: company.places.locations[1] });
    await expect(
      bench.people.update(admin(), id, { lastName: 'Xu', locationRef: 'mars' }, context),
    ).rejects.toMatchObject({ code: 'people.change_refused' });
    expect((await bench.people.get(admin(), id)).lastName).toBe('Ng');
    for (const refused of [company.scope('DER'), company.scope(null, { employeeId: id })]) {
      await expect(bench.people.update(refused, id, { lastName: 'Xu' }, context)).rejects.toMatchObject({
        code: 'people.roster_not_permitted',
      });
    }
    const own = authorizeOwn({
      user: { id: 'usr_1' as UserId, name: 'U', email: 'u@example.com' },
      membership: {
        id: randomIds.next('membership'),
        tenantId: company.tenant,
        role: 'CompanyAdmin',
        divisionIds: null,
        locationIds: null,
        employeeId: id,
        actsFor: [],
      },
      actingTenantId: company.tenant,
    });
    await expect(bench.people.update(own, id, { lastName: 'Xu' }, context)).rejects.toMatchObject({
      code: 'people.roster_not_permitted',
    });
  });
});
