export type { Scope } from './scope.ts';
export { type Membership, type Narrowing, type Viewer } from './viewer.ts';
export { isPrivileged, permissions, portals } from './permissions.ts';
export {
  authorize,
  authorizeOperations,
  authorizeOwn,
  can,
  canChangeRoster,
  canOperate,
  covers,
  isDeidentified,
  labelOf,
  notHeld,
  visibilityOf,
  type Ask,
  type AskedArea,
  type Visibility,
} from './authorize.ts';
export { createAccount, type Account } from './account.ts';
export { createAuth, type Auth } from './auth/create-auth.ts';
export { mustHoldPasskey } from './auth/steps.ts';
export { createInvitations, type Invitations } from './invitations/service.ts';
export type { NewGrant } from './grants.ts';
export { createProvisioned, type Provisioned } from './provisioned.ts';
export { createIdentity, type Identity, type Seat } from './service.ts';
export {
  createSessions,
  idleLimitMs,
  tenantCookieName,
  type PendingSession,
  type Sessions,
} from './sessions.ts';
export { createSingleSignOn, type SingleSignOn } from './sso/service.ts';
