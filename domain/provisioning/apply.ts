import type { TenantId, UserId } from '#contracts/ids';
import type { ActContext } from '#domain/audit';
import type { Provisioned } from '#domain/identity';
import type { Tx } from '#platform/postgres';
import { urns } from './attributes.ts';
import { isPlain } from './canonical.ts';
import { roleFrom } from './roles.ts';
import { listMappings, lockUser, type ScimUser } from './store.postgres.ts';

export interface ApplyDeps {
  readonly accounts: Provisioned;
}

/** Users whose sessions end after the transaction: they may do less, or other things, than before. */
export type Ended = Set<UserId>;

/** Brings the membership of a user to what the identity provider says of them. In the caller's system transaction. */
export async function applyUser(
  { accounts }: ApplyDeps,
  tx: Tx,
  user: ScimUser,
  context: ActContext,
  ended: Ended,
): Promise<void> {
  const { tenantId, userId } = user;
  if (user.governs) await applyRole(accounts, tx, user, context, ended);
  const changed = await accounts.setSuspended(tx, tenantId, userId, !user.active, context);
  if (changed && !user.active) ended.add(userId);
}

async function applyRole(
  accounts: Provisioned,
  tx: Tx,
  user: ScimUser,
  context: ActContext,
  ended: Ended,
): Promise<void> {
  const { tenantId, userId, groups } = user;
  const mappings = await listMappings(
    tx,
    tenantId,
    groups.map(({ value }) => value),
  );
  const given = roleFrom(mappings);
  const before = await accounts.findGrant(tx, tenantId, userId);
  const employeeId = before?.employeeId ?? (await ownRecord(accounts, tx, user));
  if (given === null && employeeId === null) {
    if (before === null) return;
    await accounts.revoke(tx, tenantId, userId, context);
    ended.add(userId);
    return;
  }
  const role = given?.role ?? null;
  const places = { divisionIds: given?.divisionIds ?? null, locationIds: given?.locationIds ?? null };
  const same =
    before !== null &&
    JSON.stringify([before.role, before.divisionIds, before.locationIds, before.employeeId]) ===
      JSON.stringify([role, places.divisionIds, places.locationIds, employeeId]);
  if (same) return;
  await accounts.grant(tx, { tenantId, userId, role, ...places, employeeId }, context);
  if (before !== null) ended.add(userId);
}

/** The employee record of the number that the identity provider gives; it makes a field worker of somebody without role. */
async function ownRecord(accounts: Provisioned, tx: Tx, user: ScimUser) {
  const extension = user.attributes[urns.enterprise];
  const number = isPlain(extension) ? extension['employeeNumber'] : undefined;
  if (typeof number !== 'string') return null;
  return accounts.employeeToLink(tx, user.tenantId, user.userId, number);
}

/** The same for members of a group, each read anew. */
export async function applyUsers(
  deps: ApplyDeps,
  tx: Tx,
  tenantId: TenantId,
  ids: readonly string[],
  context: ActContext,
  ended: Ended,
): Promise<void> {
  // In one order, so that two changes of overlapping groups do not wait for each other.
  for (const id of ids.toSorted()) {
    const user = await lockUser(tx, tenantId, id);
    if (user !== null) await applyUser(deps, tx, user, context, ended);
  }
}
