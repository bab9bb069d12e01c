import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { areas, roles } from '#contracts/roles';
import { listAccess, listMutations } from '../../src/lib/server/access.ts';
import { call, openLive, read, type LiveSocket } from './ask.ts';
import { idsIn, readDerOnly, readRows, type Handles } from './known.ts';
import { cancelledTest, deliver, orderWord, randomOrder } from './messages.ts';
import { orderedIndex, recollectedIndex } from './planted.ts';
import { listRoutes, loadPages, routes } from './pages.ts';
import { unplanted } from './classes.ts';
import { mayAsk, naming, sight } from './needs.ts';
import { procedures } from './procedures.ts';
import { lettersOf, tabledAreas, tabledRoles } from './role-table.ts';
import { openTrial, type Trial } from './trial.ts';
import type { Asker, World } from './viewers.ts';

// Hundreds of questions in one test: a machine with other work needs its time.
vi.setConfig({ testTimeout: 240_000 });

let trial: Trial;
let world: World;
let askers: readonly Asker[];
let alder: Handles;
let borealis: Handles;
const tally = { cells: 0, crossed: 0 };
const judge: Trial['judge'] = (...asked) => trial.judge(...asked);

beforeAll(async () => {
  trial = await openTrial(tally);
  ({ world, askers, alder, borealis } = trial);
}, 180_000);

afterAll(async () => {
  process.stdout.write(`isolation: ${tally.cells} cells tried, ${tally.crossed} rows crossed\n`);
  await world.planted.close();
});

describe('the world of this test', () => {
  test('knows every role and area of the product', () => {
    expect(tabledRoles).toEqual([...roles]);
    expect(tabledAreas).toEqual([...areas]);
    expect(askers.map(({ role }) => role)).toEqual(expect.arrayContaining([...roles, null, undefined]));
  });

  test('has something of both companies in every table that holds a tenant', async () => {
    for (const company of [world.alder, world.borealis]) {
      const rows = await readRows(world.planted.app, company.tenantId);
      const empty = [...rows].filter(([, found]) => found.length === 0).map(([name]) => name);
      expect(
        empty.filter((name) => !(name in unplanted)),
        company.word,
      ).toEqual([]);
    }
  });

  test('has sentences of every module, so that finding none means something', () => {
    expect([...trial.secrets().sentences].filter(([, sentences]) => sentences.length === 0)).toEqual([]);
    expect([...alder.alerts].filter(([, ids]) => ids.length === 0).map(([module]) => module)).toEqual([]);
  });
});

describe('every procedure', () => {
  test('has an expectation here, and none is expected that is gone', () => {
    expect([...listAccess(world.planted.app.router).keys()].toSorted()).toEqual(
      Object.keys(procedures).toSorted(),
    );
    const mutations = Object.entries(procedures).flatMap(([path, { kind }]) =>
      kind === 'mutation' ? [path] : [],
    );
    expect(listMutations(world.planted.app.router).toSorted()).toEqual(mutations.toSorted());
  });

  test.each(Object.keys(procedures))('%s lets in by the table, and tells no one else’s', async (path) => {
    const expectation = procedures[path];
    if (!expectation) throw new Error(`no expectation for ${path}`);
    const wrong: string[] = [];
    for (const asker of askers) {
      for (const input of trial.inputsOf(expectation)) wrong.push(...(await trial.ask(asker, path, input)));
    }
    expect([...new Set(wrong)].slice(0, 25)).toEqual([]);
  });
});

describe('acts on alerts', () => {
  test('need the right to change the module of the alert', async () => {
    const wrong: string[] = [];
    for (const asker of askers.filter(({ role, reaches }) => role && reaches === 'Alder')) {
      for (const [module, ids] of alder.alerts) {
        const input = { act: 'assign', alertIds: ids, to: 'nobody' };
        const { status } = await call(world.planted.origin, asker, 'alerts.act', { kind: 'mutation' }, input);
        const letters = asker.role ? lettersOf(asker.role, module) : '';
        if ((status === 200) !== letters.includes('W'))
          wrong.push(`${asker.name} · ${module} ${letters} · ${status}`);
        tally.cells += 1;
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe('every live channel', () => {
  const channels = Object.entries(procedures).flatMap(([path, { kind }]) =>
    kind === 'subscription' ? [path] : [],
  );

  test.each([...channels, 'board.page', 'nothing.known'])('%s over the socket', async (path) => {
    const wrong: string[] = [];
    for (const asker of askers) {
      const admitted = mayAsk(asker, { letters: ['V', 'S', 'D'], in: 'any module' });
      const socket = await openLive(world.planted.origin, asker, path);
      if (typeof socket === 'number') {
        if (admitted || socket !== (asker.role === undefined ? 401 : 403))
          wrong.push(`${asker.name} · ${socket}`);
        tally.cells += 1;
        continue;
      }
      if (!admitted) wrong.push(`${asker.name} · let in`);
      await sleep(120);
      socket.close();
      const told = socket.texts.join('\n');
      if (path !== 'live.flags' && /"data":|"started"/.test(told.replace(/"error":\{.*?\}\}/g, '')))
        wrong.push(`${asker.name} · ${told.slice(0, 200)}`);
      wrong.push(...judgeFrames(asker, path, socket.texts));
    }
    expect(wrong.slice(0, 20)).toEqual([]);
  });
});

function judgeFrames(asker: Asker, path: string, texts: readonly string[]): string[] {
  return texts.flatMap((text) =>
    text.startsWith('{') ? judge(asker, path, { status: 200, text }, undefined) : [],
  );
}

const readRowsOf = async (name: 'alder' | 'borealis') =>
  [...(await readRows(world.planted.app, world[name].tenantId)).values()].flat();

async function auditIds(): Promise<string[]> {
  const rows = (await readRows(world.planted.app, world.alder.tenantId)).get('audit_entries') ?? [];
  return rows.flatMap((row) => /"id":"(aud_[^"]*)"/.exec(row)?.[1] ?? []);
}

/** The entries of the order stay in the log for all who read it, without saying what they are or about whom. */
async function judgeEntries(asker: Asker, ids: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const id of ids) {
    const answer = await call(world.planted.origin, asker, 'audit.get', { kind: 'query' }, { id });
    if (asker.role === 'DER' || answer.status !== 200) continue;
    const ordered = world.alder.people.get(orderedIndex) ?? '-';
    for (const word of [orderWord, ordered, 'test.ordered', 'random'])
      if (answer.text.includes(word)) found.push(`${asker.name} · ${word} in ${answer.text.slice(0, 330)}`);
  }
  return found;
}

/** The colour of the drug file of the one to be collected again, as this asker's board shows it. */
async function drugFlagOf(asker: Asker): Promise<unknown> {
  const input = procedures['board.page']?.inputs(alder)[0];
  const { text } = await call(world.planted.origin, asker, 'board.page', { kind: 'query' }, input);
  const page = JSON.parse(text) as {
    result?: { data: { rows: { employeeId: string; cells: ({ flag: string } | null)[] }[] } };
  };
  const person = world.alder.people.get(recollectedIndex);
  return page.result?.data.rows.find(({ employeeId }) => employeeId === person)?.cells[0]?.flag;
}

describe('an unannounced test', () => {
  /** What everybody is told by every reading procedure, without the counters that run for all. */
  const readings = [
    'frame.get',
    'overview.read',
    'board.page',
    'board.choices',
    'people.list',
    'person.page',
    'person.why',
    'person.mine',
    'alerts.list',
  ];

  /** What the clock showed at the readings: an answer that is dated by it is no other answer. */
  const instants = new Set<string>();

  async function readAll(asker: Asker): Promise<Map<string, string>> {
    instants.add(world.planted.clock.now());
    const answers = new Map<string, string>();
    for (const path of readings) {
      const expectation = procedures[path];
      for (const input of expectation?.inputs(alder) ?? []) {
        const { text } = await call(world.planted.origin, asker, path, { kind: 'query' }, input);
        answers.set(
          `${path} ${JSON.stringify(input)}`,
          [...instants]
            .reduce((told, instant) => told.replaceAll(instant, 'now'), text)
            .replace(/"(?:sequence|now)":\d+|"reference":"[^"]*"/g, ''),
        );
      }
    }
    return answers;
  }

  test('is told to the DER alone: to all others no answer, count, alert, entry or frame changes', async () => {
    const { app, origin, clock } = world.planted;
    const witnesses = askers.filter(({ reaches, role }) => reaches === 'Alder' && role !== undefined);
    // What runs by the wall clock changes answers too: the watch makes incidents of all that was refused in these tests.
    for (const job of ['security-watch', 'vendor-watch']) await app.engines.jobs.unschedule(job);
    await sleep(2000);
    // A reason that stands makes an entry of each reading, and answers would differ by that.
    await app.engines.postgres.asSystem((tx) =>
      sql`delete from need_to_know_reasons where words = 'tried by a test'`.execute(tx),
    );
    const before = new Map<string, Map<string, string>>();
    for (const asker of witnesses) before.set(asker.name, await readAll(asker));
    const sockets = new Map<Asker, LiveSocket>();
    for (const asker of witnesses) {
      const socket = await openLive(origin, asker, 'live.flags');
      if (typeof socket !== 'number') sockets.set(asker, socket);
    }
    await sleep(200);
    for (const socket of sockets.values()) socket.texts.length = 0;
    const known = new Set((await readRowsOf('alder')).flatMap((row) => [...idsIn(row)]));
    const entriesBefore = new Set(await auditIds());

    expect(
      await deliver({ origin, nowMs: clock.nowMs() }, world.alder, randomOrder(world.alder, clock.nowMs())),
    ).toBe(202);
    await trial.settle();
    await sleep(300);
    // Answers that many viewers share are kept for a second.
    clock.advanceMs(2000);
    const fresh = (await readRowsOf('alder'))
      .flatMap((row) => [...idsIn(row)])
      .filter((id) => !known.has(id));
    const entries = (await auditIds()).filter((id) => !entriesBefore.has(id));
    expect(entries.length).toBeGreaterThan(0);
    await trial.learn([orderWord, ...fresh.filter((id) => !/^(?:aud|usr)_/.test(id))]);

    const wrong: string[] = [];
    const differs = new Set<string>();
    for (const asker of witnesses) {
      const after = await readAll(asker);
      for (const [asked, text] of after) {
        wrong.push(...judge(asker, asked, { status: 200, text }, alder.people));
        if (text !== before.get(asker.name)?.get(asked)) differs.add(`${asker.name} · ${asked.slice(0, 90)}`);
      }
      wrong.push(...(await judgeEntries(asker, entries)));
    }
    for (const [asker, socket] of sockets) {
      wrong.push(...judgeFrames(asker, 'live.flags', socket.texts));
      if (asker.role !== 'DER' && socket.texts.length > 0) wrong.push(`${asker.name} · a frame came`);
      socket.close();
    }
    const others = [...differs].filter((line) => !line.startsWith('DER'));
    expect({ wrong: wrong.slice(0, 20), others: others.slice(0, 20) }).toEqual({ wrong: [], others: [] });
    // The DER is told: else the comparison above would prove nothing.
    expect([...differs].join('\n')).toContain('DER · person.page');
    expect(app.doors.length).toBeGreaterThan(0);
  });

  test('that must be collected again turns the flag for the DER alone, on screens and in frames', async () => {
    const { app, origin, clock } = world.planted;
    const witnesses = askers.filter(({ reaches, role }) => reaches === 'Alder' && role !== undefined);
    const sockets = new Map<Asker, LiveSocket>();
    for (const asker of witnesses) {
      const socket = await openLive(origin, asker, 'live.flags');
      if (typeof socket !== 'number') sockets.set(asker, socket);
    }
    await sleep(200);
    for (const socket of sockets.values()) socket.texts.length = 0;
    const at = { origin, nowMs: clock.nowMs() };
    expect(await deliver(at, world.alder, cancelledTest(world.alder, clock.nowMs()))).toBe(202);
    await trial.settle();
    await sleep(300);
    clock.advanceMs(2000);
    const derOnly = await readDerOnly(app, world.alder);
    expect(derOnly.filter((word) => word.includes(' ')).length).toBeGreaterThan(0);
    await trial.learn([...trial.secrets().order, ...derOnly]);

    const wrong: string[] = [];
    const flags = new Map<string, unknown>();
    for (const asker of witnesses) {
      for (const [asked, text] of await readAll(asker)) {
        wrong.push(...judge(asker, asked, { status: 200, text }, alder.people));
      }
      flags.set(asker.name, await drugFlagOf(asker));
      const texts = sockets.get(asker)?.texts ?? [];
      wrong.push(...judgeFrames(asker, 'live.flags', texts));
      if (asker.role !== 'DER' && texts.length > 0) wrong.push(`${asker.name} · a frame came`);
    }
    const derFrames = [...sockets].flatMap(([asker, { texts }]) => (asker.role === 'DER' ? texts : []));
    for (const socket of sockets.values()) socket.close();
    expect(wrong.slice(0, 20)).toEqual([]);
    expect(flags.get('DER')).toBe('yellow');
    flags.delete('DER');
    expect(new Set(flags.values())).toEqual(new Set(['green', undefined]));
    expect(derFrames.join('')).toContain('"flag":"yellow"');
  });
});

describe('every door', () => {
  /** Paths of each door, with what it answers to anybody. */
  const paths: Readonly<Record<string, (of: { endpoint: string }) => readonly [string, number][]>> = {
    '/webhooks/': ({ endpoint }) => [
      ['/webhooks/', 405],
      [`/webhooks/${endpoint}`, 405],
    ],
    '/api/trpc/': () => [
      ['/api/trpc/nothing.known', 404],
      ['/api/trpc/', 404],
    ],
    '/api/der-iq/': () => [
      ['/api/der-iq/chat', 405],
      ['/api/der-iq/query', 405],
      ['/api/der-iq/nothing', 404],
    ],
    '/api/v1/': () => [
      ['/api/v1/employees', 401],
      ['/api/v1/openapi.json', 200],
      ['/api/v1/docs', 200],
    ],
    '/scim/v2/': () => [
      ['/scim/v2/Users', 401],
      ['/scim/v2/Schemas', 401],
    ],
    '/api/auth/': () => [
      ['/api/auth/get-session', 404],
      ['/api/auth/passkey/generate-authenticate-options', 200],
      ['/api/auth/nothing', 404],
    ],
    '/health/': () => [
      ['/health/live', 200],
      ['/health/ready', 200],
      ['/health/pipeline', 200],
    ],
    '/metrics': () => [['/metrics', 401]],
    '/.well-known/security.txt': () => [['/.well-known/security.txt', 200]],
  };

  test('has an expectation here', () => {
    expect([...world.planted.app.doors].toSorted()).toEqual(Object.keys(paths).toSorted());
  });

  test.each(Object.keys(paths))('%s tells no one else’s', async (door) => {
    const wrong: string[] = [];
    const endpoint = world.borealis.endpoints.get('checkr')?.id ?? '';
    for (const asker of askers) {
      for (const [path, status] of paths[door]?.({ endpoint }) ?? []) {
        const headers: Record<string, string> = asker.cookie === '' ? {} : { cookie: asker.cookie };
        const answer = await read(await fetch(`${world.planted.origin}${path}`, { headers }));
        if (answer.status !== status)
          wrong.push(`${asker.name} · ${path} · ${answer.status} ${answer.text.slice(0, 200)}`);
        wrong.push(...judge(asker, path, answer, path));
      }
    }
    expect(wrong).toEqual([]);
  });
});

const chat = (question: string) => ({ conversationId: null, question });

describe('questions in words and in SQL', () => {
  const tried = [
    { path: 'chat', need: sight, body: chat('Who is red in DOT?') },
    { path: 'chat', need: sight, body: chat('How many people are red by division?') },
    { path: 'query', need: naming, body: { sql: 'SELECT * FROM flags' } },
  ] as const;

  test('are answered by the table, and tell no one else’s', async () => {
    const wrong: string[] = [];
    for (const asker of askers) {
      for (const { path, need, body } of tried) {
        const headers = {
          'content-type': 'application/json',
          origin: world.planted.origin,
          cookie: asker.cookie,
        };
        const asked = { method: 'POST', headers, body: JSON.stringify(body) };
        const answer = await read(await fetch(`${world.planted.origin}/api/der-iq/${path}`, asked));
        const status = mayAsk(asker, need) ? 200 : asker.role === undefined ? 401 : 403;
        if (answer.status !== status) wrong.push(`${asker.name} · ${path} · ${answer.status}, not ${status}`);
        wrong.push(...judge(asker, `/api/der-iq/${path}`, answer, body));
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe('every page', () => {
  beforeAll(async () => {
    const { app, origin, servePages } = world.planted;
    servePages(await loadPages(app.pages, origin));
  });

  test('has an expectation here, and none is expected that is gone', () => {
    expect(listRoutes().toSorted()).toEqual(Object.keys(routes).toSorted());
  });

  test.each(Object.keys(routes))('%s lets in by the table, and tells no one else’s', async (route) => {
    const wrong: string[] = [];
    const { need, at, deniedAs } = routes[route] ?? { need: 'nothing', at: () => [] };
    for (const asker of askers) {
      for (const address of [...at(alder), ...at(borealis)]) {
        const headers = { accept: 'text/html', ...(asker.cookie === '' ? {} : { cookie: asker.cookie }) };
        const response = await fetch(`${world.planted.origin}${address}`, { headers, redirect: 'manual' });
        const answer = await read(response);
        const toSignIn = response.headers.get('location')?.startsWith('/sign-in') ?? false;
        const told = deniedAs !== undefined && answer.text.includes(deniedAs) && mayAsk(asker, need);
        const refused = (answer.status === 403 && !told) || toSignIn;
        // The start of those who see no people is another page, not a refusal.
        const led = !refused && answer.status >= 300 && answer.status < 400;
        if (!led && refused === mayAsk(asker, need) && !(route.startsWith('/sign-in') && toSignIn))
          wrong.push(`${asker.name} · ${address} · ${answer.status}`);
        if (answer.status >= 500) wrong.push(`${asker.name} · ${address} · ${answer.text.slice(0, 200)}`);
        wrong.push(...judge(asker, route.startsWith('/settings') ? 'settings.' : address, answer, address));
      }
    }
    expect([...new Set(wrong)].slice(0, 25)).toEqual([]);
  });
});

test('the figures of all of it', ({ task }) => {
  const asked = Object.keys(procedures).length;
  Object.assign(task.meta, { isolation: { procedures: asked, ...tally } });
  expect(tally.crossed).toBe(0);
});
