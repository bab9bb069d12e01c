import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { UserId } from '#contracts/ids';
import { createAudit, systemContext } from '#domain/audit';
import { createFrozenClock, systemClock } from '#platform/clock';
import { randomIds } from '#platform/ids';
import { createTemporaryKeys } from '#platform/keys';
import { createSilentLog } from '#platform/log';
import type { Postgres } from '#platform/postgres';
import { openTestDatabase } from '../../tests/support/database.ts';
import { createAuth, type Auth } from './auth/create-auth.ts';
import type { SessionEvent } from './auth/events.ts';
import { createIdentity, type Identity } from './service.ts';
import { createSessions, tenantCookieName } from './sessions.ts';

const origin = 'http://localhost:3000';
const password = 'correct horse battery';
const context = systemContext('test');

let postgres: Postgres;
let auth: Auth;
let identity: Identity;
let events: SessionEvent[] = [];
let count = 0;

beforeAll(async () => {
  postgres = await openTestDatabase();
  const audit = createAudit({
    clock: systemClock,
    ids: randomIds,
    keys: createTemporaryKeys(systemClock),
  });
  identity = createIdentity({ postgres, clock: systemClock, ids: randomIds, audit });
});
afterAll(() => postgres.close());

beforeEach(async () => {
  await postgres.pool.query('delete from auth_rate_limits');
  auth = makeAuth(origin);
  events = [];
  auth.onSession((event) => void events.push(event));
});

function makeAuth(at: string): Auth {
  return createAuth({
    postgres,
    secret: 'a'.repeat(40),
    origins: [at],
    clock: systemClock,
    ids: randomIds,
    log: createSilentLog(),
    factorRule: 'asked',
  });
}

async function user(): Promise<{ id: UserId; email: string }> {
  count += 1;
  const email = `ann${count}@example.com`;
  return { id: await auth.createUser({ name: 'Ann', email, password }), email };
}

interface Ask {
  cookie?: string;
  from?: string;
  ip?: string;
  headers?: Record<string, string>;
  with?: Auth;
}

function post(path: string, body: unknown, ask: Ask = {}): Promise<Response> {
  const request = new Request(`${ask.from ?? origin}/api/auth${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      origin: ask.from ?? origin,
      ...(ask.cookie === undefined ? {} : { cookie: ask.cookie }),
      ...ask.headers,
    },
    body: JSON.stringify(body),
  });
  return (ask.with ?? auth).handler(request, ask.ip ?? '192.0.2.1');
}

const signIn = (email: string, secret = password, ask: Ask = {}) =>
  post('/sign-in/email', { email, password: secret }, ask);

function cookieOf(response: Response): string {
  return response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0] ?? '')
    .join('; ');
}

const withCookie = (cookie: string) => new Headers({ cookie });

describe('sign-in', () => {
  it('gives a session by a cookie that scripts cannot read', async () => {
    const ann = await user();
    const response = await signIn(ann.email.toUpperCase());
    expect(response.status).toBe(200);
    const [line] = response.headers.getSetCookie();
    expect(line).toMatch(/^plumbline\.session_token=.*; Max-Age=86400; Path=\/; HttpOnly; SameSite=Lax$/);
    const session = await auth.session(withCookie(cookieOf(response)));
    expect(session?.user).toEqual({ id: ann.id, name: 'Ann', email: ann.email });
    expect(ann.id).toMatch(/^usr_/);
    expect(events).toEqual([
      {
        kind: 'started',
        sessionId: session?.sessionId,
        userId: ann.id,
        method: 'password',
        ip: '192.0.2.1',
        agent: null,
      },
    ]);
  });

  it('marks the cookie secure behind https', async () => {
    const secure = makeAuth('https://app.example.com');
    const ann = await user();
    const response = await signIn(ann.email, password, { with: secure, from: 'https://app.example.com' });
    expect(response.headers.getSetCookie()[0]).toMatch(
      /^__Host-plumbline\.session_token=[^;]+; Max-Age=86400; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
  });

  it('answers alike for a wrong password and an unknown address', async () => {
    const ann = await user();
    const wrong = await signIn(ann.email, 'not the password');
    const unknown = await signIn('nobody@example.com', 'not the password');
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    expect(await wrong.text()).toBe(await unknown.text());
    expect([...wrong.headers.keys()].toSorted()).toEqual([...unknown.headers.keys()].toSorted());
    expect(events.map((event) => event.kind)).toEqual(['refused', 'refused']);
  });

  it('is limited per client address, which a client cannot make up', async () => {
    const ann = await user();
    const spoofing = (index: number) =>
      signIn(`u${index}@example.com`, 'not the password', {
        headers: {
          'x-plumbline-client-ip': `198.51.100.${index}`,
          'x-forwarded-for': `198.51.100.${index}`,
        },
      });
    await spoofing(0);
    // As if 58 more had tried.
    await postgres.pool.query('update auth_rate_limits set count = 59');
    expect((await spoofing(1)).status).toBe(401);
    const refused = await spoofing(2);
    expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([429, true]);
    expect((await signIn(ann.email, password, { ip: '192.0.2.77' })).status).toBe(200);
  });

  it('is limited per account too: known or not, with the right password or not', async () => {
    const ann = await user();
    for (const email of [ann.email, 'ghost@example.com']) {
      await postgres.pool.query('delete from auth_rate_limits');
      for (let index = 0; index < 10; index += 1) await signIn(email, 'not the password');
      await postgres.pool.query('delete from auth_rate_limits');
      const late = await signIn(email);
      expect([late.status, Number(late.headers.get('retry-after')) > 0]).toEqual([429, true]);
    }
    expect((await signIn(ann.email, password, { ip: '192.0.2.9' })).status).toBe(200);
  });

  it('is refused from another site', async () => {
    const ann = await user();
    const response = await post(
      '/sign-in/email',
      { email: ann.email, password },
      {
        cookie: 'x=y',
        headers: { origin: 'https://evil.example' },
      },
    );
    expect(response.status).toBe(403);
  });

  it.each(['/sign-up/email', '/update-user', '/delete-user', '/request-password-reset', '/change-email'])(
    'offers no %s',
    async (path) => {
      const response = await post(path, { email: 'new@example.com', password, name: 'New' });
      expect(response.status).toBeGreaterThanOrEqual(400);
      const { rows } = await postgres.pool.query(`select 1 from auth_users where email = 'new@example.com'`);
      expect(rows).toEqual([]);
    },
  );
});

describe('sessions', () => {
  it('end by signing out, and listeners hear it', async () => {
    const ann = await user();
    const cookie = cookieOf(await signIn(ann.email));
    const session = await auth.session(withCookie(cookie));
    const ended: string[] = [];
    const stop = auth.onSessionEnded(({ sessionId }) => void ended.push(sessionId));
    expect((await post('/sign-out', {}, { cookie })).status).toBe(200);
    stop();
    expect(await auth.session(withCookie(cookie))).toBeNull();
    expect(ended).toEqual([session?.sessionId]);
  });

  it('all end when an administrator ends them or sets a password', async () => {
    const ann = await user();
    const cookies = [cookieOf(await signIn(ann.email)), cookieOf(await signIn(ann.email))];
    await auth.endSessions(ann.id);
    expect(await Promise.all(cookies.map((cookie) => auth.session(withCookie(cookie))))).toEqual([
      null,
      null,
    ]);
    expect(events.filter((event) => event.kind === 'ended')).toHaveLength(2);
    const again = cookieOf(await signIn(ann.email));
    await auth.setPassword(ann.id, 'another long password');
    expect(await auth.session(withCookie(again))).toBeNull();
    expect((await signIn(ann.email)).status).toBe(401);
    expect((await signIn(ann.email, 'another long password')).status).toBe(200);
  });

  it('do not come from a forged, foreign or missing cookie', async () => {
    const ann = await user();
    const cookie = cookieOf(await signIn(ann.email));
    const forged = cookie.replace(/=(.{6})/, '=AAAAAA');
    expect(await auth.session(withCookie(forged))).toBeNull();
    expect(await auth.session(new Headers())).toBeNull();
    const other = createAuth({
      postgres,
      secret: 'b'.repeat(40),
      origins: [origin],
      clock: systemClock,
      ids: randomIds,
      log: createSilentLog(),
    });
    expect(await other.session(withCookie(cookie))).toBeNull();
  });

  it('are out of reach of the app role', async () => {
    for (const table of ['auth_users', 'auth_sessions', 'auth_accounts']) {
      await expect(
        postgres.asTenant('ten_x', (tx) =>
          tx.withTables<Record<string, never>>().selectFrom(table).execute(),
        ),
      ).rejects.toMatchObject({ code: '42501' });
    }
  });
});

describe('accounts', () => {
  it('need an address, a long password and an address not taken', async () => {
    const ann = await user();
    await expect(auth.createUser({ name: 'Bo', email: 'nobody', password: 'short' })).rejects.toMatchObject({
      code: 'identity.user_invalid',
      places: [{ path: 'email' }, { path: 'password' }],
    });
    await expect(
      auth.createUser({ name: 'Bo', email: ann.email.toUpperCase(), password }),
    ).rejects.toMatchObject({ code: 'identity.email_taken' });
    await expect(auth.setPassword(randomIds.next('user'), password)).rejects.toMatchObject({
      code: 'identity.user_not_found',
    });
  });
});

describe('createSessions', () => {
  it('finds the viewer, in the company that the cookie names if it is theirs to look at', async () => {
    const ann = await user();
    const cookie = cookieOf(await signIn(ann.email));
    const sessions = createSessions({ auth, identity, clock: systemClock, keepMs: 0 });
    expect(await sessions.resolve(withCookie(cookie))).toBeNull();

    const overseer = await identity.createTenant({ kind: 'compliance', name: 'Watch', zone: 'UTC' }, context);
    const service = await identity.createTenant({ kind: 'service', name: 'Haul', zone: 'UTC' }, context);
    const stranger = await identity.createTenant({ kind: 'service', name: 'Else', zone: 'UTC' }, context);
    await identity.grantMembership(
      { tenantId: overseer, userId: ann.id, role: 'ComplianceManager' },
      context,
    );
    await identity.oversee(overseer, service, context);
    const actingFor = async (tenantId: string) =>
      (await sessions.resolve(withCookie(`${cookie}; ${tenantCookieName}=${tenantId}`)))?.viewer
        .actingTenantId;
    expect(await actingFor(service)).toBe(service);
    expect(await actingFor(stranger)).toBe(overseer);
    expect(await actingFor('')).toBe(overseer);
    await identity.endOversight(overseer, service, context);
    expect(await actingFor(service)).toBe(overseer);
  });

  it('ends a session that was idle longer than its role allows; looking is no use', async () => {
    const ann = await user();
    const tenantId = await identity.createTenant({ kind: 'service', name: 'Haul', zone: 'UTC' }, context);
    await identity.grantMembership({ tenantId, userId: ann.id, role: 'CompanyAdmin' }, context);
    const cookie = withCookie(cookieOf(await signIn(ann.email)));
    const clock = createFrozenClock(systemClock.now());
    const sessions = createSessions({ auth, identity, clock });
    clock.advanceMs(14 * 60_000);
    expect(await sessions.peek(cookie)).not.toBeNull();
    clock.advanceMs(3 * 60_000);
    expect(await sessions.peek(cookie)).toBeNull();
    expect(events.map((event) => event.kind)).toEqual(['started', 'ended']);
    expect(await auth.session(cookie)).toBeNull();
  });

  it('counts use: touching puts the end off, peeking does not', async () => {
    const ann = await user();
    const tenantId = await identity.createTenant({ kind: 'service', name: 'Haul', zone: 'UTC' }, context);
    await identity.grantMembership({ tenantId, userId: ann.id, role: 'DER' }, context);
    const cookie = withCookie(cookieOf(await signIn(ann.email)));
    const sessions = createSessions({ auth, identity, clock: systemClock });
    // As if it had been made and used last two minutes ago.
    await postgres.pool.query(
      `update auth_sessions set updated_at = updated_at - interval '2 minutes', expires_at = expires_at - interval '2 minutes' where user_id = $1`,
      [ann.id],
    );
    const usedAt = async () => (await auth.session(cookie, { touch: false }))?.usedAtMs ?? 0;
    const before = await usedAt();
    await sessions.peek(cookie);
    expect(await usedAt()).toBe(before);
    await sessions.resolve(cookie);
    expect(await usedAt()).toBeGreaterThan(before + 100_000);
  });

  it('keeps an answer for seconds, but not past the end of the session', async () => {
    const ann = await user();
    const tenantId = await identity.createTenant({ kind: 'service', name: 'Haul', zone: 'UTC' }, context);
    const grant = { tenantId, userId: ann.id };
    await identity.grantMembership({ ...grant, role: 'DER' }, context);
    const cookie = withCookie(cookieOf(await signIn(ann.email)));
    const clock = createFrozenClock(systemClock.now());
    const sessions = createSessions({ auth, identity, clock, keepMs: 3000 });
    const role = async () => (await sessions.resolve(cookie))?.viewer.membership.role;
    expect(await role()).toBe('DER');
    await identity.grantMembership({ ...grant, role: 'HROnboarding' }, context);
    expect(await role()).toBe('DER');
    expect((await sessions.peek(cookie))?.viewer.membership.role).toBe('HROnboarding');
    clock.advanceMs(3000);
    expect(await role()).toBe('HROnboarding');
    await auth.endSessions(ann.id);
    expect(await sessions.resolve(cookie)).toBeNull();
  });
});
