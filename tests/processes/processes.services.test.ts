import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noBoardQuery } from '#contracts/screens/board';
import { demoPassword } from '#demo';
import { systemClock } from '#platform/clock';
import { createServerPostgres, type Postgres } from '#platform/postgres';
import { startTraffic, type Traffic } from '../faults/traffic.ts';
import { expectedOf, messageStream } from '../support/expected-effects.ts';
import { testKafkaBrokers } from '../support/kafka.ts';
import { openInstallation, runCommand, type Installation } from './installation.ts';
import { openViewer, type Viewer } from './viewer.ts';

const logs = testKafkaBrokers() === undefined ? (['table'] as const) : (['table', 'kafka'] as const);

/** Signs in as the company's administrator; answers the cookies. */
async function signIn(origin: string, email = 'marguerite.voss@harrowpike.example'): Promise<string> {
  const answer = await fetch(`${origin}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ email, password: demoPassword }),
  });
  if (!answer.ok) throw new Error(`could not sign in: ${answer.status}`);
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}

async function ask(origin: string, path: string, cookie: string): Promise<unknown> {
  const answer = await fetch(`${origin}/api/trpc/${path}`, { headers: { cookie } });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { result: { data: unknown } }).result.data;
}

async function until(check: () => boolean | Promise<boolean>, what: string, ms = 30_000): Promise<void> {
  const deadline = performance.now() + ms;
  while (!(await check())) {
    if (performance.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await sleep(50);
  }
}

const newOf = (now: ReadonlySet<string>, before: ReadonlySet<string>) =>
  new Set([...now].filter((id) => !before.has(id)));

function sees(viewer: Viewer, changes: ReadonlySet<string>): boolean {
  const seen = new Set<string>(viewer.changes.map(({ id }) => id));
  return [...changes].every((id) => seen.has(id));
}

const rowsOf = (board: unknown) => (board as { rows: unknown }).rows;

/** Signs in with a wrong password. */
const attempt = (origin: string) =>
  fetch(`${origin}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ email: 'nobody@harrowpike.example', password: 'not the password' }),
  });

describe.each(logs)('two processes of each role, the log on %s', (log) => {
  let installation: Installation;
  let postgres: Postgres;
  let sent = 0;
  const acknowledged = new Set<string>();
  const begun = new Set<string>();

  beforeAll(async () => {
    installation = await openInstallation(log);
    postgres = createServerPostgres({ url: installation.databaseUrl });
  }, 240_000);
  afterAll(async () => {
    await postgres?.close();
    await installation?.close();
  }, 60_000);

  /** Vendors at both doors; what is acknowledged must have its one effect. */
  function send(ratePerS: number): Traffic {
    sent += 1;
    const { state } = installation;
    const stream = messageStream(state, `${log}${systemClock.nowMs().toString(36)}${sent}`);
    return startTraffic({
      state,
      doors: installation.originsOf('ingest'),
      ratePerS,
      next: (nowMs) => {
        const message = stream.next(nowMs);
        for (const key of expectedOf(message, state, nowMs).events) begun.add(key);
        return message;
      },
      onAcknowledged: (message) => {
        for (const key of expectedOf(message, state, systemClock.nowMs()).events) acknowledged.add(key);
      },
    });
  }

  async function changeIds(): Promise<Set<string>> {
    // As the company: to the login itself, which is no superuser, the rows of a company do not exist.
    const { rows } = await postgres.asTenant(installation.state.tenantId, (tx) =>
      sql<{ id: string }>`select id from flag_history where audience <> 'der'`.execute(tx),
    );
    return new Set(rows.map(({ id }) => id));
  }

  it('shows every change on each web process, and gives the same answers', async () => {
    const origins = installation.originsOf('web');
    const cookie = await signIn(origins[0] ?? '');
    const before = await changeIds();
    const viewers = await Promise.all(
      origins.map((origin) => openViewer({ origins: [origin], cookie, comesBack: true })),
    );
    const traffic = send(40);
    await sleep(4000);
    await traffic.finish();
    expect(traffic.counts()).toMatchObject({ refused: 0 });
    await installation.settled();
    const changed = newOf(await changeIds(), before);
    expect(changed.size).toBeGreaterThan(10);
    for (const viewer of viewers) {
      await until(() => sees(viewer, changed), 'every change on every web process');
      expect(viewer.resyncs).toBe(0);
      viewer.close();
    }
    // Boards are read anew after a second at the latest.
    await sleep(1100);
    const query = { ...noBoardQuery, group: 'none' };
    const page = `board.page?input=${encodeURIComponent(JSON.stringify({ query, offset: 0, limit: 100 }))}`;
    const boards = await Promise.all(origins.map((origin) => ask(origin, page, cookie)));
    expect(boards[0]).toMatchObject({ rows: expect.any(Array) });
    expect(rowsOf(boards[1])).toEqual(rowsOf(boards[0]));
  }, 90_000);

  it('closes the sockets of a session on every web process when it signs out on one', async () => {
    const [one = '', two = ''] = installation.originsOf('web');
    const [leaving, staying] = [await signIn(one), await signIn(two)];
    const open = (cookie: string) => openViewer({ origins: [two], cookie, comesBack: false });
    const [goes, stays] = [await open(leaving), await open(staying)];
    const startedMs = performance.now();
    const answer = await fetch(`${one}/api/auth/sign-out`, {
      method: 'POST',
      headers: { cookie: leaving, origin: one, 'content-type': 'application/json' },
      body: '{}',
    });
    expect(answer.status).toBe(200);
    await until(() => goes.closed.length > 0, 'the socket of the session that ended', 5000);
    expect(performance.now() - startedMs).toBeLessThan(3000);
    expect(goes.closed).toEqual([4401]);
    expect(stays.closed).toEqual([]);
    // What it had asked a moment ago on the other process is not answered from memory either.
    await expect(ask(two, 'frame.read', leaving)).rejects.toThrow(/401|404/);
    stays.close();
  }, 30_000);

  it('counts failed sign-ins over all web processes', async () => {
    const [one = '', two = ''] = installation.originsOf('web');
    const statuses: number[] = [];
    for (let n = 0; n < 10; n += 1) statuses.push((await attempt(n % 2 === 0 ? one : two)).status);
    expect(statuses).toEqual(Array.from({ length: 10 }, () => 401));
    const both = [await attempt(one), await attempt(two)];
    expect(both.map(({ status }) => status)).toEqual([429, 429]);
  }, 30_000);

  it('runs the timer in one worker, and jobs once', async () => {
    const { rows: leases } = await postgres.pool.query('select name from leases where held_until > now()');
    expect(leases).toEqual([{ name: 'recheck-timer' }]);
    const { rows } = await postgres.pool.query<{ name: string; times: number }>(
      `select name, count(*)::int as times from pgboss.job where state = 'active' group by name having count(*) > 1`,
    );
    expect(rows).toEqual([]);
  });

  it('loses and doubles nothing while each process is restarted under load', async () => {
    const origins = installation.originsOf('web');
    const cookie = await signIn(origins[1] ?? '');
    const viewer = await openViewer({ origins, cookie, comesBack: true });
    const before = await changeIds();
    const traffic = send(30);
    const codes: (number | null)[] = [];
    for (const place of installation.places) {
      await sleep(500);
      codes.push(await place.restart());
    }
    await sleep(500);
    await traffic.finish();
    await installation.settled();

    expect(codes).toEqual(installation.places.map(() => 0));
    const counts = traffic.counts();
    expect(counts.refused).toBe(0);
    expect(counts.acknowledged).toBe(counts.sent);
    // Whoever was told 503 was told when to come again.
    expect(counts.withRetryAfter).toBe(counts.unavailable);
    const changed = newOf(await changeIds(), before);
    expect(changed.size).toBeGreaterThan(10);
    await until(() => sees(viewer, changed), 'every change, over the restarts');
    expect(viewer.connected).toBeGreaterThan(1);
    expect(viewer.closed.every((code) => code === 1012)).toBe(true);
    expect(viewer.resyncs).toBe(0);
    viewer.close();
    await sleep(1000);
    expect(await installation.compare({ acknowledged, sent: begun })).toMatchObject({
      lost: 0,
      doubled: 0,
      unexplained: 0,
      warehouseMissing: 0,
      warehouseDoubled: 0,
      auditMissing: 0,
      auditDoubled: 0,
      chainOk: true,
    });
  }, 300_000);

  it('leaves no group of an ended process behind', async () => {
    const { rows } = await postgres.pool.query<{ consumer_group: string }>(
      'select distinct consumer_group from event_log_offsets order by 1',
    );
    const groups = rows.map((row) => row.consumer_group);
    expect(groups).toEqual(log === 'kafka' ? [] : ['apply', 'fetch', 'normalise', 'warehouse']);
  });

  it('refuses to start on a database that it does not know, and says what to do', async () => {
    const { env } = installation;
    await postgres.pool.query(
      `insert into schema_migrations (name, checksum) values ('9999_from_the_future', 'x')`,
    );
    const newer = await runCommand(['worker', '--port', '0'], env);
    await postgres.pool.query(`delete from schema_migrations where name = '9999_from_the_future'`);
    expect(newer).toMatchObject({ code: 1, output: expect.stringContaining('A newer version has migrated') });

    const url = new URL(installation.databaseUrl);
    url.pathname = '/postgres';
    const missing = await runCommand(['ingest', '--port', '0'], { ...env, DATABASE_URL: url.href });
    expect(missing).toMatchObject({
      code: 1,
      output: expect.stringContaining('Run "plumbline migrate" first'),
    });
  }, 60_000);
});
