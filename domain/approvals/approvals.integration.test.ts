import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TenantId, UserId } from '#contracts/ids';
import type { Area, Role } from '#contracts/roles';
import { createAudit, systemContext, verifyAudit, type ActContext } from '#domain/audit';
import { authorize, createIdentity, type Identity, type Scope } from '#domain/identity';
import { createFrozenClock } from '#platform/clock';
import { PlumblineError } from '#platform/errors';
import { randomIds } from '#platform/ids';
import { createTemporaryKeys } from '#platform/keys';
import type { Postgres } from '#platform/postgres';
import { openTestDatabase } from '../../tests/support/database.ts';
import { createApprovals, type Approvals } from './service.ts';
import type { ApprovalAct } from './request.ts';
import { expireOverdue } from './steps.ts';

const clock = createFrozenClock('2026-11-20T12:00:00.000Z');
const audit = createAudit({ clock, ids: randomIds, keys: createTemporaryKeys(clock) });
const system = systemContext('test');
const hourMs = 3_600_000;

let postgres: Postgres;
let identity: Identity;
let approvals: Approvals;
let tenantId: TenantId;
let other: TenantId;
let admin: Scope;
let second: Scope;
let der: Scope;
const stale = new Set<string>();
const effects: string[] = [];
let failing = false;

const areasOf = (payload: unknown): Area[] => (payload as { areas: Area[] }).areas;
const planned = (payload: unknown) => ({
  title: 'A thing',
  effects: ['It happens'],
  areas: areasOf(payload),
  ...(payload as { aboutUserId?: UserId }),
});
const granting: ApprovalAct = {
  plan: (_scope, payload) => Promise.resolve(planned(payload)),
  effect: async (tx, scope, request) => {
    await sql`update tenants set role_labels = role_labels || '{"DER": "done"}'::jsonb where tenant_id = ${scope.tenantId}`.execute(
      tx,
    );
    if (failing) throw new Error('the effect failed');
    effects.push(request.id);
    return { outcome: 'Done.' };
  },
};
const exporting: ApprovalAct = {
  plan: (_scope, payload) => Promise.resolve(planned(payload)),
  make: (_scope, request) =>
    Promise.resolve({
      outcome: 'Handed out.',
      file: { name: 'a.csv', type: 'text/csv', text: `made for ${request.id}` },
    }),
};

const contextOf = (scope: Scope): ActContext => ({
  actor: { type: 'user', id: scope.userId, name: `User ${scope.role}` },
  ip: null,
  sessionId: `session ${scope.userId}`,
  requestId: null,
});

function service(on: Postgres): Approvals {
  return createApprovals({
    postgres: on,
    audit,
    clock,
    ids: randomIds,
    acts: { role_grant: granting, pii_export: exporting },
    requireFresh: ({ sessionId }) =>
      stale.has(sessionId ?? '')
        ? Promise.reject(
            new PlumblineError({ kind: 'forbidden', code: 'identity.proof_needed', detail: 'Show it' }),
          )
        : Promise.resolve(),
    onChanged: () => {},
  });
}

async function member(of: TenantId, role: Role, more = {}): Promise<Scope> {
  const id = randomIds.next('user');
  const email = `${id}@example.com`;
  await postgres.pool.query(
    `insert into auth_users (id, name, email, email_verified) values ($1, 'Ann', $2, true)`,
    [id, email],
  );
  await identity.grantMembership({ tenantId: of, userId: id, role, ...more }, system);
  const viewer = await identity.viewer({ id, name: 'Ann', email }, of);
  if (viewer === null) throw new Error('no viewer');
  return authorize(viewer, 'see', 'any-module');
}

beforeAll(async () => {
  postgres = await openTestDatabase();
  identity = createIdentity({ postgres, clock, ids: randomIds, audit });
  approvals = service(postgres);
});
afterAll(() => postgres.close());

beforeEach(async () => {
  tenantId = await identity.createTenant({ kind: 'service', name: 'North', zone: 'UTC' }, system);
  other = await identity.createTenant({ kind: 'service', name: 'South', zone: 'UTC' }, system);
  admin = await member(tenantId, 'CompanyAdmin');
  second = await member(tenantId, 'CompanyAdmin');
  der = await member(tenantId, 'DER');
  stale.clear();
  effects.length = 0;
  failing = false;
});

const endOverdue = () => expireOverdue({ postgres, audit, clock }, system, () => {});
const reason = 'a reason of some words';
const grant = (payload: object = { areas: ['administration'] }) =>
  approvals.request(admin, { kind: 'role_grant', payload, reason }, contextOf(admin));
const exported = (scope = admin, areas: Area[] = ['dot']) =>
  approvals.request(scope, { kind: 'pii_export', payload: { areas }, reason }, contextOf(scope));
const decide = (scope: Scope, id: string, verdict: 'approve' | 'refuse' = 'approve') =>
  approvals.decide(scope, { id, verdict, reason }, contextOf(scope));
const actsLogged = (id: string) =>
  postgres.asTenant(tenantId, async (tx) => {
    const { entries } = await audit.list(tx, { subjectId: id }, { limit: 50 });
    return entries.map((entry) => `${entry.act} ${entry.actor.id}`).toReversed();
  });
const counts = async (scope: Scope) => (await approvals.list(scope, 'all', { limit: 9, offset: 0 })).counts;
const change = (id: string, set: string) =>
  postgres.asSystem((tx) => sql`update approval_requests set ${sql.raw(set)} where id = ${id}`.execute(tx));
const stateOf = async (id: string, scope = admin) =>
  (await approvals.list(scope, 'all', { limit: 50, offset: 0 })).requests.find((one) => one.id === id)?.state;

describe('an act that runs at approval', () => {
  it('is done once by the second person, with an entry for each step', async () => {
    const { id } = await grant();
    expect(effects).toEqual([]);
    expect(await decide(second, id)).toMatchObject({ state: 'done', outcome: 'Done.' });
    expect(effects).toEqual([id]);
    expect(await actsLogged(id)).toEqual([
      `approvals:request:make ${admin.userId}`,
      `approvals:request:approve ${second.userId}`,
      `approvals:request:run ${second.userId}`,
    ]);
    await expect(decide(second, id)).rejects.toMatchObject({ code: 'approvals.refused' });
    expect(effects).toEqual([id]);
    expect(await verifyAudit(postgres, tenantId)).toMatchObject({ ok: true });
  });

  it('leaves nothing behind when its effect fails: no approval, no entry', async () => {
    const { id } = await grant();
    failing = true;
    await expect(decide(second, id)).rejects.toThrow('the effect failed');
    expect(await stateOf(id)).toBe('requested');
    expect(await actsLogged(id)).toHaveLength(1);
    expect((await identity.tenant(tenantId)).roleLabels).toEqual({});
  });
});

describe('who may answer', () => {
  it('is not who asked, in the service and in the database', async () => {
    const { id } = await grant();
    await expect(decide(admin, id)).rejects.toMatchObject({
      code: 'approvals.decision_denied',
      detail: expect.stringContaining('a second person must answer'),
    });
    const own = sql`update approval_requests set state = 'approved', decided_by = requested_by, decided_at = now(),
      decision_reason = 'myself' where id = ${id}`;
    await expect(postgres.asTenant(tenantId, (tx) => own.execute(tx))).rejects.toThrow('second_person');
  });

  it('is not whom it makes more powerful', async () => {
    const { id } = await grant({ areas: ['administration'], aboutUserId: second.userId });
    await expect(decide(second, id)).rejects.toMatchObject({ code: 'approvals.decision_denied' });
  });

  it('holds the right to approve in every area: others are not told that it exists', async () => {
    const { id } = await exported(admin, ['dot', 'health']);
    await expect(decide(der, id)).rejects.toMatchObject({ code: 'approvals.not_found' });
    const { id: dot } = await exported(admin, ['dot']);
    expect(await decide(der, dot)).toMatchObject({ state: 'approved' });
  });

  it('confirmed lately who they are', async () => {
    const { id } = await grant();
    stale.add(`session ${second.userId}`);
    await expect(decide(second, id)).rejects.toMatchObject({ code: 'identity.proof_needed' });
    expect(await stateOf(id)).toBe('requested');
  });

  it('belongs to the company', async () => {
    const stranger = await member(other, 'CompanyAdmin');
    const { id } = await grant();
    await expect(decide(stranger, id)).rejects.toMatchObject({ code: 'approvals.not_found' });
    expect((await approvals.list(stranger, 'all', { limit: 50, offset: 0 })).requests).toEqual([]);
  });
});

describe('who may ask', () => {
  it('holds the right themselves', async () => {
    await expect(exported(der, ['training'])).rejects.toMatchObject({
      code: 'approvals.request_denied',
      detail: expect.stringContaining('Training'),
    });
    expect((await exported(der, ['dot'])).state).toBe('requested');
  });

  it('sees a list of what waits for them and what they asked for', async () => {
    await exported(der, ['dot']);
    expect(await counts(der)).toEqual({ waiting: 0, mine: 1, all: 1 });
    expect(await counts(admin)).toEqual({ waiting: 1, mine: 0, all: 1 });
    const safety = await member(tenantId, 'SafetyManager', { divisionIds: [randomIds.next('division')] });
    expect(await counts(safety)).toEqual({ waiting: 0, mine: 0, all: 0 });
  });
});

describe('an act that the requester fetches', () => {
  it('is handed out once, though two ask at the same time', async () => {
    const { id } = await exported();
    await decide(second, id);
    const answers = await Promise.allSettled([
      approvals.run(admin, id, contextOf(admin)),
      service(postgres).run(admin, id, contextOf(admin)),
    ]);
    expect(answers.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    expect(answers.find((one) => one.status === 'rejected')?.reason).toMatchObject({
      code: 'approvals.refused',
    });
    const entries = await actsLogged(id);
    expect(entries.filter((entry) => entry.startsWith('approvals:request:run'))).toHaveLength(1);
  });

  it('needs the approval, the requester and their right at that time', async () => {
    const { id } = await exported();
    await expect(approvals.run(admin, id, contextOf(admin))).rejects.toMatchObject({
      code: 'approvals.refused',
      detail: 'Nobody has approved this yet.',
    });
    await decide(second, id);
    await expect(approvals.run(second, id, contextOf(second))).rejects.toMatchObject({
      code: 'approvals.not_yours',
    });
    const less: Scope = { ...admin, rights: { ...admin.rights, dot: ['view'] } };
    await expect(approvals.run(less, id, contextOf(admin))).rejects.toMatchObject({
      code: 'approvals.request_denied',
    });
    expect((await approvals.run(admin, id, contextOf(admin))).file?.text).toBe(`made for ${id}`);
  });

  it('can be taken back before it was fetched', async () => {
    const { id } = await exported();
    await decide(second, id);
    await decide(second, id, 'refuse');
    await expect(approvals.run(admin, id, contextOf(admin))).rejects.toMatchObject({
      detail: 'This was refused.',
    });
  });
});

describe('time', () => {
  it('ends what nobody answered, by the job with an entry', async () => {
    clock.advanceMs(1000 * hourMs);
    await endOverdue();
    const { id } = await grant();
    clock.advanceMs(72 * hourMs - 1);
    expect(await endOverdue()).toBe(0);
    clock.advanceMs(1);
    await expect(decide(second, id)).rejects.toMatchObject({
      detail: 'The time for this ran out. Ask again.',
    });
    expect(await endOverdue()).toBe(1);
    expect(await stateOf(id)).toBe('expired');
    expect((await actsLogged(id)).at(-1)).toBe('approvals:request:expire system:test');
    expect(await endOverdue()).toBe(0);
  });

  it('ends an approval that was not used within a day', async () => {
    const { id } = await exported();
    await decide(second, id);
    clock.advanceMs(24 * hourMs);
    await expect(approvals.run(admin, id, contextOf(admin))).rejects.toMatchObject({
      detail: 'The time for this ran out. Ask again.',
    });
  });
});

describe('the database', () => {
  it('keeps the words that were approved, and closed requests closed', async () => {
    const { id } = await grant();
    await expect(change(id, `payload = '{"areas": ["billing"]}'`)).rejects.toThrow('cannot be changed');
    await expect(change(id, `state = 'done'`)).rejects.toThrow('does not go from requested to done');
    await approvals.withdraw(admin, id, contextOf(admin));
    await expect(change(id, `state = 'requested'`)).rejects.toThrow('does not go from withdrawn');
    const remove = sql`delete from approval_requests where id = ${id}`;
    await expect(postgres.asTenant(tenantId, (tx) => remove.execute(tx))).rejects.toThrow(
      /permission denied/,
    );
  });

  it('lets nobody but the requester withdraw', async () => {
    const { id } = await grant();
    await expect(approvals.withdraw(second, id, contextOf(second))).rejects.toMatchObject({
      code: 'approvals.not_yours',
    });
  });
});
