import type { Id } from '#contracts/ids';
import { applyUsers } from './apply.ts';
import { groupAttributes } from './attributes.ts';
import { canonicalResource, isPlain, type Plain } from './canonical.ts';
import { resourceNotFound, scimError } from './errors.ts';
import { applyPatch } from './patch.ts';
import {
  deleteGroup,
  isGroupNameTaken,
  knownUsers,
  lockGroup,
  setMembers,
  upsertGroup,
  type ScimGroup,
} from './store.postgres.ts';
import type { ScimDeps, Write } from './users.ts';
import { requireVersion } from './versions.ts';

export async function createGroup(deps: ScimDeps, write: Write, body: unknown): Promise<ScimGroup> {
  const at = deps.clock.now();
  const id: Id<'scimGroup'> = deps.ids.next('scimGroup');
  const empty: ScimGroup = {
    tenantId: write.tenantId,
    id,
    displayName: '',
    externalId: null,
    version: 0,
    createdAt: at,
    updatedAt: at,
    members: [],
  };
  return save(deps, write, empty, canonicalResource(groupAttributes, body, false));
}

export async function replaceGroup(
  deps: ScimDeps,
  write: Write,
  id: string,
  body: unknown,
  ifMatch: string | null,
): Promise<ScimGroup> {
  const before = await get(write, id);
  requireVersion(ifMatch, before.version);
  return save(deps, write, before, canonicalResource(groupAttributes, body, false));
}

export async function patchGroup(
  deps: ScimDeps,
  write: Write,
  id: string,
  body: unknown,
  ifMatch: string | null,
): Promise<ScimGroup> {
  const before = await get(write, id);
  requireVersion(ifMatch, before.version);
  const { displayName, externalId, members } = before;
  const whole: Plain = {
    displayName,
    ...(externalId === null ? {} : { externalId }),
    ...(members.length === 0 ? {} : { members }),
  };
  return save(deps, write, before, applyPatch(groupAttributes, whole, body));
}

export async function removeGroup(
  deps: ScimDeps,
  write: Write,
  id: string,
  ifMatch: string | null,
): Promise<void> {
  const { tx, tenantId, context, ended } = write;
  const group = await get(write, id);
  requireVersion(ifMatch, group.version);
  await deleteGroup(tx, tenantId, group.id);
  await record(deps, write, 'remove', group, { members: group.members.length });
  await applyUsers(
    deps,
    tx,
    tenantId,
    group.members.map(({ value }) => value),
    context,
    ended,
  );
}

async function get({ tx, tenantId }: Write, id: string): Promise<ScimGroup> {
  const group = await lockGroup(tx, tenantId, id);
  if (group === null) throw resourceNotFound();
  return group;
}

async function save(deps: ScimDeps, write: Write, before: ScimGroup, whole: Plain): Promise<ScimGroup> {
  const { tx, tenantId, context, ended } = write;
  const { displayName, externalId } = whole;
  if (typeof displayName !== 'string') throw scimError('invalidValue', 'displayName is required.');
  if (await isGroupNameTaken(tx, tenantId, displayName, before.id))
    throw scimError('uniqueness', 'Another group of this company has that name.');
  const wanted = await membersOf(write, whole);
  const had = new Set<string>(before.members.map(({ value }) => value));
  const added = [...wanted].filter((id) => !had.has(id));
  const removed = [...had].filter((id) => !wanted.has(id));
  const external = typeof externalId === 'string' ? externalId : null;
  const same = before.displayName === displayName && before.externalId === external;
  if (same && added.length === 0 && removed.length === 0 && before.version > 0) return before;
  const head = { ...before, displayName, externalId: external, version: before.version + 1 };
  await upsertGroup(tx, { ...head, updatedAt: deps.clock.now() });
  await setMembers(tx, head, added, removed);
  const told = { displayName, added: added.length, removed: removed.length };
  await record(deps, write, before.version === 0 ? 'create' : 'change', head, told);
  await applyUsers(deps, tx, tenantId, [...added, ...removed], context, ended);
  return get(write, before.id);
}

/** Throws `scim.value_invalid` for a member that is no user of the company. */
async function membersOf({ tx, tenantId }: Write, whole: Plain): Promise<Set<string>> {
  const given = Array.isArray(whole['members']) ? (whole['members'] as unknown[]) : [];
  const ids = given.flatMap((member) =>
    isPlain(member) && typeof member['value'] === 'string' ? member['value'] : [],
  );
  const known = await knownUsers(tx, tenantId, ids);
  if (ids.some((id) => !known.has(id)))
    throw scimError('invalidValue', 'A member is no user of this company.');
  return known;
}

async function record(
  { audit }: ScimDeps,
  { tx, tenantId, context }: Write,
  verb: 'create' | 'change' | 'remove',
  group: Pick<ScimGroup, 'id'>,
  after: Plain,
): Promise<void> {
  const subject = { type: 'scim_group', id: group.id };
  await audit.append(tx, tenantId, [{ ...context, act: `provisioning:group:${verb}`, subject, after }]);
}
