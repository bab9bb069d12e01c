import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantId, UserId } from '#contracts/ids';
import type { Role } from '#contracts/roles';
import { createAudit, systemContext, type ActContext } from '#domain/audit';
import { createFrozenClock, systemClock } from '#platform/clock';
import { PlumblineError } from '#platform/errors';
import { randomIds } from '#platform/ids';
import { createTemporaryKeys } from '#platform/keys';
import { createSilentLog } from '#platform/log';
import type { Mail, MailMessage } from '#platform/mail';
import type { Postgres } from '#platform/postgres';
import { openTestDatabase } from '../../../tests/support/database.ts';
import { createAuth, type Auth } from '../auth/create-auth.ts';
import { authorize } from '../authorize.ts';
import type { Scope } from '../scope.ts';
import { createIdentity, type Identity } from '../service.ts';
import { createInvitations, type Invitations } from './service.ts';

const origin = 'http://localhost:3000';
const password = 'correct horse battery';
const system = systemContext('test');
const clock = createFrozenClock(systemClock.now());
const audit = createAudit({ clock, ids: randomIds, keys: createTemporaryKeys(clock) });

let postgres: Postgres;
let auth: Auth;
let identity: Identity;
let invitations: Invitations;
let sent: MailMessage[] = [];
let broken = false;
let count = 0;

/** A mail server that can be taken away. */
const mail: Mail = {
  by: 'smtp',
  send: (message) => {
    if (broken)
      return Promise.reject(new PlumblineError({ kind: 'unavailable', code: 'mail.not_sent', detail: '-' }));
    sent.push(message);
    return Promise.resolve();
  },
};

beforeAll(async () => {
  postgres = await openTestDatabase();
  const log = createSilentLog();
  auth = createAuth({ postgres, secret: 'a'.repeat(40), origins: [origin], clock, ids: randomIds, log });
  identity = createIdentity({ postgres, clock, ids: randomIds, audit });
  invitations = createInvitations({ postgres, clock, ids: randomIds, audit, mail, auth, origin });
});
afterAll(() => postgres.close());

interface Office {
  readonly tenantId: TenantId;
  readonly scope: Scope;
  readonly context: ActContext;
}

async function office(role: Role = 'CompanyAdmin'): Promise<Office> {
  count += 1;
  const tenantId = await identity.createTenant(
    { kind: 'service', name: `Haul ${count}`, zone: 'UTC' },
    system,
  );
  const user = { name: 'Ann', email: `ann${count}@example.com` };
  const id = await auth.createUser({ ...user, password });
  await identity.grantMembership({ tenantId, userId: id, role }, system);
  const viewer = await identity.viewer({ ...user, id }, tenantId);
  if (viewer === null) throw new Error('no viewer');
  const context: ActContext = { ...system, actor: { type: 'user', id, name: 'Ann' } };
  return { tenantId, scope: authorize(viewer, 'view', 'administration'), context };
}

const tokenIn = (message: MailMessage | undefined): string =>
  /\/invitation\/(\S+)/.exec(message?.text ?? '')?.[1] ?? 'none';

async function invite({ scope, context }: Office, more: { email?: string; role?: Role } = {}) {
  count += 1;
  const wanted = { email: `new${count}@example.com`, name: 'Noa', role: 'SafetyManager' as const, ...more };
  sent = [];
  const made = await invitations.invite(scope, wanted, context);
  return { ...made, email: wanted.email, token: tokenIn(sent[0]) };
}

const by = (more: { signedIn?: UserId; password?: string } = {}) => ({
  signedIn: more.signedIn ?? null,
  password: more.password ?? null,
  ip: '192.0.2.1',
  requestId: null,
});

describe('an invitation', () => {
  it('goes by mail, and its link with a password makes the account and the place', async () => {
    const at = await office();
    const { token, email, mailed } = await invite(at);
    expect(mailed).toBe(true);
    expect(sent[0]).toMatchObject({ to: email, subject: expect.stringContaining('Ann invites you to Haul') });
    expect(await invitations.show(token)).toMatchObject({
      email,
      roleLabel: 'Safety manager',
      hasAccount: false,
    });
    await expect(invitations.accept(token, by({ password: 'password12345' }))).rejects.toMatchObject({
      code: 'identity.user_invalid',
    });
    const { userId } = await invitations.accept(token, by({ password }));
    const viewer = await identity.viewer({ id: userId, name: 'Noa', email }, null);
    expect(viewer?.membership).toMatchObject({ tenantId: at.tenantId, role: 'SafetyManager' });
    const { entries } = await postgres.asTenant(at.tenantId, (tx) =>
      audit.list(tx, { act: 'identity:invitation:*' }, { limit: 10 }),
    );
    expect(entries.map(({ act }) => act)).toEqual(['identity:invitation:accept', 'identity:invitation:make']);
    expect(JSON.stringify(entries)).not.toContain(token);
    await expect(invitations.accept(token, by({ password }))).rejects.toMatchObject({
      code: 'identity.invitation_over',
    });
  });

  it('lets somebody with an account in only when signed in to it', async () => {
    const [one, other] = [await office(), await office()];
    const { token, email } = await invite(one);
    const { userId } = await invitations.accept(token, by({ password }));
    const again = await invite(other, { email: email.toUpperCase() });
    expect(await invitations.show(again.token)).toMatchObject({ hasAccount: true });
    for (const wrong of [by({ password }), by({ signedIn: randomIds.next('user') })]) {
      await expect(invitations.accept(again.token, wrong)).rejects.toMatchObject({
        code: 'identity.sign_in_to_accept',
      });
    }
    await invitations.accept(again.token, by({ signedIn: userId }));
    await expect(invite(other, { email })).rejects.toMatchObject({ code: 'identity.member_already' });
  });

  it('ends after a week, when it is taken back, and when it is sent anew', async () => {
    const at = await office();
    const late = await invite(at);
    const first = await invite(at);
    await invitations.resend(at.scope, first.id, at.context);
    const second = tokenIn(sent[1]);
    await expect(invitations.show(first.token)).rejects.toMatchObject({
      code: 'identity.invitation_not_found',
    });
    expect(await invitations.show(second)).toMatchObject({ email: first.email });
    await invitations.revoke(at.scope, first.id, at.context);
    await expect(invitations.show(second)).rejects.toMatchObject({ code: 'identity.invitation_over' });
    clock.advanceMs(7 * 86_400_000);
    await expect(invitations.accept(late.token, by({ password }))).rejects.toMatchObject({
      code: 'identity.invitation_over',
    });
    expect((await invitations.list(at.scope)).map(({ state }) => state).toSorted()).toEqual([
      'expired',
      'revoked',
    ]);
    await invitations.resend(at.scope, late.id, at.context);
    expect(await invitations.show(tokenIn(sent.at(-1)))).toMatchObject({ email: late.email });
  });

  it('is for who administers, for roles of the company, and not for those that approve', async () => {
    const at = await office();
    await expect(invite(await office('SafetyManager'))).rejects.toMatchObject({
      code: 'identity.inviting_not_permitted',
    });
    await expect(invite(at, { role: 'Auditor' })).rejects.toMatchObject({
      code: 'identity.role_not_for_portal',
    });
    await expect(invite(at, { role: 'CompanyAdmin' })).rejects.toMatchObject({
      code: 'identity.second_person_needed',
    });
    const { email } = await invite(at);
    await expect(invite(at, { email })).rejects.toMatchObject({ code: 'identity.invitation_open' });
  });

  it('of another company is not to be seen, sent or taken back', async () => {
    const [one, other] = [await office(), await office()];
    const { id } = await invite(one);
    expect(await invitations.list(other.scope)).toEqual([]);
    const missing = { code: 'identity.invitation_not_found' };
    await expect(invitations.resend(other.scope, id, other.context)).rejects.toMatchObject(missing);
    await expect(invitations.revoke(other.scope, id, other.context)).rejects.toMatchObject(missing);
  });

  it('stands when the mail did not go out', async () => {
    broken = true;
    const at = await office();
    const { id, mailed } = await invite(at);
    broken = false;
    expect([mailed, (await invitations.list(at.scope)).map((one) => one.id)]).toEqual([false, [id]]);
    expect(await invitations.resend(at.scope, id, at.context)).toEqual({ mailed: true });
  });
});
