import { moduleNames, modules } from '#contracts/modules';
import { areas, type Area, type Right, type Role } from '#contracts/roles';
import { roleGrantSchema } from '#contracts/screens/approvals';
import { roleNames } from '#contracts/screens/frame';
import type { ApprovalAct } from '#domain/approvals';
import { permissions, portals, type Identity } from '#domain/identity';
import { PlumblineError } from '#platform/errors';

const rightWords: Record<Right, string> = {
  view: 'see',
  status: 'see the colour',
  write: 'change',
  approve: 'approve',
  export: 'export',
  deidentified: 'see without names',
};

/** A role that may approve for others, given by two people. */
export function createRoleGrantAct(
  identity: Pick<Identity, 'tenant' | 'userNames' | 'grantApproved'>,
): ApprovalAct {
  return {
    async plan(scope, payload) {
      const grant = roleGrantSchema.parse(payload);
      const tenant = await identity.tenant(scope.tenantId);
      if (!portals[tenant.kind].some((role) => role === grant.role))
        throw noRoleHere(grant.role, tenant.name);
      const name = (await identity.userNames(scope.tenantId, [grant.userId])).get(grant.userId);
      if (name === undefined) throw userUnknown(tenant.name);
      const label = tenant.roleLabels[grant.role] ?? roleNames[grant.role];
      return {
        title: `${name} becomes ${label}`,
        effects: [
          `${name} gets the role ${label} in ${tenant.name} at once, ${grant.beside ? 'beside the roles they have' : 'in place of the roles they have'}.`,
          ...mayThen(grant.role),
        ],
        areas: ['administration'],
        aboutUserId: grant.userId,
      };
    },
    async effect(tx, scope, request, context) {
      const grant = { tenantId: scope.tenantId, ...roleGrantSchema.parse(request.payload) };
      await identity.grantApproved(tx, grant, request.id, context);
      return { outcome: 'The role was given.' };
    },
  };
}

/** One sentence for each way in which the role reaches areas: `May see, change and approve in DOT and Health.` */
function mayThen(role: Role): string[] {
  const byRights = Map.groupBy(
    areas.filter((area) => permissions[role][area].length > 0),
    (area) => permissions[role][area].map((right) => rightWords[right]).join(', '),
  );
  return [...byRights].map(([rights, held]) => `May ${rights}: ${held.map(areaName).join(', ')}.`);
}

function areaName(area: Area): string {
  const module = modules.find((one) => one === area);
  if (module !== undefined) return moduleNames[module];
  return area === 'billing' ? 'Billing' : 'Administration';
}

function noRoleHere(role: Role, company: string): PlumblineError {
  return new PlumblineError({
    kind: 'invalid',
    code: 'approvals.role_not_here',
    detail: `${roleNames[role]} is no role of a company like ${company}.`,
  });
}

function userUnknown(company: string): PlumblineError {
  return new PlumblineError({
    kind: 'not_found',
    code: 'approvals.user_unknown',
    detail: `Nobody of that id belongs to ${company}. Invite them first.`,
  });
}
