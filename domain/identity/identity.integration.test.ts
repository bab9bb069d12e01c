import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TenantId, UserId } from '#contracts/ids';
import type { Role } from '#contracts/roles';
import { createAudit, systemContext, verifyAudit } from '#domain/audit';
import { createFrozenClock } from '#platform/clock';
import { randomIds } from '#platform/ids';
import { createTemporaryKeys } from '#platform/keys';
import type { Postgres } from '#platform/postgres';
import { openTestDatabase } from '../../tests/support/database.ts';
import { authorize } from './authorize.ts';
import { createIdentity, type Identity } from './service.ts';
import type { Viewer } from './viewer.ts';

const context = systemContext('test');
const clock = createFrozenClock('2026-11-20T12:00:00.000Z');
const audit = createAudit({ clock, ids: randomIds, keys: createTemporaryKeys(clock) });

let postgres: Postgres;
let identity: Identity;
let overseer: TenantId;
let north: TenantId;
let south: TenantId;

beforeAll(async () => {
  postgres = await openTestDatabase();
  identity = createIdentity({ postgres, clock, ids: randomIds, audit });
});
afterAll(() => postgres.close());

beforeEach(async () => {
  overseer = await identity.createTenant({ kind: 'compliance', name: 'Overseer', zone: 'UTC' }, context);
  north = await identity.createTenant({ kind: 'service', name: 'North', zone: 'America/Chicago' }, context);
  south = await identity.createTenant(
    { kind: 'service', name: 'South', zone: 'UTC', roleLabels: { DER: 'Drug lead' } },
    context,
  );
});

async function newUser(): Promise<Viewer['user']> {
  const id = randomIds.next('user');
  const email = `${id}@example.com`;
  await postgres.pool.query(
    `insert into auth_users (id, name, email, email_verified) values ($1, 'Ann', $2, true)`,
    [id, email],
  );
  return { id, name: 'Ann', email };
}

async function member(tenantId: TenantId, role: Role | null, more = {}): Promise<Viewer['user']> {
  const user = await newUser();
  await identity.grantMembership({ tenantId, userId: user.id, role, ...more }, context);
  return user;
}

async function viewerOf(user: Viewer['user'], tenantId: string | null = null): Promise<Viewer> {
  const viewer = await identity.viewer(user, tenantId);
  if (viewer === null) throw new Error('no viewer');
  return viewer;
}

describe('oversight', () => {
  it('lets a ComplianceManager act for all overseen companies, others for assigned ones', async () => {
    await identity.oversee(overseer, north, context);
    clock.advanceMs(1000);
    await identity.oversee(overseer, south, context);
    const manager = await viewerOf(await member(overseer, 'ComplianceManager'));
    expect(manager.membership.actsFor).toEqual([north, south]);
    const auditor = await viewerOf(await member(overseer, 'Auditor', { assignedTenantIds: [south] }));
    expect(auditor.membership.actsFor).toEqual([south]);
    expect(authorize({ ...auditor, actingTenantId: south }, 'deidentified', 'dot').tenantId).toBe(south);
    expect(() => authorize({ ...auditor, actingTenantId: north }, 'deidentified', 'dot')).toThrow(
      'identity.tenant_not_reached',
    );
  });

  it('is needed: an assignment alone gives nothing, and it ends with the oversight', async () => {
    const user = await member(overseer, 'AuditManager', { assignedTenantIds: [north] });
    expect((await viewerOf(user, north)).membership.actsFor).toEqual([]);
    await identity.oversee(overseer, north, context);
    expect((await viewerOf(user, north)).actingTenantId).toBe(north);
    await identity.endOversight(overseer, north, context);
    expect((await viewerOf(user, north)).actingTenantId).toBe(overseer);
  });

  it('is of a compliance company over a service company only', async () => {
    for (const [above, below] of [
      [north, south],
      [north, overseer],
      [overseer, overseer],
    ] as const) {
      await expect(identity.oversee(above, below, context)).rejects.toMatchObject({
        code: 'identity.oversight_invalid',
      });
    }
  });
});

describe('createTenant', () => {
  it('refuses a zone that is none', async () => {
    const tenant = { kind: 'service', name: 'Nowhere', zone: 'Mars/Base' } as const;
    await expect(identity.createTenant(tenant, context)).rejects.toMatchObject({
      code: 'identity.zone_unknown',
    });
  });
});

describe('memberships', () => {
  it.each([
    ['service', 'Auditor'],
    ['service', 'ComplianceManager'],
    ['compliance', 'CompanyAdmin'],
    ['compliance', 'DER'],
    ['compliance', null],
  ] as const)('in a %s company take no %s', async (kind, role) => {
    const user = await newUser();
    const tenantId = kind === 'service' ? north : overseer;
    await expect(
      identity.grantMembership({ tenantId, userId: user.id, role }, context),
    ).rejects.toMatchObject({
      code: 'identity.role_not_for_portal',
    });
    expect(await identity.viewer(user, null)).toBeNull();
  });

  it('need a user, a company and an employee that exist', async () => {
    const user = await newUser();
    const grant = { tenantId: north, userId: user.id, role: 'DER' } as const;
    await expect(
      identity.grantMembership({ ...grant, userId: 'usr_none' as UserId }, context),
    ).rejects.toMatchObject({ code: 'identity.grant_invalid' });
    await expect(
      identity.grantMembership({ ...grant, tenantId: randomIds.next('tenant') }, context),
    ).rejects.toMatchObject({ code: 'identity.tenant_not_found' });
    await expect(
      identity.grantMembership({ ...grant, employeeId: randomIds.next('employee') }, context),
    ).rejects.toMatchObject({ code: 'identity.grant_invalid' });
  });

  it('change in place, end, and each act is in the company’s log', async () => {
    const user = await member(north, 'HROnboarding');
    await identity.grantMembership({ tenantId: north, userId: user.id, role: 'DER' }, context);
    expect((await viewerOf(user)).membership.role).toBe('DER');
    await identity.revokeMembership(north, user.id, context);
    await identity.revokeMembership(north, user.id, context);
    expect(await identity.viewer(user, north)).toBeNull();
    const { entries } = await postgres.asTenant(north, (tx) =>
      audit.list(tx, { act: 'identity:*' }, { limit: 10 }),
    );
    expect(entries.map((entry) => entry.act)).toEqual([
      'identity:membership:revoke',
      'identity:membership:change',
      'identity:membership:grant',
      'identity:tenant:create',
    ]);
    expect(entries[1]).toMatchObject({ before: { role: 'HROnboarding' }, after: { role: 'DER' } });
    expect((await verifyAudit(postgres, north)).ok).toBe(true);
  });

  it('in several companies: the one looked at decides the role', async () => {
    const user = await member(north, 'CompanyAdmin');
    clock.advanceMs(1000);
    await identity.grantMembership({ tenantId: south, userId: user.id, role: 'ReadOnlyAuditor' }, context);
    expect((await viewerOf(user)).membership.role).toBe('CompanyAdmin');
    expect((await viewerOf(user, south)).membership.role).toBe('ReadOnlyAuditor');
    const tenants = await identity.tenantsOf(await viewerOf(user));
    expect(tenants.map((tenant) => [tenant.name, tenant.roleLabels])).toEqual([
      ['North', {}],
      ['South', { DER: 'Drug lead' }],
    ]);
  });

  it('are listed to those who view administration, of their company only', async () => {
    await member(south, 'DER');
    const admin = await viewerOf(await member(north, 'CompanyAdmin'));
    const listed = await identity.members(authorize(admin, 'view', 'administration'), {
      limit: 10,
      offset: 0,
    });
    expect(listed).toMatchObject({
      total: 1,
      members: [{ role: 'CompanyAdmin', name: 'Ann', tenantId: north }],
    });
    const hr = await viewerOf(await member(north, 'HROnboarding'));
    await expect(
      identity.members(authorize(hr, 'view', 'training'), { limit: 10, offset: 0 }),
    ).rejects.toMatchObject({ code: 'identity.members_hidden' });
  });
});

describe('recordSession', () => {
  it('writes sign-ins and refusals to the log of every company of the user, and nothing for strangers', async () => {
    const user = await member(north, 'DER');
    await identity.grantMembership({ tenantId: south, userId: user.id, role: 'DER' }, context);
    const agent = 'Firefox';
    const refused = { kind: 'refused', step: 'password', agent } as const;
    await identity.recordSession({
      kind: 'started',
      sessionId: 's1',
      userId: user.id,
      method: 'passkey',
      ip: '192.0.2.1',
      agent,
    });
    await identity.recordSession({ ...refused, email: user.email.toUpperCase(), ip: '192.0.2.2' });
    await identity.recordSession({ ...refused, email: 'ghost@example.com', ip: null });
    for (const tenantId of [north, south]) {
      const { entries } = await postgres.asTenant(tenantId, (tx) =>
        audit.list(tx, { act: 'identity:session:*' }, { limit: 10 }),
      );
      expect(entries).toMatchObject([
        { act: 'identity:session:refuse', ip: '192.0.2.2', actor: { id: user.id }, sessionId: null },
        {
          act: 'identity:session:start',
          ip: '192.0.2.1',
          sessionId: 's1',
          after: { by: 'passkey', agent: 'Firefox' },
        },
      ]);
    }
  });
});

describe('somebody with several roles', () => {
  it('has one on at a time, and changes by naming it', async () => {
    const user = await member(north, 'SafetyManager', {
      otherRoles: ['DER'],
      divisionIds: [randomIds.next('division')],
    });
    const first = await viewerOf(user, north);
    expect(first.membership.role).toBe('SafetyManager');
    const other = await viewerOf(user, `${north}.DER`);
    expect(other.membership.role).toBe('DER');
    expect(() => authorize(first, 'approve', 'dot')).toThrow('identity.right_missing');
    expect(authorize(other, 'approve', 'dot').divisionIds).toBeNull();
    expect((await viewerOf(user, `${north}.CompanyAdmin`)).membership.role).toBe('SafetyManager');
  });

  it('gets another beside the first, and keeps the places and the own record', async () => {
    const divisionIds = [randomIds.next('division')];
    const user = await member(north, 'SafetyManager', { divisionIds });
    await identity.grantMembership(
      { tenantId: north, userId: user.id, role: 'HROnboarding', beside: true },
      context,
    );
    const seats = await identity.seatsOf(await viewerOf(user));
    expect(seats.map(({ role, tenant }) => [role, tenant.name])).toEqual([
      ['SafetyManager', 'North'],
      ['HROnboarding', 'North'],
    ]);
    expect((await viewerOf(user)).membership.divisionIds).toEqual(divisionIds);
  });

  it('is given no privileged role by one person alone, not beside another either', async () => {
    const user = await member(north, 'SafetyManager');
    const person = { ...context, actor: { type: 'user' as const, id: 'usr_1', name: 'Ann' } };
    for (const grant of [{ role: 'DER' as const }, { role: 'DER' as const, beside: true }])
      await expect(
        identity.grantMembership({ tenantId: north, userId: user.id, ...grant }, person),
      ).rejects.toMatchObject({ code: 'identity.second_person_needed' });
    await identity.grantMembership({ tenantId: north, userId: user.id, role: 'HROnboarding' }, person);
    expect((await viewerOf(user)).membership.role).toBe('HROnboarding');
  });
});

describe('the words for roles', () => {
  it('are the company’s own, in refusals too, and their change is in the log', async () => {
    const admin = authorize(await viewerOf(await member(north, 'CompanyAdmin')), 'write', 'administration');
    await identity.nameRoles(admin, { SiteSupervisor: 'Yard boss' }, context);
    const boss = await viewerOf(await member(north, 'SiteSupervisor'));
    expect(() => authorize(boss, 'view', 'administration')).toThrow('your role is Yard boss');
    const { entries } = await postgres.asTenant(north, (tx) =>
      audit.list(tx, { act: 'identity:role_labels:change' }, { limit: 5 }),
    );
    expect(entries[0]).toMatchObject({ before: {}, after: { SiteSupervisor: 'Yard boss' } });
    await expect(identity.nameRoles(admin, { Auditor: 'Nobody here' }, context)).rejects.toMatchObject({
      code: 'identity.role_not_for_portal',
    });
    const boss2 = authorize(boss, 'status', 'dot');
    await expect(identity.nameRoles(boss2, {}, context)).rejects.toMatchObject({
      code: 'identity.role_labels_denied',
    });
  });
});

describe('acting for a client', () => {
  it('is in the logs of both companies, with the company and the user', async () => {
    await identity.oversee(overseer, north, context);
    const viewer = await viewerOf(await member(overseer, 'ComplianceManager'), north);
    const { id, name } = viewer.user;
    const act = { ...context, actor: { type: 'user' as const, id, name } };
    await identity.recordActing(viewer, 'begin', act);
    for (const tenantId of [overseer, north]) {
      const { entries } = await postgres.asTenant(tenantId, (tx) =>
        audit.list(tx, { act: 'identity:acting:begin' }, { limit: 5 }),
      );
      expect(entries).toHaveLength(1);
      expect(entries[0]).toMatchObject({
        actor: { id },
        after: { company: 'Overseer', role: 'ComplianceManager', client: 'North' },
      });
    }
    await identity.recordActing({ ...viewer, actingTenantId: overseer }, 'begin', act);
  });
});
