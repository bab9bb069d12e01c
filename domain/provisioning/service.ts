import type { DivisionId, Id, LocationId, TenantId, UserId } from '#contracts/ids';
import type { Role } from '#contracts/roles';
import type { ActContext } from '#domain/audit';
import { can, isPrivileged, type Scope } from '#domain/identity';
import { PlumblineError } from '#platform/errors';
import type { Postgres, Tx } from '#platform/postgres';
import { applyUsers, type Ended } from './apply.ts';
import { resourceNotFound } from './errors.ts';
import { createGroup, patchGroup, removeGroup, replaceGroup } from './groups.ts';
import { listResources, type Listed, type ListAsked } from './lists.ts';
import { groupResource, userResource, type Resource } from './resources.ts';
import {
  deleteMapping,
  listGroups,
  listMappings,
  listUsers,
  lockGroup,
  saveMapping,
  type RoleMapping,
} from './store.postgres.ts';
import { createUser, patchUser, removeUser, replaceUser, type ScimDeps, type Write } from './users.ts';

export interface ProvisioningDeps extends ScimDeps {
  readonly postgres: Postgres;
  /** Ends all sessions of a user, outside any transaction. */
  readonly endSessions: (userId: UserId) => Promise<void>;
}

export type ResourceKind = 'User' | 'Group';

export interface MappedGroup {
  readonly id: Id<'scimGroup'>;
  readonly name: string;
  readonly members: number;
  readonly mapping: Omit<RoleMapping, 'groupId'> | null;
}

/**
 * People and groups of one company as its identity provider keeps them (RFC 7643, RFC 7644). Errors carry codes of
 * `errors.ts`; sessions of those who may do less than before are ended when the change is durable.
 */
export interface Provisioning {
  list(tenantId: TenantId, kind: ResourceKind, asked: ListAsked): Promise<Listed>;
  /** Throws `scim.resource_not_found`. */
  get(tenantId: TenantId, kind: ResourceKind, id: string): Promise<Resource>;
  create(tenantId: TenantId, kind: ResourceKind, body: unknown, context: ActContext): Promise<Resource>;
  replace(tenantId: TenantId, kind: ResourceKind, change: Change): Promise<Resource>;
  patch(tenantId: TenantId, kind: ResourceKind, change: Change): Promise<Resource>;
  remove(tenantId: TenantId, kind: ResourceKind, change: Omit<Change, 'body'>): Promise<void>;
  /** Groups and what they give; needs `view` on administration. */
  groups(scope: Scope): Promise<MappedGroup[]>;
  /**
   * Says what a group gives its members; null = nothing. Needs `write` on administration. Throws
   * `scim.role_privileged`, `scim.role_not_here`, `scim.resource_not_found`.
   */
  map(
    scope: Scope,
    order: {
      groupId: string;
      role: Role | null;
      divisionIds: readonly DivisionId[] | null;
      locationIds: readonly LocationId[] | null;
    },
    context: ActContext,
  ): Promise<void>;
}

export interface Change {
  readonly id: string;
  readonly body: unknown;
  /** The entity tag of the version that the client knows; null = any. */
  readonly ifMatch: string | null;
  readonly context: ActContext;
}

export function createProvisioning(deps: ProvisioningDeps): Provisioning {
  const { postgres } = deps;

  /** Accounts belong to no company, so writes run as the system and name the company in every statement. */
  async function write<T>(
    tenantId: TenantId,
    context: ActContext,
    work: (write: Write) => Promise<T>,
  ): Promise<T> {
    const ended: Ended = new Set();
    const done = await postgres.asSystem((tx) => work({ tx, tenantId, context, ended }));
    for (const userId of ended) await deps.endSessions(userId);
    return done;
  }

  const changing =
    (users: typeof replaceUser, groups: typeof replaceGroup): Provisioning['replace'] =>
    (tenantId, kind, { id, body, ifMatch, context }) =>
      write(tenantId, context, async (own) => {
        if (kind === 'User') return userResource(await users(deps, own, id, body, ifMatch));
        return groupResource(await groups(deps, own, id, body, ifMatch));
      });

  return {
    list: (tenantId, kind, asked) => postgres.asTenant(tenantId, (tx) => listResources(tx, kind, asked)),
    get: (tenantId, kind, id) => postgres.asTenant(tenantId, (tx) => getResource(tx, kind, id)),
    create: (tenantId, kind, body, context) =>
      write(tenantId, context, async (own) => {
        if (kind === 'User') return userResource(await createUser(deps, own, body));
        return groupResource(await createGroup(deps, own, body));
      }),
    replace: changing(replaceUser, replaceGroup),
    patch: changing(patchUser, patchGroup),
    remove: (tenantId, kind, { id, ifMatch, context }) =>
      write(tenantId, context, (own) => (kind === 'User' ? removeUser : removeGroup)(deps, own, id, ifMatch)),
    groups: (scope) => {
      if (!can(scope, 'view', 'administration')) return Promise.reject(notPermitted('view'));
      return postgres.asTenant(scope.tenantId, (tx) => readGroups(tx, scope.tenantId));
    },
    map: async (scope, order, context) => {
      requireMayMap(scope, order.role);
      await write(scope.tenantId, context, (own) => mapGroup(deps, own, scope, order));
    },
  };
}

async function getResource(tx: Tx, kind: ResourceKind, id: string): Promise<Resource> {
  const lookup = { column: 'id', value: id } as const;
  const [found] =
    kind === 'User'
      ? (await listUsers(tx, lookup, 1)).map(userResource)
      : (await listGroups(tx, lookup, 1)).map(groupResource);
  if (found === undefined) throw resourceNotFound();
  return found;
}

const mostGroups = 1000;

async function readGroups(tx: Tx, tenantId: TenantId): Promise<MappedGroup[]> {
  const groups = await listGroups(tx, null, mostGroups);
  const mappings = new Map((await listMappings(tx, tenantId, null)).map((one) => [one.groupId, one]));
  return groups.map(({ id, displayName, members }) => {
    const { groupId: _group, ...mapping } = mappings.get(id) ?? { groupId: id, role: null };
    return {
      id,
      name: displayName,
      members: members.length,
      mapping: 'divisionIds' in mapping ? mapping : null,
    };
  });
}

function requireMayMap(scope: Scope, role: Role | null): void {
  if (!can(scope, 'write', 'administration') || scope.narrowed) throw notPermitted('write');
  if (!isPrivileged(role)) return;
  throw new PlumblineError({
    kind: 'invalid',
    code: 'scim.role_privileged',
    detail: `${role} may approve for others. It is given to a person, with a second person's approval, never by a group.`,
  });
}

async function mapGroup(
  deps: ProvisioningDeps,
  { tx, tenantId, context, ended }: Write,
  scope: Scope,
  { groupId, role, divisionIds, locationIds }: Parameters<Provisioning['map']>[1],
): Promise<void> {
  const group = await lockGroup(tx, tenantId, groupId);
  if (group === null) throw resourceNotFound();
  const [before] = await listMappings(tx, tenantId, [group.id]);
  if (role === null) await deleteMapping(tx, tenantId, group.id);
  else {
    const mapping = { groupId: group.id, role, divisionIds, locationIds };
    await saveMapping(tx, tenantId, mapping, scope.userId, deps.clock.now());
  }
  const subject = { type: 'scim_group', id: group.id };
  const after = role === null ? null : { role, divisionIds, locationIds };
  await deps.audit.append(tx, tenantId, [
    { ...context, act: 'provisioning:group:map', subject, before: before ?? null, after },
  ]);
  await applyUsers(
    deps,
    tx,
    tenantId,
    group.members.map(({ value }) => value),
    context,
    ended,
  );
}

function notPermitted(right: 'view' | 'write'): PlumblineError {
  return new PlumblineError({
    kind: 'forbidden',
    code: 'scim.groups_not_permitted',
    detail: `Groups and their roles need the right to ${right === 'view' ? 'view' : 'change'} Administration.`,
  });
}
