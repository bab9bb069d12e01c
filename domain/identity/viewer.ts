import type { DivisionId, EmployeeId, Id, LocationId, TenantId, UserId } from '#contracts/ids';
import type { Area, Right, Role } from '#contracts/roles';

export const tenantKinds = ['service', 'compliance'] as const;
export type TenantKind = (typeof tenantKinds)[number];

/** A user's place in one tenant. */
export interface Membership {
  readonly id: Id<'membership'>;
  readonly tenantId: TenantId;
  readonly tenantName?: string;
  /** Null = field worker. Somebody with several roles has one on at a time. */
  readonly role: Role | null;
  /** The company's own words for roles. */
  readonly roleLabels?: Readonly<Partial<Record<Role, string>>>;
  /** Limits of the roles that have any; null = none set. */
  readonly divisionIds: readonly DivisionId[] | null;
  readonly locationIds: readonly LocationId[] | null;
  /** The employee record that is the user's own. */
  readonly employeeId: EmployeeId | null;
  /** Service companies that the user may act for: overseen by this tenant and, unless the role reaches all, assigned. */
  readonly actsFor: readonly TenantId[];
}

/** What an API client may use of its role. */
export interface Narrowing {
  /** Rights of the role that are left; what the role does not hold is not added by being named here. */
  readonly rights: Readonly<Partial<Record<Area, readonly Right[]>>>;
  /** Places whose people it reaches; both null = all that the role reaches. */
  readonly divisionIds: readonly DivisionId[] | null;
  readonly locationIds: readonly LocationId[] | null;
}

/** Someone signed in, the membership in use and the tenant looked at. */
export interface Viewer {
  readonly user: { readonly id: UserId; readonly name: string; readonly email: string };
  readonly membership: Membership;
  /** The membership's tenant, or a company it acts for. */
  readonly actingTenantId: TenantId;
  /** Set when one company's identity provider vouched for the user: no other company of theirs is reached. */
  readonly boundTenantId?: TenantId | null;
  /** Set for a program that comes with a key: it may do less than its role. */
  readonly narrowing?: Narrowing;
}
