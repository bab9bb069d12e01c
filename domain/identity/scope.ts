import type { DivisionId, EmployeeId, LocationId, TenantId, UserId } from '#contracts/ids';
import type { Area, Right, Role } from '#contracts/roles';

declare const made: unique symbol;

/**
 * What one viewer may see and do in one tenant. Made only by `authorize`; stores take it as first argument.
 * A row is visible when its tenant matches and its division or location is inside (null = no limit).
 */
export interface Scope {
  readonly [made]: true;
  readonly tenantId: TenantId;
  readonly userId: UserId;
  readonly role: Role;
  /** The viewer's own tenant; differs from `tenantId` when a compliance company acts for a client. */
  readonly homeTenantId: TenantId;
  readonly divisionIds: readonly DivisionId[] | null;
  readonly locationIds: readonly LocationId[] | null;
  /** Set for a viewer who sees only their own employee record. */
  readonly ownEmployeeId: EmployeeId | null;
  readonly rights: Readonly<Record<Area, readonly Right[]>>;
}
