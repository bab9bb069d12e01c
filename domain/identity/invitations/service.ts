import { createHash, randomBytes } from 'node:crypto';
import type { DivisionId, Id, LocationId, TenantId, UserId } from '#contracts/ids';
import type { Role } from '#contracts/roles';
import { roleNames } from '#contracts/screens/frame';
import type { Instant } from '#contracts/time';
import type { ActContext, Audit } from '#domain/audit';
import type { Clock } from '#platform/clock';
import { PlumblineError } from '#platform/errors';
import type { Ids } from '#platform/ids';
import type { Mail } from '#platform/mail';
import type { Postgres, Tx } from '#platform/postgres';
import { step } from '#platform/state-machine';
import type { Auth } from '../auth/create-auth.ts';
import { can } from '../authorize.ts';
import { getTenant, grantMembership, requirePortal } from '../grants.ts';
import { findGrant } from '../memberships.postgres.ts';
import { isPrivileged } from '../permissions.ts';
import type { Scope } from '../scope.ts';
import { invitationLetter } from './letter.ts';
import { invitationMachine, type InvitationEvent } from './machine.ts';
import {
  closeInvitation,
  findInvitation,
  findUserByEmail,
  insertInvitation,
  listInvitations,
  renewInvitation,
  type Invitation,
} from './store.postgres.ts';
import { memberAlready, notFound, over, secondPersonNeeded, signInFirst } from './refusals.ts';

/** An invitation is good for a week. */
const goodForDays = 7;

export interface NewInvitation {
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly divisionIds?: readonly DivisionId[] | null;
  readonly locationIds?: readonly LocationId[] | null;
  readonly assignedTenantIds?: readonly TenantId[];
}

/** What somebody with the link of an invitation may know of it. */
export interface ShownInvitation {
  readonly email: string;
  readonly name: string;
  readonly company: string;
  readonly roleLabel: string;
  readonly invitedBy: string;
  readonly expiresAt: Instant;
  /** There is an account with that address: it signs in to accept. */
  readonly hasAccount: boolean;
}

/**
 * Places in a company, offered by mail. Who invites needs the right to change Administration; roles that may approve are
 * not given this way (`identity.second_person_needed`).
 */
export interface Invitations {
  /**
   * Makes and mails an invitation. `mailed` false: it stands, the mail did not go out, send it again.
   * Throws `identity.inviting_not_permitted`, `identity.role_not_for_portal`, `identity.second_person_needed`,
   * `identity.invitation_open`, `identity.member_already`.
   */
  invite(
    scope: Scope,
    wanted: NewInvitation,
    context: ActContext,
  ): Promise<{ id: Id<'invitation'>; mailed: boolean }>;
  /** Newest first, open ones before closed ones. */
  list(scope: Scope): Promise<Invitation[]>;
  /** A new link, good for a week; the old one opens nothing. Throws `identity.invitation_not_found`, `identity.invitation_over`. */
  resend(scope: Scope, id: Id<'invitation'>, context: ActContext): Promise<{ mailed: boolean }>;
  revoke(scope: Scope, id: Id<'invitation'>, context: ActContext): Promise<void>;
  /** Throws `identity.invitation_not_found` for a link that opens nothing, `identity.invitation_over` for one whose time is over. */
  show(token: string): Promise<ShownInvitation>;
  /**
   * Takes the place. Without an account a password makes one; who has an account must be signed in to it
   * (`identity.sign_in_to_accept`). Throws as `show`, and `identity.user_invalid` for the password.
   */
  accept(token: string, by: Acceptance): Promise<{ userId: UserId; email: string }>;
}

export interface Acceptance {
  readonly signedIn: UserId | null;
  readonly password: string | null;
  readonly ip: string | null;
  readonly requestId: string | null;
}

export interface InvitationsDeps {
  readonly postgres: Postgres;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly audit: Audit;
  readonly mail: Mail;
  readonly auth: Pick<Auth, 'createUser'>;
  /** Where browsers reach the app. */
  readonly origin: string;
}

export function createInvitations(deps: InvitationsDeps): Invitations {
  const { postgres, clock } = deps;
  return {
    invite: async (scope, wanted, context) => {
      requireInviting(scope);
      const { invitation, token } = await postgres.asSystem((tx) => make(deps, tx, scope, wanted, context));
      return { id: invitation.id, mailed: await mailOut(deps, invitation, token) };
    },
    list: (scope) => {
      requireInviting(scope);
      return postgres.asTenant(scope.tenantId, (tx) => listInvitations(tx, clock.now()));
    },
    resend: async (scope, id, context) => {
      requireInviting(scope);
      const { invitation, token } = await postgres.asTenant(scope.tenantId, async (tx) => {
        const found = await take(deps, tx, { id }, 'resend');
        const renewed = newToken(deps);
        await renewInvitation(tx, found, renewed);
        await record(deps, tx, 'resend', found, context);
        return { invitation: { ...found, expiresAt: renewed.expiresAt }, token: renewed.token };
      });
      return { mailed: await mailOut(deps, invitation, token) };
    },
    revoke: async (scope, id, context) => {
      requireInviting(scope);
      await postgres.asTenant(scope.tenantId, async (tx) => {
        const found = await take(deps, tx, { id }, 'revoke');
        if (found.state === 'revoked') return;
        await closeInvitation(tx, found, 'revoked', clock.now());
        await record(deps, tx, 'revoke', found, context);
      });
    },
    show: (token) =>
      postgres.asSystem(async (tx) => {
        const found = await take(deps, tx, { tokenDigest: digestOf(token) }, 'accept');
        return shown(tx, found);
      }),
    accept: (token, by) => accept(deps, token, by),
  };
}

async function make(
  deps: InvitationsDeps,
  tx: Tx,
  scope: Scope,
  wanted: NewInvitation,
  context: ActContext,
): Promise<{ invitation: Invitation; token: string }> {
  const tenant = await getTenant(tx, scope.tenantId);
  requirePortal(wanted.role, tenant);
  if (isPrivileged(wanted.role)) throw secondPersonNeeded(wanted.role);
  const email = wanted.email.trim().toLowerCase();
  const userId = await findUserByEmail(tx, email);
  if (userId !== null && (await findGrant(tx, scope.tenantId, userId)) !== null) throw memberAlready();
  const { token, tokenDigest, at, expiresAt } = newToken(deps);
  const invitation: Invitation = {
    id: deps.ids.next('invitation'),
    tenantId: scope.tenantId,
    email,
    name: wanted.name.trim(),
    role: wanted.role,
    divisionIds: wanted.divisionIds ?? null,
    locationIds: wanted.locationIds ?? null,
    assignedTenantIds: wanted.assignedTenantIds ?? [],
    state: 'open',
    expiresAt,
    sentAt: at,
    sentTimes: 1,
    invitedBy: { id: scope.userId, name: context.actor.type === 'user' ? context.actor.name : 'Plumbline' },
  };
  await insertInvitation(tx, invitation, tokenDigest);
  await record(deps, tx, 'make', invitation, context);
  return { invitation, token };
}

async function accept(
  deps: InvitationsDeps,
  token: string,
  by: Acceptance,
): Promise<{ userId: UserId; email: string }> {
  const tokenDigest = digestOf(token);
  const { found, account } = await deps.postgres.asSystem(async (tx) => {
    const invitation = await take(deps, tx, { tokenDigest }, 'accept');
    return { found: invitation, account: await findUserByEmail(tx, invitation.email) };
  });
  if (account !== null && by.signedIn !== account) throw signInFirst(found.email);
  // Outside the transaction below: making an account uses a connection of its own.
  const { email, name } = found;
  const userId = account ?? (await deps.auth.createUser({ name, email, password: by.password ?? '' }));
  const context: ActContext = {
    actor: { type: 'user', id: userId, name },
    ip: by.ip,
    sessionId: null,
    requestId: by.requestId,
  };
  await deps.postgres.asSystem(async (tx) => {
    const invitation = await take(deps, tx, { tokenDigest }, 'accept');
    if ((await findGrant(tx, invitation.tenantId, userId)) !== null) throw memberAlready();
    const { tenantId, role, divisionIds, locationIds, assignedTenantIds } = invitation;
    const grant = { tenantId, userId, role, divisionIds, locationIds, assignedTenantIds };
    await grantMembership(deps, tx, grant, context);
    await closeInvitation(tx, invitation, 'accepted', deps.clock.now());
    await record(deps, tx, 'accept', invitation, context);
  });
  return { userId, email };
}

/** The invitation, locked, if the event may befall it. */
async function take(
  { clock }: InvitationsDeps,
  tx: Tx,
  by: { readonly id: string } | { readonly tokenDigest: string },
  event: InvitationEvent,
): Promise<Invitation> {
  const found = await findInvitation(tx, by, clock.now());
  if (found === null) throw notFound();
  const { outcome } = step(invitationMachine, found.state, event, {});
  if (typeof outcome === 'object' && 'refused' in outcome) throw over(outcome.refused);
  return found;
}

async function shown(tx: Tx, found: Invitation): Promise<ShownInvitation> {
  const tenant = await getTenant(tx, found.tenantId);
  return {
    email: found.email,
    name: found.name,
    company: tenant.name,
    roleLabel: tenant.roleLabels[found.role] ?? roleNames[found.role],
    invitedBy: found.invitedBy.name,
    expiresAt: found.expiresAt,
    hasAccount: (await findUserByEmail(tx, found.email)) !== null,
  };
}

/** Sends the letter. False when it did not go out: the invitation stands all the same. */
async function mailOut(deps: InvitationsDeps, invitation: Invitation, token: string): Promise<boolean> {
  const { company, roleLabel } = await deps.postgres.asSystem((tx) => shown(tx, invitation));
  const letter = invitationLetter({
    to: invitation.email,
    name: invitation.name,
    company,
    roleLabel,
    invitedBy: invitation.invitedBy.name,
    link: `${deps.origin}/invitation/${token}`,
    days: goodForDays,
  });
  try {
    await deps.mail.send(letter);
    return true;
  } catch (error) {
    if (error instanceof PlumblineError && error.code === 'mail.not_sent') return false;
    throw error;
  }
}

function newToken({ clock }: InvitationsDeps) {
  const token = randomBytes(32).toString('base64url');
  const expiresAt = new Date(clock.nowMs() + goodForDays * 86_400_000).toISOString();
  return { token, tokenDigest: digestOf(token), at: clock.now(), expiresAt };
}

const digestOf = (token: string): string => createHash('sha256').update(token).digest('base64url');

async function record(
  { audit }: InvitationsDeps,
  tx: Tx,
  verb: 'make' | 'resend' | 'revoke' | 'accept',
  { tenantId, id, email, role, divisionIds, locationIds, assignedTenantIds }: Invitation,
  context: ActContext,
): Promise<void> {
  const after = { email, role, divisionIds, locationIds, assignedTenantIds };
  const subject = { type: 'invitation', id };
  await audit.append(tx, tenantId, [{ ...context, act: `identity:invitation:${verb}`, subject, after }]);
}

function requireInviting(scope: Scope): void {
  if (can(scope, 'write', 'administration')) return;
  throw new PlumblineError({
    kind: 'forbidden',
    code: 'identity.inviting_not_permitted',
    detail: 'Inviting people needs the right to change Administration.',
  });
}
