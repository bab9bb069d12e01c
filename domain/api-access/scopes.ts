import { modules } from '#contracts/modules';
import type { Area, Right, Role } from '#contracts/roles';
import { permissions, type Narrowing } from '#domain/identity';

/**
 * What a client may be given: letters of the permission matrix, written `area:right`, and `scim`, the provisioning of
 * people who sign in. Approving, exporting, billing and the changing of settings stay with people.
 */
const moduleRights = ['view', 'status', 'deidentified', 'write'] as const;

/** Provisioning, which no letter of the matrix names; for whoever may change the administration. */
export const scimScope = 'scim';

/** All scopes there are, in the order of the matrix. */
export const allScopes: readonly string[] = [
  ...modules.flatMap((module) => moduleRights.map((right) => `${module}:${right}`)),
  'administration:view',
  scimScope,
];

/** The scopes that somebody of this role can hand on: never more than the role holds. */
export function scopesOf(role: Role): readonly string[] {
  return allScopes.filter((scope) => {
    if (scope === scimScope) return holds(role, 'administration', 'write');
    const [area, right] = scope.split(':') as [Area, Right];
    return holds(role, area, right);
  });
}

function holds(role: Role, area: Area, right: Right): boolean {
  const rights: readonly Right[] = permissions[role][area];
  return rights.includes(right) || (right === 'status' && rights.includes('view'));
}

/** Scopes as rights by area. `scim` gives none. */
export function rightsOf(scopes: readonly string[]): Narrowing['rights'] {
  const rights: Partial<Record<Area, Right[]>> = {};
  for (const scope of scopes.filter((one) => one !== scimScope)) {
    const [area, right] = scope.split(':') as [Area, Right];
    (rights[area] ??= []).push(right);
  }
  return rights;
}
