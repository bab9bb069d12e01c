import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { UserId } from '#contracts/ids';
import type { Role } from '#contracts/roles';
import { createAudit, systemContext } from '#domain/audit';
import { createFrozenClock, systemClock } from '#platform/clock';
import { randomIds } from '#platform/ids';
import { createTemporaryKeys } from '#platform/keys';
import { createSilentLog } from '#platform/log';
import type { Postgres } from '#platform/postgres';
import { openTestDatabase } from '../../tests/support/database.ts';
import { totpCode } from '../../tests/support/totp.ts';
import { createAccount } from './account.ts';
import { createAuth, type Auth } from './auth/create-auth.ts';
import type { SessionEvent } from './auth/events.ts';
import type { FactorRule } from './fresh.ts';
import { createIdentity, type Identity } from './service.ts';
import { createSessions } from './sessions.ts';

const origin = 'http://localhost:3000';
const password = 'correct horse battery';
const context = systemContext('test');
let clock = createFrozenClock(systemClock.now());

let postgres: Postgres;
let auth: Auth;
let identity: Identity;
let events: SessionEvent[] = [];
let count = 0;

beforeAll(async () => {
  postgres = await openTestDatabase();
  const audit = createAudit({ clock, ids: randomIds, keys: createTemporaryKeys(clock) });
  identity = createIdentity({ postgres, clock, ids: randomIds, audit });
});
afterAll(() => postgres.close());

beforeEach(async () => {
  await postgres.pool.query('delete from auth_rate_limits');
  clock = createFrozenClock(systemClock.now());
  auth = makeAuth('required');
  events = [];
  auth.onSession((event) => void events.push(event));
});

function makeAuth(factorRule: FactorRule): Auth {
  const log = createSilentLog();
  const secret = 'a'.repeat(40);
  return createAuth({ postgres, secret, origins: [origin], clock, ids: randomIds, log, factorRule });
}

interface Person {
  readonly id: UserId;
  readonly email: string;
}

async function person(role?: Role): Promise<Person> {
  count += 1;
  const email = `bo${count}@example.com`;
  const id = await auth.createUser({ name: 'Bo', email, password });
  if (role !== undefined) {
    const tenantId = await identity.createTenant({ kind: 'service', name: 'Haul', zone: 'UTC' }, context);
    await identity.grantMembership({ tenantId, userId: id, role }, context);
  }
  return { id, email };
}

/** A browser: keeps cookies as it is told. */
function browser(ip = '192.0.2.1') {
  const jar = new Map<string, string>();
  const headers = () =>
    new Headers({ cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') });
  return {
    headers,
    ask: async (path: string, body?: object) => {
      const sent = headers();
      sent.set('origin', origin);
      sent.set('user-agent', 'Test');
      if (body !== undefined) sent.set('content-type', 'application/json');
      const request = new Request(`${origin}/api/auth${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: sent,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const response = await auth.handler(request, ip);
      for (const line of response.headers.getSetCookie()) {
        const [pair = ''] = line.split(';');
        const at = pair.indexOf('=');
        if (/max-age=0/i.test(line)) jar.delete(pair.slice(0, at));
        else jar.set(pair.slice(0, at), pair.slice(at + 1));
      }
      const text = await response.text();
      return {
        status: response.status,
        body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>,
      };
    },
  };
}
type Browser = ReturnType<typeof browser>;

const signIn = (at: Browser, { email }: Person) => at.ask('/sign-in/email', { email, password });

/** A key in the drawer, without the ceremony that browsers test. */
const givePasskey = ({ id }: Person) =>
  postgres.pool.query(
    `insert into auth_passkeys (id, public_key, user_id, credential_id, counter, device_type, backed_up)
     values ($1, 'none', $2, $1, 0, 'singleDevice', false)`,
    [randomIds.next('user'), id],
  );

async function enrolTotp(at: Browser): Promise<{ uri: string; codes: string[] }> {
  const begun = await at.ask('/two-factor/enable', { password });
  const uri = String(begun.body['totpURI']);
  const done = await at.ask('/two-factor/verify-totp', { code: totpCode(uri, systemClock.nowMs()) });
  expect([begun.status, done.status]).toEqual([200, 200]);
  return { uri, codes: begun.body['backupCodes'] as string[] };
}

const sessionOf = async (at: Browser) => (await auth.session(at.headers()))?.sessionId ?? 'none';
const fresh = (sessionId: string, by = auth) => by.freshness.requireFresh({ sessionId });

describe('an authenticator app', () => {
  it('is asked for after the password, and no session opens before its code', async () => {
    const bo = await person('DER');
    const at = browser();
    await signIn(at, bo);
    const { uri, codes } = await enrolTotp(at);
    expect(codes).toHaveLength(10);
    expect(events.map((event) => (event.kind === 'factor' ? event.change : event.kind))).toContain(
      'totp-add',
    );

    const other = browser();
    events = [];
    expect(await signIn(other, bo)).toMatchObject({ status: 200, body: { next: 'code' } });
    expect(await auth.session(other.headers())).toBeNull();
    expect(events).toEqual([]);
    expect((await other.ask('/two-factor/verify-totp', { code: '000000' })).status).toBe(401);
    expect(events).toMatchObject([{ kind: 'refused', step: 'code', email: bo.email, agent: 'Test' }]);
    const code = totpCode(uri, systemClock.nowMs());
    const done = await other.ask('/two-factor/verify-totp', { code, trustDevice: true });
    expect(done).toEqual({ status: 200, body: { next: null } });
    expect(await auth.session(other.headers())).toMatchObject({ method: 'totp', provedBy: 'totp' });
    await expect(fresh(await sessionOf(other))).resolves.toBeUndefined();
    // No device is trusted to skip the step the next time.
    await other.ask('/sign-out', {});
    expect((await signIn(other, bo)).body).toEqual({ next: 'code' });
  });

  it('has recovery codes that work once, and new ones end the old ones', async () => {
    const bo = await person();
    const at = browser();
    await signIn(at, bo);
    const { codes } = await enrolTotp(at);
    const use = async (code: string | undefined) => {
      const other = browser();
      await signIn(other, bo);
      return (await other.ask('/two-factor/verify-backup-code', { code: code ?? '' })).status;
    };
    expect([await use(codes[0]), await use(codes[0])]).toEqual([200, 401]);
    const made = await at.ask('/two-factor/generate-backup-codes', { password });
    expect(made.status).toBe(200);
    expect(await use(codes[1])).toBe(401);
    expect(await use((made.body['backupCodes'] as string[])[0])).toBe(200);
  });

  it('locks the step after ten wrong codes, also over many challenges', async () => {
    const bo = await person();
    const at = browser();
    await signIn(at, bo);
    const { uri } = await enrolTotp(at);
    for (let n = 0; n < 10; n += 1) {
      await postgres.pool.query('delete from auth_rate_limits');
      const guesser = browser(`198.51.100.${n}`);
      await signIn(guesser, bo);
      await guesser.ask('/two-factor/verify-totp', { code: '123456' });
    }
    const late = browser('198.51.100.99');
    await signIn(late, bo);
    const code = totpCode(uri, systemClock.nowMs());
    expect((await late.ask('/two-factor/verify-totp', { code })).status).toBe(429);
  });
});

describe('a fresh proof', () => {
  it('lasts ten minutes and cannot be a password', async () => {
    const bo = await person();
    const at = browser();
    await signIn(at, bo);
    await expect(fresh(await sessionOf(at))).rejects.toMatchObject({ code: 'identity.factor_missing' });
    const { uri } = await enrolTotp(at);
    const sessionId = await sessionOf(at);
    await fresh(sessionId);
    clock.advanceMs(10 * 60_000 + 1);
    await expect(fresh(sessionId)).rejects.toMatchObject({ code: 'identity.proof_needed' });
    expect((await at.ask('/confirm-password', { password })).status).toBe(200);
    await expect(fresh(sessionId)).rejects.toMatchObject({ code: 'identity.proof_needed' });
    await at.ask('/two-factor/verify-totp', { code: totpCode(uri, systemClock.nowMs()) });
    await expect(fresh(sessionId)).resolves.toBeUndefined();
  });

  it('may be the password of who holds nothing else, where passkeys are only asked for', async () => {
    const bo = await person();
    const at = browser();
    await signIn(at, bo);
    const asked = makeAuth('asked');
    const sessionId = await sessionOf(at);
    clock.advanceMs(11 * 60_000);
    await expect(fresh(sessionId, asked)).rejects.toMatchObject({ code: 'identity.proof_needed' });
    expect((await at.ask('/confirm-password', { password: 'not the password' })).status).toBe(401);
    await expect(fresh(sessionId, asked)).rejects.toMatchObject({ code: 'identity.proof_needed' });
    await at.ask('/confirm-password', { password });
    await expect(fresh(sessionId, asked)).resolves.toBeUndefined();
    await expect(fresh(sessionId)).rejects.toMatchObject({ code: 'identity.factor_missing' });
    await givePasskey(bo);
    await expect(fresh(sessionId, asked)).rejects.toMatchObject({ code: 'identity.proof_needed' });
  });

  it.each(['/two-factor/disable', '/two-factor/generate-backup-codes', '/passkey/delete-passkey'])(
    'is needed for %s',
    async (path) => {
      const bo = await person();
      const at = browser();
      await signIn(at, bo);
      await enrolTotp(at);
      clock.advanceMs(11 * 60_000);
      const refused = await at.ask(path, { password, id: 'x' });
      expect(refused).toMatchObject({ status: 403, body: { code: 'identity.proof_needed' } });
    },
  );

  it('is needed to take up a further factor, or another password', async () => {
    const bo = await person();
    const at = browser();
    await signIn(at, bo);
    await givePasskey(bo);
    expect((await at.ask('/passkey/generate-register-options')).status).toBe(403);
    expect((await at.ask('/two-factor/enable', { password })).status).toBe(403);
    const change = { currentPassword: password, newPassword: 'another long password' };
    expect((await at.ask('/change-password', change)).status).toBe(403);
  });
});

/** The step that is left, or the whole session. */
const state = async (at: Browser) => {
  const sessions = createSessions({ auth, identity, clock, keepMs: 0 });
  const whole = await sessions.resolve(at.headers());
  return whole === null ? (await sessions.pending(at.headers()))?.step : whole;
};

describe('who administers', () => {
  it('reaches nothing but enrolment without a passkey, and nothing by password alone with one', async () => {
    const bo = await person('CompanyAdmin');
    const at = browser();
    await signIn(at, bo);
    expect(await state(at)).toBe('enrol-passkey');
    await givePasskey(bo);
    expect(await state(at)).toBe('show-passkey');
    await auth.freshness.record(await sessionOf(at), 'totp');
    expect(await state(at)).toBe('show-passkey');
    await auth.freshness.record(await sessionOf(at), 'passkey');
    expect(await state(at)).toMatchObject({ viewer: { user: { id: bo.id } }, passkeyAsked: false });
  });

  it('is let in and told of it where passkeys are only asked for', async () => {
    auth = makeAuth('asked');
    const bo = await person('CompanyAdmin');
    const at = browser();
    await signIn(at, bo);
    expect(await state(at)).toMatchObject({ viewer: { user: { id: bo.id } }, passkeyAsked: true });
  });

  it('who lost every factor gets a fresh start from an operator', async () => {
    const bo = await person('CompanyAdmin');
    const at = browser();
    await signIn(at, bo);
    await enrolTotp(at);
    await givePasskey(bo);
    events = [];
    const account = createAccount({ postgres, auth });
    await account.resetFactors(bo.email.toUpperCase());
    expect(events.map((event) => (event.kind === 'factor' ? event.change : event.kind))).toEqual([
      'ended',
      'reset',
    ]);
    expect(await auth.session(at.headers())).toBeNull();
    expect((await signIn(at, bo)).body).toEqual({ next: null });
    expect(await state(at)).toBe('enrol-passkey');
    await expect(account.resetFactors('ghost@example.com')).rejects.toMatchObject({
      code: 'identity.user_not_found',
    });
  });

  it('is one matter; others need no passkey, but show the one that they hold', async () => {
    const bo = await person('DER');
    const at = browser();
    await signIn(at, bo);
    expect(await state(at)).toMatchObject({ viewer: { user: { id: bo.id } } });
    await givePasskey(bo);
    expect(await state(at)).toBe('show-passkey');
  });
});

/** Milliseconds of the fourth of seven refusals. */
const median = async (email: string) => {
  const times: number[] = [];
  for (let n = 0; n < 7; n += 1) {
    const began = performance.now();
    await browser(`203.0.113.${n}`).ask('/sign-in/email', { email, password: 'not the password' });
    times.push(performance.now() - began);
  }
  return times.toSorted((a, b) => a - b)[3] ?? 0;
};

describe('a password', () => {
  it.each(['password123456', 'qwertyuiop12', 'aaaaaaaaaaaaaa', 'Bo@example.com'])(
    'is refused: %s',
    async (weak) => {
      await expect(
        auth.createUser({ name: 'Bo', email: 'bo@example.com', password: weak }),
      ).rejects.toMatchObject({ code: 'identity.user_invalid', places: [{ path: 'password' }] });
    },
  );

  it('is kept as argon2id, and changing it ends the other sessions', async () => {
    const bo = await person();
    const [at, elsewhere] = [browser(), browser()];
    await signIn(at, bo);
    await signIn(elsewhere, bo);
    const { rows } = await postgres.pool.query('select password from auth_accounts where user_id = $1', [
      bo.id,
    ]);
    expect(rows).toEqual([{ password: expect.stringMatching(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/) }]);
    const change = (newPassword: string) =>
      at.ask('/change-password', { currentPassword: password, newPassword, revokeOtherSessions: true });
    expect((await change('password123456')).body).toMatchObject({ code: 'identity.password_weak' });
    expect((await change('another long password')).status).toBe(200);
    expect(await auth.session(at.headers())).not.toBeNull();
    expect(await auth.session(elsewhere.headers())).toBeNull();
  });

  it('takes as long to refuse for an address that nobody has', async () => {
    const bo = await person();
    const [known, unknown] = [await median(bo.email), await median('ghost2@example.com')];
    // Without the same hashing for both, the one is a tenth of the other.
    expect(Math.max(known, unknown) / Math.min(known, unknown)).toBeLessThan(3);
  });
});
