export type { Scope } from './scope.ts';
export { tenantKinds, type Membership, type TenantKind, type Viewer } from './viewer.ts';
export { permissions, portals, reaches, rosterRoles } from './permissions.ts';
export {
  authorize,
  authorizeOwn,
  authorizeRoster,
  can,
  canChangeRoster,
  covers,
  isDeidentified,
  visibilityOf,
  type Ask,
  type AskedArea,
  type Visibility,
} from './authorize.ts';
export {
  createAuth,
  type Auth,
  type AuthDeps,
  type AuthSession,
  type SessionEvent,
  type SignedInUser,
} from './auth/create-auth.ts';
export type { NewUser } from './auth/users.postgres.ts';
export type { NewGrant } from './grants.ts';
export type { Grant, Member, Tenant } from './memberships.postgres.ts';
export { createIdentity, type Identity, type IdentityDeps, type NewTenant } from './service.ts';
export {
  createSessions,
  idleLimitMs,
  tenantCookieName,
  type IdleLimit,
  type Sessions,
  type SessionsDeps,
  type ViewerSession,
} from './sessions.ts';
