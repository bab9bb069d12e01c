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
  visibilityOf,
  type Ask,
  type AskedArea,
  type Visibility,
} from './authorize.ts';
export { createAuth, type Auth } from './auth/create-auth.ts';
export type { SessionEvent } from './auth/events.ts';
export { type FactorRule, type Freshness, type HeldFactors } from './fresh.ts';
export type { NewGrant } from './grants.ts';
export { createIdentity, type Identity } from './service.ts';
export { createSessions, tenantCookieName, type PendingSession, type Sessions } from './sessions.ts';
