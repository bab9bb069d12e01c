import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EmployeeId, TenantId } from '#contracts/ids';
import { noAuditQuery } from '#contracts/screens/audit';
import { noBoardQuery } from '#contracts/screens/board';
import { noPeopleQuery } from '#contracts/screens/people';
import { compilePacks } from '#domain/flags';
import { systemContext, verifyAudit } from '#domain/audit';
import { openWorld, type World } from '../../../tests/support/world.ts';
import { createColumnChoice } from './board/columns.postgres.ts';
import { createBoard } from './board/model.ts';
import { createBoardReader } from './board/read.postgres.ts';
import { createEndOfDay } from './end-of-day.ts';
import { createPersonPages } from './person/pages.ts';
import { createPseudonyms } from './pseudonyms.ts';
import { createAlertsRouter } from './routers/alerts.ts';
import { createAuditRouter } from './routers/audit.ts';
import { createBoardRouter } from './routers/board.ts';
import { createPeopleRouter } from './routers/people.ts';
import { createPersonRouter } from './routers/person.ts';
import { contextOf, viewer, type ViewerParts } from './testing.ts';
import { createCallerFactory, router } from './trpc.ts';

let world: World;
let employeeId: EmployeeId;

const need = {
  item: 'hazmat',
  basis: 'law' as const,
  beforeWork: true,
  intervalMonths: 36,
  from: '2026-01-05',
};
const page = { query: { ...noBoardQuery, group: 'none' as const }, offset: 0, limit: 50 };
const everyAlert = { view: 'raised', module: null, severity: null, employeeId: null } as const;

beforeEach(async () => {
  world = await openWorld();
  employeeId = await world.hire('1', { training: { needs: [need] } });
  await world.domain.driver.recheckPeople(world.tenantId, [employeeId]);
});
afterEach(() => world.close());

/** The screens' procedures over the world's services. */
function openScreens() {
  const { postgres, domain, keys, clock } = world;
  const { audit, alerts, people } = domain;
  const pseudonyms = createPseudonyms(new Uint8Array(32));
  const endOfDay = createEndOfDay(() => Promise.resolve('America/Chicago'));
  const reader = createBoardReader(postgres);
  const board = createBoard({
    reader,
    pseudonyms,
    ruleTitle: (ruleId) => ruleId,
    clock,
    freshMs: 1000,
    maxPeople: 1000,
  });
  const persons = createPersonPages({
    postgres,
    people,
    audit,
    alerts,
    needToKnow: world.domain.needToKnow,
    legalHolds: world.domain.legalHolds,
    keys,
    clock,
    pseudonyms,
    dotPack: compilePacks().dot,
  });
  const call = createCallerFactory(
    router({
      board: createBoardRouter({ board, endOfDay, columns: createColumnChoice({ postgres, clock }) }),
      people: createPeopleRouter({
        board,
        record: (scope, draft) =>
          postgres.asTenant(scope.tenantId, async (tx) => {
            await audit.append(tx, scope.tenantId, [draft]);
          }),
      }),
      person: createPersonRouter({ persons, endOfDay, clock }),
      alerts: createAlertsRouter({ alerts, clock, userNames: () => Promise.resolve(new Map()) }),
      audit: createAuditRouter({
        postgres,
        audit,
        endOfDay,
        clock,
        verify: (id, options) => verifyAudit(postgres, id, options),
      }),
    }),
  );
  return (parts: ViewerParts, tenantId: TenantId = world.tenantId) =>
    call(contextOf(viewer(tenantId, parts)));
}

function complete(completedOn: string) {
  return world.domain.driver.applyEvents(world.tenantId, [
    world.event({
      employeeId,
      module: 'training',
      type: 'completion.recorded',
      at: `${completedOn}T15:00:00.000Z`,
      subjectRef: `hazmat-${completedOn}`,
      payload: { item: 'hazmat', completedOn, hours: 8, fieldDays: null, passed: true, tested: true },
    }),
  ]);
}

async function anotherTenant(): Promise<TenantId> {
  const tenant = { kind: 'service' as const, name: 'Other', zone: 'UTC' };
  return world.identity.createTenant(tenant, systemContext('test'));
}

describe('the board', () => {
  test('shows what was decided, and a change at the next reading', async () => {
    const api = openScreens()({ role: 'CompanyAdmin' });
    const before = await api.board.page(page);
    expect(before.rows[0]?.cells[4]).toMatchObject({ flag: 'red', hold: true });
    expect(before.tally).toMatchObject({ red: 1, hold: 1 });
    await complete('2026-10-01');
    world.clock.advanceMs(1000);
    const after = await api.board.page(page);
    expect(after.rows[0]?.cells[4]).toMatchObject({ flag: 'green', hold: false });
    expect(after.sequence).toBeGreaterThan(before.sequence);
  });

  test('keeps the columns that a viewer put away, for that viewer alone', async () => {
    const screens = openScreens();
    const ann = screens({ role: 'CompanyAdmin' });
    await ann.board.setColumns({ hidden: ['site', 'health'] });
    expect(await ann.board.columns()).toEqual(['site', 'health']);
    await ann.board.setColumns({ hidden: ['dot'] });
    expect(await ann.board.columns()).toEqual(['dot']);
    expect(await screens({ role: 'DER' }).board.columns()).toEqual([]);
    await expect(screens({ role: 'BillingAdmin' }).board.setColumns({ hidden: [] })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
  });

  test('finds people hired since', async () => {
    const api = openScreens()({ role: 'CompanyAdmin' });
    expect((await api.board.page(page)).people).toBe(1);
    await world.hire('2', {});
    world.clock.advanceMs(1000);
    expect((await api.board.page(page)).people).toBe(2);
    expect((await api.people.list({ query: noPeopleQuery, offset: 0, limit: 10 })).total).toBe(2);
  });

  test('of a past day shows what was known then', async () => {
    const api = openScreens()({ role: 'CompanyAdmin' });
    world.clock.set('2026-11-25T12:00:00.000Z');
    await complete('2026-11-24');
    const past = await api.board.page({ ...page, query: { ...page.query, asOf: '2026-11-22' } });
    expect(past.rows[0]?.cells[4]).toMatchObject({ flag: 'red' });
    expect((await api.board.page(page)).rows[0]?.cells[4]).toMatchObject({ flag: 'green' });
  });

  test('holds nobody of another company, and nobody outside the divisions', async () => {
    const screens = openScreens();
    const other = await anotherTenant();
    expect((await screens({ role: 'CompanyAdmin' }, other).board.page(page)).people).toBe(0);
    const elsewhere = screens({ role: 'SafetyManager', divisionIds: [world.ids.next('division')] });
    expect((await elsewhere.board.page(page)).people).toBe(0);
    await expect(screens({ role: 'BillingAdmin' }).board.page(page)).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
  });
});

describe('the person', () => {
  test('is told with history, events, records and the reason', async () => {
    const api = openScreens()({ role: 'CompanyAdmin' });
    const ask = { employeeId, module: 'training' as const, asOf: null };
    expect((await api.person.page({ employeeId, asOf: null })).qualification).toBeNull();
    const [lead] = (await api.person.why(ask)).reasons;
    expect(lead?.quotes[0]).toMatchObject({ kind: 'text' });
    expect(lead?.citations).toContain(lead?.quotes[0]?.citation);
    const red = (await api.person.page({ employeeId, asOf: null })).modules.find(
      (one) => one.state?.flag === 'red',
    );
    expect(red?.law?.words).toBe(lead?.quotes[0]?.words);
    await complete('2026-10-01');
    const shown = await api.person.page({ employeeId, asOf: null });
    const training = shown.modules.find((one) => one.module === 'training');
    expect(training).toMatchObject({ sight: 'full', state: { flag: 'green' } });
    expect(training?.law).toBeNull();
    // The course was done before anybody looked: as known today, nobody was red. What was shown then is in the timeline.
    expect(training?.spans[0]).toMatchObject({ flag: 'green', from: '2026-10-01T15:00:00.000Z' });
    expect(shown.timeline.filter((entry) => entry.kind === 'flag')).toHaveLength(2);
    expect(shown.timeline.map((entry) => entry.kind)).toContain('event');
    expect(shown.records.find((one) => one.module === 'training')?.items).toHaveLength(1);
    expect(shown.timeline.map((entry) => entry.title)).toContain('Course completed');
    expect((await api.person.why(ask)).state?.flag).toBe('green');
  });

  test('of a past day has neither the later flag nor the later event', async () => {
    world.clock.set('2026-11-25T12:00:00.000Z');
    await complete('2026-11-24');
    const api = openScreens()({ role: 'CompanyAdmin' });
    const past = await api.person.page({ employeeId, asOf: '2026-11-22' });
    expect(past.modules.find((one) => one.module === 'training')?.state?.flag).toBe('red');
    expect(past.timeline.filter((entry) => entry.kind === 'event')).toEqual([]);
    const why = await api.person.why({ employeeId, module: 'training', asOf: '2026-11-22' });
    expect(why.state?.flag).toBe('red');
  });

  test('of a past day as known then and as known today: what came late is told apart', async () => {
    world.clock.set('2026-11-25T12:00:00.000Z');
    await complete('2026-11-21');
    const { person } = openScreens()({ role: 'CompanyAdmin' });
    const of = async (asOf: string, known: 'then' | 'now') => {
      const shown = await person.page({ employeeId, asOf, known });
      return shown.modules.find((one) => one.module === 'training')?.state?.flag;
    };
    expect([await of('2026-11-22', 'then'), await of('2026-11-22', 'now')]).toEqual(['red', 'green']);
    expect([await of('2026-11-20', 'then'), await of('2026-11-20', 'now')]).toEqual(['red', 'red']);
    expect(await of('2026-11-25', 'then')).toBe('green');
    const why = await person.why({ employeeId, module: 'training', asOf: '2026-11-22', known: 'now' });
    expect(why).toMatchObject({ state: { flag: 'green' }, decidedAt: '2026-11-25T12:00:00.000Z' });
    const now = await person.page({ employeeId, asOf: null });
    expect(now.modules.find((one) => one.module === 'training')?.spans[1]?.from).toBe(
      '2026-11-21T15:00:00.000Z',
    );
    const turn = now.timeline.find((entry) => entry.kind === 'flag' && entry.to?.flag === 'green');
    expect(turn).toMatchObject({ at: '2026-11-21T15:00:00.000Z', knownAt: '2026-11-25T12:00:00.000Z' });
  });

  test('has no reason for who sees the status, and does not exist for others', async () => {
    const screens = openScreens();
    const other = await anotherTenant();
    const ask = { employeeId, module: 'training' as const, asOf: null };
    const foreign = screens({ role: 'CompanyAdmin' }, other).person;
    await expect(foreign.page(ask)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(foreign.why(ask)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const auditor = await screens({ role: 'Auditor' }).person.why(ask);
    expect(auditor).toMatchObject({
      sight: 'deidentified',
      reasons: [],
      events: [],
      state: { flag: 'red', short: '' },
    });
    expect(auditor.name).toMatch(/^Person /);
    expect(JSON.stringify(auditor)).not.toContain('Wendell');
  });

  test('sees their own record, and only that', async () => {
    const colleague = await world.hire('2', {});
    const own = openScreens()({ role: null, employeeId });
    expect((await own.person.mine()).head.employeeId).toBe(employeeId);
    await expect(own.person.page({ employeeId: colleague, asOf: null })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

describe('alerts', () => {
  test('are acknowledged and brought back, in the audit log each time', async () => {
    const api = openScreens()({ role: 'CompanyAdmin' });
    const [alert] = (await api.alerts.list({ query: everyAlert, offset: 0, limit: 10 })).rows;
    if (alert === undefined) throw new Error('no alert was raised');
    expect(await api.alerts.act({ act: 'acknowledge', alertIds: [alert.id] })).toEqual({
      changed: 1,
      refused: [],
    });
    expect((await api.alerts.list({ query: everyAlert, offset: 0, limit: 10 })).counts).toMatchObject({
      raised: 0,
      acknowledged: 1,
    });
    await api.alerts.act({ act: 'reopen', alertIds: [alert.id] });
    const log = await api.audit.list({
      query: { ...noAuditQuery, actorType: 'user' },
      limit: 10,
      before: null,
    });
    expect(log.rows.map((row) => row.act)).toEqual(['alerts:alert:reopen', 'alerts:alert:acknowledge']);
    expect(log.rows[1]?.differences).toContainEqual({
      path: 'status',
      before: 'open',
      after: 'acknowledged',
    });
  });

  test('are not for those who only look, and not muted without end', async () => {
    const screens = openScreens();
    const admin = screens({ role: 'CompanyAdmin' });
    const [alert] = (await admin.alerts.list({ query: everyAlert, offset: 0, limit: 10 })).rows;
    const act = { act: 'acknowledge' as const, alertIds: [alert?.id ?? world.ids.next('alert')] };
    await expect(screens({ role: 'ReadOnlyAuditor' }).alerts.act(act)).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    // The DER looks at training, and changes other modules: told which right is missing and who holds it.
    await expect(screens({ role: 'DER' }).alerts.act(act)).rejects.toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringMatching(/needs Training \(write\)\. Ask someone who is .*company admin/),
    });
    const seen = await screens({ role: 'DER' }).alerts.list({ query: everyAlert, offset: 0, limit: 10 });
    expect(seen.rows[0]).toMatchObject({
      mayAct: false,
      denied: expect.stringContaining('Training (write)'),
    });
    const mute = { ...act, act: 'mute' as const, until: '2027-11-20T12:00:00.000Z' };
    await expect(admin.alerts.act(mute)).rejects.toMatchObject({ code: 'UNPROCESSABLE_CONTENT' });
    expect(
      (await screens({ role: 'Auditor' }).alerts.list({ query: everyAlert, offset: 0, limit: 10 })).total,
    ).toBe(0);
  });
});

describe('the audit log', () => {
  test('verifies to a verdict, and an export of people is in it', async () => {
    const api = openScreens()({ role: 'CompanyAdmin' });
    const { csv, people } = await api.people.export(noPeopleQuery);
    expect(people).toBe(1);
    expect(csv).not.toContain('Wendell');
    const log = await api.audit.list({
      query: { ...noAuditQuery, act: 'people:list:*' },
      limit: 10,
      before: null,
    });
    expect(log.rows[0]).toMatchObject({ act: 'people:list:export', actor: { name: 'Dana Ruiz' } });
    const frames = [];
    for await (const frame of await api.audit.verify()) frames.push(frame);
    expect(frames.at(-1)).toMatchObject({ type: 'verdict', ok: true });
  });

  test('is for those with sight of administration', async () => {
    const query = { query: noAuditQuery, limit: 10, before: null };
    const refused = openScreens()({ role: 'HROnboarding' }).audit.list(query);
    await expect(refused).rejects.toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringContaining('Administration'),
    });
  });
});
