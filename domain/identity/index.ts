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
