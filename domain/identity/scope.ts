import type { DivisionId, EmployeeId, LocationId, TenantId, UserId } from '#contracts/ids';
import type { Area, Right, Role } from '#contracts/roles';

declare const made: unique symbol;

/**
 * What one viewer may see and do in one tenant. Made only by `authorize`; stores take it as first argument.
 *
 * Rows of people are visible when all of this holds (`covers` for one person, `visibleEmployees` of people for SQL):
 * 1. the tenant is `tenantId`;
 * 2. `ownEmployeeId` is null, or is the person;
 * 3. both lists are null (no limit), or the person's division is in `divisionIds` or the location in `locationIds`.
 *    A null list beside a set one adds nobody; an empty list admits nobody.
 */
export interface Scope {
  readonly [made]: true;
  readonly tenantId: TenantId;
  readonly userId: UserId;
  /** Null for a field worker: no role, own record only. */
  readonly role: Role | null;
  /** Words for the roles of the viewer's own company, where it chose any. */
  readonly roleLabels: Readonly<Partial<Record<Role, string>>>;
  /** The viewer's own tenant; differs from `tenantId` when a compliance company acts for a client. */
  readonly homeTenantId: TenantId;
  readonly divisionIds: readonly DivisionId[] | null;
  readonly locationIds: readonly LocationId[] | null;
  /**
   * Set when this scope sees one record only: the viewer's own. That record is seen in full in all six modules, while
   * `rights` is empty, so that code which forgets this field shows nothing.
   */
  readonly ownEmployeeId: EmployeeId | null;
  /** True for a program with a key: it holds no right that the matrix does not name (roster, operations). */
  readonly narrowed: boolean;
  /** The letters of the permission matrix as they stand there; ask with `can`, which knows what implies what. */
  readonly rights: Readonly<Record<Area, readonly Right[]>>;
}
