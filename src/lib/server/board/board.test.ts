import { beforeEach, describe, expect, test } from 'vitest';
import type { FlagColour } from '#contracts/flags';
import type { DivisionId } from '#contracts/ids';
import { modules, type Module } from '#contracts/modules';
import { noBoardQuery, type BoardQuery } from '#contracts/screens/board';
import { authorize } from '#domain/identity';
import { createFrozenClock } from '#platform/clock';
import { createCountingIds } from '#platform/ids';
import { createPseudonyms } from '../pseudonyms.ts';
import { viewer, type ViewerParts } from '../testing.ts';
import { createBoard, type BoardSnapshot } from './model.ts';
import type { BoardPerson, CellView, StoredCell } from './person.ts';

const ids = createCountingIds();
const tenantId = ids.next('tenant');
const tank = ids.next('division');
const field = ids.next('division');
const odessa = ids.next('location');
const see = (parts: ViewerParts) => authorize(viewer(tenantId, parts), 'see', 'any-module');
const admin = see({ role: 'CompanyAdmin' });

type CellParts = Partial<CellView> & { since?: string; der?: Partial<CellView> };

function cell(flag: FlagColour, parts: CellParts = {}): StoredCell {
  const { since = '2026-11-01T00:00:00.000Z', der, ...rest } = parts;
  const general = { flag, hold: false, ruleId: 'R1', dueAt: null, short: '', nextChangeAt: null, ...rest };
  return { since, general, der: der === undefined ? null : { ...general, ...der } };
}

function person(
  name: string,
  cells: Partial<Record<Module, StoredCell>>,
  divisionId: DivisionId = tank,
): BoardPerson {
  return {
    tenantId,
    employeeId: ids.next('employee'),
    number: `E-${name}`,
    name,
    nameKey: name.toLowerCase(),
    phase: 'active',
    divisionId,
    locationId: odessa,
    jobRoleId: null,
    cells: modules.map((module) => cells[module] ?? null),
  };
}

const clock = createFrozenClock('2026-11-20T12:00:00.000Z');
let people: BoardPerson[];
let loads: string[];

const stand = (): BoardSnapshot => ({
  sequence: 7,
  rosterVersion: '1',
  people,
  places: {
    divisions: [
      { id: tank, name: 'Tank & hazmat' },
      { id: field, name: 'Field services' },
    ],
    locations: [{ id: odessa, name: 'Odessa' }],
    jobRoles: [{ id: 'job_unused', name: 'Unused' }],
  },
});

function noted(what: string) {
  loads.push(what);
  return Promise.resolve(stand());
}

function boardOf() {
  return createBoard({
    reader: {
      load: () => noted('load'),
      loadAsOf: (_tenant, at) => noted(`as of ${at}`),
      refresh: (_tenant, before) => {
        loads.push('refresh');
        return Promise.resolve(before);
      },
    },
    pseudonyms: createPseudonyms(new Uint8Array(32)),
    ruleTitle: (ruleId) => `Title of ${ruleId}`,
    clock,
    freshMs: 1000,
    maxPeople: 1000,
  });
}

const page = (scope: typeof admin, query: Partial<BoardQuery> = {}, asOf: string | null = null) =>
  boardOf().page(scope, { query: { ...noBoardQuery, group: 'none', ...query }, offset: 0, limit: 50 }, asOf);
const namesOf = async (scope: typeof admin, query: Partial<BoardQuery> = {}) =>
  (await page(scope, query)).rows.map((row) => row.name);

beforeEach(() => {
  loads = [];
  people = [
    person('Ada', { dot: cell('green', { dueAt: '2027-06-01T00:00:00.000Z' }) }),
    person('Bo', { dot: cell('red', { dueAt: '2026-11-17T00:00:00.000Z' }), training: cell('green') }),
    person('Cy', { dot: cell('red', { hold: true, dueAt: '2026-11-18T00:00:00.000Z' }) }, field),
    person('Di', { health: cell('stale', { since: '2026-11-20T00:00:00.000Z' }) }, field),
    person('Ed', { background: cell('yellow') }),
    person('Flo', {}),
  ];
});

describe('order', () => {
  test('by gravity: hold first, then red, no data, due, compliant, nothing', async () => {
    expect(await namesOf(admin)).toEqual(['Cy', 'Bo', 'Di', 'Ed', 'Ada', 'Flo']);
  });

  test('by the next date, and by the latest change', async () => {
    expect((await namesOf(admin, { sort: 'next' })).slice(0, 3)).toEqual(['Bo', 'Cy', 'Ada']);
    expect((await namesOf(admin, { sort: 'changed' }))[0]).toBe('Di');
  });

  test('groups follow each other and count their own people', async () => {
    const { groups, rows, tally } = await page(admin, { group: 'division' });
    expect((await page(admin, { group: 'division', sort: 'name' })).groups[0]?.name).toBe('Tank & hazmat');
    expect(groups).toMatchObject([
      { name: 'Field services', people: 2, tally: { red: 1, stale: 1, hold: 1 } },
      { name: 'Tank & hazmat', people: 4, tally: { red: 1, yellow: 1, green: 1, hold: 0 } },
    ]);
    expect(rows.map((row) => row.name)).toEqual(['Cy', 'Di', 'Bo', 'Ed', 'Ada', 'Flo']);
    expect(tally).toEqual({ red: 2, stale: 1, yellow: 1, green: 1, hold: 1 });
  });
});

test('what lapsed without a deadline is due since it lapsed, and named by its rule', async () => {
  people = [
    person('Bo', {
      drug_alcohol: cell('red', { hold: true }),
      dot: cell('green', { nextChangeAt: '2026-12-01T00:00:00.000Z' }),
    }),
  ];
  const next = (await page(admin)).rows[0]?.next;
  expect(next).toEqual({ module: 'drug_alcohol', at: '2026-11-01T00:00:00.000Z', title: 'Title of R1' });
  people = [person('Ada', { dot: cell('green', { nextChangeAt: '2026-12-01T00:00:00.000Z' }) })];
  expect((await page(admin)).rows[0]?.next).toEqual({
    module: 'dot',
    at: '2026-12-01T00:00:00.000Z',
    title: '',
  });
});

describe('filters', () => {
  test('status means the gravest flag, and within a module that module’s', async () => {
    expect(await namesOf(admin, { flags: ['red'] })).toEqual(['Cy', 'Bo']);
    expect(await namesOf(admin, { hold: true })).toEqual(['Cy']);
    expect(await namesOf(admin, { module: 'training' })).toEqual(['Bo']);
    expect(await namesOf(admin, { module: 'training', flags: ['red'] })).toEqual([]);
  });

  test('name and place', async () => {
    expect(await namesOf(admin, { text: 'FLO' })).toEqual(['Flo']);
    expect(await namesOf(admin, { divisionIds: [field] })).toEqual(['Cy', 'Di']);
    expect(await namesOf(admin, { phases: ['leave'] })).toEqual([]);
  });
});

describe('what a viewer sees', () => {
  test('only people of the own divisions', async () => {
    const safety = see({ role: 'SafetyManager', divisionIds: [field] });
    expect(await namesOf(safety)).toEqual(['Cy', 'Di']);
    expect((await boardOf().places(safety)).divisions).toEqual([{ id: field, name: 'Field services' }]);
  });

  test('status without words, rule or dates where the role has status only', async () => {
    people = [
      person('Bo', { dot: cell('red', { hold: true, short: 'x', dueAt: '2026-11-17T00:00:00.000Z' }) }),
    ];
    const row = (await page(see({ role: 'SiteSupervisor', locationIds: [odessa] }))).rows[0];
    expect(row?.cells[2]).toMatchObject({ flag: 'red', hold: true, short: '', dueAt: null });
    expect(row?.next).toBeNull();
    expect((await page(admin)).rows[0]?.next).toMatchObject({ module: 'dot', title: 'Title of R1' });
  });

  test('the masked flag is the DER’s alone, in cells, order and tallies', async () => {
    people = [person('Bo', { drug_alcohol: cell('green', { der: { flag: 'yellow', short: 'notify' } }) })];
    expect((await page(see({ role: 'DER' }))).tally).toMatchObject({ yellow: 1, green: 0 });
    const seen = await page(admin);
    expect(seen.tally).toMatchObject({ yellow: 0, green: 1 });
    expect(JSON.stringify(seen)).not.toContain('notify');
  });

  test('nobody by name, number or site for an auditor of de-identified data', async () => {
    const seen = await page(see({ role: 'Auditor' }), { sort: 'name' });
    expect(seen.people).toBe(6);
    const text = JSON.stringify(seen);
    for (const one of people) expect(text).not.toContain(`"${one.name}"`);
    expect(text).not.toContain(odessa);
    expect(await namesOf(see({ role: 'Auditor' }), { text: 'Ada' })).toEqual([]);
  });

  test('a module without any right does not count', async () => {
    people = [person('Bo', { geofence: cell('red') })];
    expect((await page(see({ role: 'HROnboarding' }))).tally.red).toBe(0);
    expect((await page(see({ role: 'HROnboarding' }))).rows[0]?.cells[5]).toBeNull();
  });
});

test('a page is a slice; the past is read once; the present only brought up to date', async () => {
  const board = boardOf();
  const input = { query: { ...noBoardQuery, group: 'none' as const }, offset: 2, limit: 2 };
  expect((await board.page(admin, input, null)).rows.map((row) => row.name)).toEqual(['Di', 'Ed']);
  await board.page(admin, input, null);
  expect(loads).toEqual(['load']);
  clock.advanceMs(1000);
  await board.page(admin, input, null);
  await board.page(admin, input, '2026-10-01T00:00:00.000Z');
  await board.page(admin, input, '2026-10-01T00:00:00.000Z');
  expect(loads).toEqual(['load', 'refresh', 'as of 2026-10-01T00:00:00.000Z']);
});

test('fifty thousand people are arranged in well under a second', async () => {
  people = Array.from({ length: 50_000 }, (_, at) =>
    person(`P${at}`, { dot: cell(at % 9 === 0 ? 'red' : 'green'), health: cell('green') }),
  );
  const startedAt = performance.now();
  const seen = await page(admin, { group: 'division' });
  expect(seen.people).toBe(50_000);
  expect(performance.now() - startedAt).toBeLessThan(2000);
});
