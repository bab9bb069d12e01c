import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EmployeeId, UserId } from '#contracts/ids';
import type { Role } from '#contracts/roles';
import type { ApprovalOrder } from '#contracts/screens/approvals';
import { noPeopleQuery } from '#contracts/screens/people';
import { createApprovals, type Approvals } from '#domain/approvals';
import { systemContext, type ActContext } from '#domain/audit';
import { compilePacks } from '#domain/flags';
import { authorize, type Scope } from '#domain/identity';
import { openWorld, type World } from '../../../../tests/support/world.ts';
import { createBoard } from '../board/model.ts';
import { createBoardReader } from '../board/read.postgres.ts';
import { createPersonPages } from '../person/pages.ts';
import { createPseudonyms } from '../pseudonyms.ts';
import { createDqPacket } from './dq-packet.ts';
import { createLegalHoldAct } from './legal-hold.ts';
import { createPeopleWithNames } from './people-with-names.ts';
import { createRoleGrantAct } from './role-grant.ts';

let world: World;
let approvals: Approvals;
let employeeId: EmployeeId;
let admin: Scope;
let second: Scope;

const reason = 'a reason of some words';
const system = systemContext('test');

beforeEach(async () => {
  world = await openWorld();
  approvals = openApprovals();
  employeeId = await world.hire('1', { dot: { class: 'CI', intracityZone: false } });
  [admin, second] = [await member('CompanyAdmin', 'Ann'), await member('CompanyAdmin', 'Bo')];
});
afterEach(() => world.close());

function openApprovals(): Approvals {
  const { postgres, keys, clock, ids, identity, domain } = world;
  const pseudonyms = createPseudonyms(new Uint8Array(32));
  const persons = createPersonPages({
    postgres,
    keys,
    clock,
    pseudonyms,
    ...domain,
    dotPack: compilePacks().dot,
  });
  const reader = createBoardReader(postgres);
  const board = createBoard({
    reader,
    pseudonyms,
    clock,
    freshMs: 1000,
    maxPeople: 1000,
    ruleTitle: (ruleId) => ruleId,
  });
  return createApprovals({
    postgres,
    clock,
    ids,
    audit: domain.audit,
    acts: {
      pii_export: createPeopleWithNames({ board, people: domain.people, clock }),
      dq_packet: createDqPacket({ people: domain.people, persons, clock }),
      role_grant: createRoleGrantAct(identity),
      legal_hold: createLegalHoldAct({ postgres, ...domain }),
    },
    requireFresh: () => Promise.resolve(),
    onChanged: () => {},
  });
}

async function member(role: Role, name: string): Promise<Scope> {
  const id = world.ids.next('user');
  const user = { id, name, email: `${id}@example.com` };
  await world.postgres.pool.query(
    `insert into auth_users (id, name, email, email_verified) values ($1, $2, $3, true)`,
    [id, name, user.email],
  );
  await world.identity.grantMembership({ tenantId: world.tenantId, userId: id, role }, system);
  const viewer = await world.identity.viewer(user, world.tenantId);
  if (viewer === null) throw new Error('no viewer');
  return authorize(viewer, 'see', 'any-module');
}

const contextOf = (scope: Scope): ActContext => ({
  ...system,
  actor: { type: 'user', id: scope.userId, name: 'somebody' },
});
const ask = (order: ApprovalOrder) => approvals.request(admin, { ...order, reason }, contextOf(admin));
const approve = (id: string) =>
  approvals.decide(second, { id, verdict: 'approve', reason }, contextOf(second));
const rolesOf = async (userId: UserId) => {
  const { members } = await world.identity.members(admin, { limit: 10, offset: 0 });
  const found = members.find((one) => one.userId === userId);
  return [found?.role, ...(found?.otherRoles ?? [])];
};

const grant = (userId: UserId, role: Role, beside = true): ApprovalOrder => ({
  kind: 'role_grant',
  payload: { userId, role, beside, divisionIds: null, locationIds: null, assignedTenantIds: [] },
});

describe('a privileged role', () => {
  test('is given when the second person approves, not before', async () => {
    const { userId } = await member('HROnboarding', 'Cy');
    const { id, title, effects } = await ask(grant(userId, 'DER'));
    expect(title).toBe('Cy becomes DER');
    expect(effects[0]).toBe('Cy gets the role DER in Test Haulage at once, beside the roles they have.');
    expect(effects.join(' ')).toContain('May see, change, approve, export: Drug & alcohol');
    expect(await rolesOf(userId)).toEqual(['HROnboarding']);
    expect(await approve(id)).toMatchObject({ state: 'done', outcome: 'The role was given.' });
    expect(await rolesOf(userId)).toEqual(['HROnboarding', 'DER']);
  });

  test('is not approved by whom it is for, and not one of another kind of company', async () => {
    const { id } = await ask(grant(second.userId, 'DER'));
    await expect(approve(id)).rejects.toMatchObject({ code: 'approvals.decision_denied' });
    await expect(ask(grant(second.userId, 'AuditManager'))).rejects.toMatchObject({
      code: 'approvals.role_not_here',
    });
    await expect(ask(grant(world.ids.next('user'), 'DER'))).rejects.toMatchObject({
      code: 'approvals.user_unknown',
    });
  });
});

const holds = () =>
  world.postgres.asTenant(world.tenantId, async (tx) =>
    (await world.domain.legalHolds.of(tx, world.tenantId, employeeId)).map(({ matter }) => matter),
  );
const hold = (act: 'place' | 'lift'): ApprovalOrder => ({
  kind: 'legal_hold',
  payload: { act, employeeId, matter: 'Smith v. Haulage' },
});

describe('a legal hold', () => {
  test('stands from the approval until two people lift it', async () => {
    const placed = await ask(hold('place'));
    expect(await holds()).toEqual([]);
    await approve(placed.id);
    expect(await holds()).toEqual(['Smith v. Haulage']);
    await expect(ask(hold('place'))).rejects.toMatchObject({ code: 'approvals.hold_as_asked' });
    await approve((await ask(hold('lift'))).id);
    expect(await holds()).toEqual([]);
    await expect(ask(hold('lift'))).rejects.toMatchObject({ code: 'approvals.hold_as_asked' });
  });

  test('asked for twice is placed once: the second approval does nothing', async () => {
    const [one, other] = [await ask(hold('place')), await ask(hold('place'))];
    await approve(one.id);
    await expect(approve(other.id)).rejects.toMatchObject({ code: 'legal_holds.stands_already' });
    const { requests } = await approvals.list(admin, 'all', { limit: 9, offset: 0 });
    expect(requests.find(({ id }) => id === other.id)?.state).toBe('requested');
  });
});

const fetched = async (order: ApprovalOrder) => {
  const { id } = await ask(order);
  await approve(id);
  return approvals.run(admin, id, contextOf(admin));
};

describe('files', () => {
  test('a driver’s packet has every section of the file with its citation', async () => {
    const { file, outcome } = await fetched({ kind: 'dq_packet', payload: { employeeId } });
    const packet = JSON.parse(file?.text ?? '') as {
      driver: { name: string };
      sections: { citation: string; state: string }[];
    };
    expect(packet.driver.name).toBe('Wendell Person 1');
    expect(packet.sections.length).toBeGreaterThan(3);
    expect(packet.sections.every(({ citation }) => citation.includes('391'))).toBe(true);
    expect(outcome).toMatch(/^\d+ sections handed out, \d+ of them missing or late\.$/);
  });

  test('the list with names holds who the filter finds', async () => {
    await world.hire('2', {});
    const query = { ...noPeopleQuery, text: 'Person 2' };
    const { file, outcome } = await fetched({ kind: 'pii_export', payload: { query, modules: ['dot'] } });
    expect(file?.text).toContain('Wendell Person 2');
    expect(file?.text).not.toContain('Person 1');
    expect(outcome).toBe('1 person handed out.');
  });
});
