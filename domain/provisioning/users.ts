import type { Id, TenantId } from '#contracts/ids';
import type { ActContext, Audit } from '#domain/audit';
import type { Clock } from '#platform/clock';
import type { Ids } from '#platform/ids';
import type { Tx } from '#platform/postgres';
import { applyUser, type ApplyDeps, type Ended } from './apply.ts';
import { userAttributes } from './attributes.ts';
import { canonicalResource, isPlain, type Plain } from './canonical.ts';
import { resourceNotFound, scimError } from './errors.ts';
import { applyPatch } from './patch.ts';
import {
  deleteUser,
  insertUser,
  isUserNameTaken,
  lockUser,
  updateUser,
  type ScimUser,
} from './store.postgres.ts';
import { requireVersion } from './versions.ts';

export interface ScimDeps extends ApplyDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly audit: Audit;
}

/** One write of a client, in its system transaction. */
export interface Write {
  readonly tx: Tx;
  readonly tenantId: TenantId;
  readonly context: ActContext;
  readonly ended: Ended;
}

export async function createUser(deps: ScimDeps, write: Write, body: unknown): Promise<ScimUser> {
  const { tx, tenantId, context } = write;
  const given = partsOf(canonicalResource(userAttributes, body, true));
  await requireFree(write, given.userName, '');
  const account = accountOf(given);
  const { userId, made } = await deps.accounts.ensureAccount(tx, account);
  const at = deps.clock.now();
  const before = await deps.accounts.findGrant(tx, tenantId, userId);
  const id: Id<'scimUser'> = deps.ids.next('scimUser');
  const user: ScimUser = {
    tenantId,
    id,
    userId,
    ...given,
    version: 1,
    createdAt: at,
    updatedAt: at,
    groups: [],
    // What a person gave stays what it is; only letting in and shutting out is the provider's.
    governs: before === null,
    madeAccount: made,
  };
  await insertUser(tx, user);
  await record(deps, write, 'create', user, null);
  await applyUser(deps, tx, user, context, write.ended);
  return user;
}

/** `ifMatch`: the entity tag that the client knows. Throws `scim.version_stale`. */
export async function replaceUser(
  deps: ScimDeps,
  write: Write,
  id: string,
  body: unknown,
  ifMatch: string | null,
): Promise<ScimUser> {
  const before = await get(write, id);
  requireVersion(ifMatch, before.version);
  const given = canonicalResource(userAttributes, body, true);
  // RFC 7644 section 3.5.1 lets the server keep what is left out: silence deactivates nobody and wakes nobody.
  return change(deps, write, before, { active: before.active, ...given });
}

export async function patchUser(
  deps: ScimDeps,
  write: Write,
  id: string,
  body: unknown,
  ifMatch: string | null,
): Promise<ScimUser> {
  const before = await get(write, id);
  requireVersion(ifMatch, before.version);
  return change(deps, write, before, applyPatch(userAttributes, wholeOf(before), body));
}

/** The account stays, for the log; the company's membership goes, or is suspended when a person gave it. */
export async function removeUser(
  deps: ScimDeps,
  write: Write,
  id: string,
  ifMatch: string | null,
): Promise<void> {
  const { tx, tenantId, context, ended } = write;
  const user = await get(write, id);
  requireVersion(ifMatch, user.version);
  await deleteUser(tx, tenantId, user.id);
  if (user.governs) await deps.accounts.revoke(tx, tenantId, user.userId, context);
  else await deps.accounts.setSuspended(tx, tenantId, user.userId, true, context);
  ended.add(user.userId);
  await record(deps, write, 'remove', null, user);
}

async function get({ tx, tenantId }: Write, id: string): Promise<ScimUser> {
  const user = await lockUser(tx, tenantId, id);
  if (user === null) throw resourceNotFound();
  return user;
}

async function change(deps: ScimDeps, write: Write, before: ScimUser, whole: Plain): Promise<ScimUser> {
  const { tx, context, ended } = write;
  const given = partsOf(whole);
  if (JSON.stringify(partsOf(wholeOf(before))) === JSON.stringify(given)) return before;
  await requireFree(write, given.userName, before.id);
  await rename(deps, write, before, given);
  const user = { ...before, ...given, version: before.version + 1, updatedAt: deps.clock.now() };
  await updateUser(tx, user);
  await record(deps, write, 'change', user, before);
  await applyUser(deps, tx, user, context, ended);
  return user;
}

type Parts = Pick<ScimUser, 'userName' | 'externalId' | 'active' | 'attributes'>;

/** Throws `scim.value_invalid` without a userName that is an e-mail address. */
function partsOf(whole: Plain): Parts {
  const { userName, externalId, active, ...attributes } = whole;
  if (typeof userName !== 'string') throw scimError('invalidValue', 'userName is required.');
  if (!/^[^\s@]{1,64}@[^\s@]{1,190}\.[^\s@]{1,60}$/.test(userName))
    throw scimError('invalidValue', 'userName must be the e-mail address that the person signs in with.');
  return {
    userName,
    externalId: typeof externalId === 'string' ? externalId : null,
    active: active !== false,
    attributes: sorted(attributes),
  };
}

/** In one order, so that the same attributes are the same text. */
function sorted(attributes: Plain): Plain {
  const entries = Object.entries(attributes).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([name, value]) => [name, isPlain(value) ? sorted(value) : value]));
}

function wholeOf({ userName, externalId, active, attributes }: ScimUser): Plain {
  return { ...attributes, userName, active, ...(externalId === null ? {} : { externalId }) };
}

async function requireFree({ tx, tenantId }: Write, userName: string, except: string): Promise<void> {
  if (await isUserNameTaken(tx, tenantId, userName, except))
    throw scimError('uniqueness', 'Another user of this company has that userName.');
}

/** The account follows where it is this provisioning's own. Throws `scim.not_changeable` where another address is asked of one that is not. */
async function rename(
  deps: ScimDeps,
  { tx, tenantId }: Write,
  before: ScimUser,
  given: Parts,
): Promise<void> {
  const [old, wanted] = [accountOf(before), accountOf(given)];
  if (old.email === wanted.email && old.name === wanted.name) return;
  const done = before.madeAccount && (await deps.accounts.renameAccount(tx, tenantId, before.userId, wanted));
  if (done || old.email === wanted.email) return;
  throw scimError(
    'mutability',
    'The account was not made by this provisioning or is used elsewhere too: its address changes with its owner only.',
  );
}

function accountOf({ userName, attributes }: Parts): { name: string; email: string } {
  const name = isPlain(attributes['name']) ? attributes['name'] : {};
  const spelled = [name['givenName'], name['familyName']]
    .filter((part) => typeof part === 'string')
    .join(' ');
  const words = [attributes['displayName'], name['formatted'], spelled, userName];
  const shown = words.find((word): word is string => typeof word === 'string' && word.trim() !== '');
  return { name: (shown ?? userName).slice(0, 200), email: userName.toLowerCase() };
}

const told = (user: ScimUser) => ({ scimUserId: user.id, active: user.active, version: user.version });

/** Who is meant and what changed, without the attributes themselves: they are personal. */
async function record(
  { audit }: ScimDeps,
  { tx, tenantId, context }: Write,
  verb: 'create' | 'change' | 'remove',
  after: ScimUser | null,
  before: ScimUser | null,
): Promise<void> {
  const subject = { type: 'user', id: (after ?? before)?.userId ?? '' };
  const parts = {
    ...(before === null ? {} : { before: told(before) }),
    ...(after === null ? {} : { after: told(after) }),
  };
  await audit.append(tx, tenantId, [{ ...context, act: `provisioning:user:${verb}`, subject, ...parts }]);
}
