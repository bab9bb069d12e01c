import type { DivisionId, EmployeeId, Id, LocationId, TenantId, UserId } from '#contracts/ids';
import type { Role } from '#contracts/roles';

export const tenantKinds = ['service', 'compliance'] as const;
export type TenantKind = (typeof tenantKinds)[number];

/** A user's place in one tenant. */
export interface Membership {
  readonly id: Id<'membership'>;
  readonly tenantId: TenantId;
  /** Null = field worker. */
  readonly role: Role | null;
  /** Limits of the roles that have any; null = none set. */
  readonly divisionIds: readonly DivisionId[] | null;
  readonly locationIds: readonly LocationId[] | null;
  /** The employee record that is the user's own. */
  readonly employeeId: EmployeeId | null;
  /** Service companies that the user may act for: overseen by this tenant and, unless the role reaches all, assigned. */
  readonly actsFor: readonly TenantId[];
}

/** Someone signed in, the membership in use and the tenant looked at. */
export interface Viewer {
  readonly user: { readonly id: UserId; readonly name: string; readonly email: string };
  readonly membership: Membership;
  /** The membership's tenant, or a company it acts for. */
  readonly actingTenantId: TenantId;
}
