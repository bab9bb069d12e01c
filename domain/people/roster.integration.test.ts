import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { covers } from '#domain/identity';
import type { Postgres } from '#platform/postgres';
import { openTestDatabase } from '../../tests/support/database.ts';
import type { People } from './service.ts';
import { createPeopleBench, person, type Company } from './testing.ts';

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
const counts = (list: readonly { code: string; people: number }[]) =>
  list.map((each) => [each.code, each.people]);
const find = async (filter: Parameters<People['list']>[1]) =>
  (await bench.people.list(admin(), filter, { limit: 5 })).employees.map((each) => each.id);

describe('scope', () => {
  it('shows the same people by SQL as covers says, for every kind of scope', async () => {
    const [north, south] = company.places.divisions;
    const [yard, port] = company.places.locations;
    const combos = [null, north, south].flatMap((divisionId) =>
      [null, yard, port].map((locationId) => ({
        divisionId: divisionId ?? null,
        locationId: locationId ?? null,
      })),
    );
    const ids = await company.insert(...combos.map((place, index) => person(`N-${index}`, place)));
    const scopes = [
      admin(),
      company.scope('SafetyManager', { divisionIds: north ? [north] : [] }),
      company.scope('SafetyManager', { locationIds: yard ? [yard] : [] }),
      company.scope('SafetyManager', { divisionIds: south ? [south] : [], locationIds: yard ? [yard] : [] }),
      company.scope('SafetyManager'),
      company.scope('SiteSupervisor', { locationIds: port ? [port] : [] }),
      company.scope(null, { employeeId: ids[4] ?? null }),
      company.scope('Auditor'),
    ];
    for (const each of scopes) {
      const expected = ids.filter((employeeId, index) =>
        covers(each, {
          tenantId: company.tenant,
          employeeId,
          divisionId: null,
          locationId: null,
          ...combos[index],
        }),
      );
      const { employees } = await bench.people.list(each, {}, { limit: 50 });
      expect(employees.map((employee) => employee.id).toSorted()).toEqual(expected.toSorted());
      expect(await bench.people.count(each, {})).toBe(expected.length);
      for (const id of ids) {
        expect((await bench.people.find(each, id)) !== null).toBe(expected.includes(id));
      }
    }
  });

  it('denies who sees no module, and says not found outside the scope', async () => {
    const id = await company.insertOne('N-1');
    await expect(bench.people.list(company.scope('BillingAdmin'), {}, { limit: 5 })).rejects.toMatchObject({
      code: 'people.not_permitted',
    });
    await expect(bench.people.get(company.scope('SafetyManager'), id)).rejects.toMatchObject({
      code: 'people.employee_not_found',
    });
    const elsewhere = await bench.company();
    await expect(bench.people.get(elsewhere.scope('CompanyAdmin'), id)).rejects.toMatchObject({
      code: 'people.employee_not_found',
    });
  });

  it('shows de-identified viewers nobody by name, order or search', async () => {
    await company.insert(
      person('N-1', { lastName: 'Adams', email: 'a@x.com', birthDate: '1980-01-01' }),
      person('N-2'),
    );
    const auditor = company.scope('Auditor');
    const { employees } = await bench.people.list(auditor, {}, { limit: 5 });
    expect(employees).toHaveLength(2);
    expect(JSON.stringify(employees)).not.toMatch(/Adams|Lee|N-1|@x\.com|1980/);
    const [first] = employees;
    const detail = first && (await bench.people.get(auditor, first.id));
    expect(JSON.stringify(detail)).not.toMatch(/Adams|Lee|N-1|@x\.com|1980/);
    await expect(bench.people.list(auditor, { text: 'ada' }, { limit: 5 })).rejects.toMatchObject({
      code: 'people.search_not_permitted',
    });
    const pages = await bench.people.list(auditor, {}, { limit: 1 });
    const rest = await bench.people.list(auditor, {}, { limit: 5, after: pages.next ?? '' });
    expect([...pages.employees, ...rest.employees].map((each) => each.id)).toEqual(
      employees.map((each) => each.id),
    );
  });

  it('tells that a birth date is held, and never the date', async () => {
    const id = await company.insertOne('N-1', {
      birthDate: '1980-01-01',
      locationId: company.places.locations[0] ?? null,
    });
    const supervisor = company.scope('SiteSupervisor', { locationIds: [...company.places.locations] });
    const worker = company.scope(null, { employeeId: id });
    const seen = await Promise.all([admin(), supervisor, worker].map((each) => bench.people.get(each, id)));
    expect(seen.map((each) => each.birthDateHeld)).toEqual([true, true, true]);
    expect(JSON.stringify(seen)).not.toContain('1980');
  });
});

describe('list', () => {
  it('is by name, in pages without gap or overlap', async () => {
    const names = ['Ångström', 'adams', 'Zed', 'Baker', "D'Arcy", 'Çelik', 'Adams', 'Bäcker'];
    await company.insert(...names.map((lastName, index) => person(`N-${index}`, { lastName })));
    const seen: (string | null)[] = [];
    let after: string | undefined;
    do {
      const page = await bench.people.list(admin(), {}, { limit: 3, ...(after ? { after } : {}) });
      seen.push(...page.employees.map((each) => each.lastName));
      after = page.next ?? undefined;
    } while (after);
    expect(seen.map((name) => name?.toLowerCase())).toEqual(
      ['adams', 'adams', 'Ångström', 'Bäcker', 'Baker', 'Çelik', "D'Arcy", 'Zed'].map((name) =>
        name.toLowerCase(),
      ),
    );
    await expect(bench.people.list(admin(), {}, { limit: 3, after: '%%%' })).rejects.toMatchObject({
      code: 'people.cursor_unreadable',
    });
  });

  it('filters, and finds by parts of name, number and e-mail', async () => {
    const [north] = company.places.divisions;
    const [a, b] = await company.insert(
      person('HP-00042', {
        firstName: 'José',
        lastName: 'Núñez',
        email: 'Jose.Nunez@X.com',
        divisionId: north ?? null,
      }),
      person('HP-00043', {
        firstName: 'Mary',
        lastName: 'O’Neill',
        declaredPhase: 'terminated',
        periods: [{ from: '2025-01-01', to: '2025-02-01' }],
      }),
    );
    expect(await find({ text: 'nun jos' })).toEqual([a]);
    expect(await find({ text: 'NÚÑ' })).toEqual([a]);
    expect(await find({ text: "o'nei" })).toEqual([b]);
    expect(await find({ text: '00043' })).toEqual([b]);
    expect(await find({ text: 'jose.nunez@x' })).toEqual([a]);
    expect(await find({ text: '100%' })).toEqual([]);
    expect(await find({ text: '_' })).toEqual([]);
    expect(await find({ phases: ['terminated'] })).toEqual([b]);
    expect(await find({ divisionIds: north ? [north] : [] })).toEqual([a]);
    expect(await find({ divisionIds: [] })).toEqual([]);
    expect(await find({ ids: b ? [b] : [] })).toEqual([b]);
  });

  it('counts people by place within the scope', async () => {
    const [north, south] = company.places.divisions;
    const gone = {
      declaredPhase: 'terminated',
      periods: [{ from: '2025-01-01', to: '2025-02-01' }],
    } as const;
    await company.insert(
      person('N-1', { divisionId: north ?? null, jobRoleId: company.places.jobRoles[0] ?? null }),
      person('N-2', { divisionId: north ?? null, ...gone }),
      person('N-3', { divisionId: south ?? null }),
    );
    expect(counts(await bench.people.divisions(admin()))).toEqual([
      ['north', 1],
      ['south', 1],
    ]);
    expect(
      counts(
        await bench.people.divisions(company.scope('SafetyManager', { divisionIds: south ? [south] : [] })),
      ),
    ).toEqual([
      ['north', 0],
      ['south', 1],
    ]);
    expect(counts(await bench.people.jobRoles(admin()))).toEqual([['driver', 1]]);
    expect((await bench.people.locations(admin())).map((each) => each.zone)).toEqual([
      'America/Chicago',
      'America/Denver',
    ]);
  });
});

describe('insertMany', () => {
  it('refuses a taken number and another tenant’s place, and leaves nothing', async () => {
    await company.insertOne('N-1');
    await expect(company.insert(person('N-2'), person('N-1'))).rejects.toMatchObject({
      code: 'people.number_taken',
    });
    const { places: theirs } = await bench.company();
    await expect(
      company.insert(person('N-3', { divisionId: theirs.divisions[0] ?? null })),
    ).rejects.toMatchObject({
      code: 'people.place_unknown',
    });
    await expect(company.insert(person('N-4', { zone: 'Mars/Base' }))).rejects.toMatchObject({
      code: 'people.zone_unknown',
    });
    expect(await bench.people.count(admin(), {})).toBe(1);
    const rows = await postgres.asTenant(company.tenant, (tx) =>
      sql`select 1 from employee_references`.execute(tx),
    );
    expect(rows.rows).toEqual([]);
  });
});
