import { roles as allRoles, type Role } from '#contracts/roles';
import {
  givenRoleSchema,
  giveRoleSchema,
  membersPageInputSchema,
  membersPageSchema,
  type MembersPage,
} from '#contracts/screens/members';
import type { Approvals } from '#domain/approvals';
import { can, isPrivileged, labelOf, portals, type Identity, type Scope } from '#domain/identity';
import { actContextOf } from '../context.ts';
import { whoMay } from '../rights.ts';
import { router, scopedProcedure } from '../trpc.ts';

export interface MembersRouterDeps {
  readonly identity: Pick<Identity, 'members' | 'tenant' | 'grantMembership'>;
  readonly approvals: Pick<Approvals, 'request'>;
}

/** Who belongs to the company, and in which roles. */
export function createMembersRouter({ identity, approvals }: MembersRouterDeps) {
  return router({
    list: scopedProcedure('administration', 'view')
      .input(membersPageInputSchema)
      .output(membersPageSchema)
      .query(({ ctx: { scope }, input }) => readMembers(identity, scope, input)),
    /** Gives a role at once; for one that may approve for others a second person is asked, and it waits. */
    give: scopedProcedure('administration', 'write')
      .input(giveRoleSchema)
      .output(givenRoleSchema)
      .mutation(async ({ ctx, input: { reason, ...grant } }) => {
        const { scope } = ctx;
        const context = actContextOf(ctx);
        if (isPrivileged(grant.role)) {
          await approvals.request(scope, { kind: 'role_grant', payload: grant, reason }, context);
          return { waits: true };
        }
        await identity.grantMembership({ tenantId: scope.tenantId, ...grant }, context);
        return { waits: false };
      }),
  });
}

async function readMembers(
  identity: MembersRouterDeps['identity'],
  scope: Scope,
  { offset, limit }: { readonly offset: number; readonly limit: number },
): Promise<MembersPage> {
  const { members, total } = await identity.members(scope, { offset, limit });
  const { kind, roleLabels } = await identity.tenant(scope.tenantId);
  const named = (role: Role) => ({ role, label: labelOf(role, roleLabels) });
  return {
    total,
    offset,
    rows: members.map((member) => ({
      userId: member.userId,
      name: member.name,
      email: member.email,
      roles: [member.role, ...member.otherRoles].filter((role) => role !== null).map(named),
      divisionIds: member.divisionIds === null ? null : [...member.divisionIds],
      locationIds: member.locationIds === null ? null : [...member.locationIds],
      assignedTenantIds: [...member.assignedTenantIds],
    })),
    roles: allRoles
      .filter((role) => portals[kind].some((one) => one === role))
      .map((role) => ({ ...named(role), privileged: isPrivileged(role) })),
    denied: can(scope, 'write', 'administration')
      ? ''
      : `Giving roles needs Administration (write). ${whoMay('write', 'administration', scope)}`,
  };
}
