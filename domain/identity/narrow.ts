import { areas, type Area, type Right } from '#contracts/roles';
import type { Scope } from './scope.ts';
import type { Narrowing } from './viewer.ts';

type Narrowed = Pick<Scope, 'rights' | 'divisionIds' | 'locationIds'>;

/** What is left of a role's rights and people for a program with a key: never more than the role has. */
export function narrow(role: Narrowed, { rights, divisionIds, locationIds }: Narrowing): Narrowed {
  const left = areas.map((area) => [area, (rights[area] ?? []).filter((right) => holds(role, area, right))]);
  const unlimited = role.divisionIds === null && role.locationIds === null;
  if (unlimited) return { rights: Object.fromEntries(left) as Narrowed['rights'], divisionIds, locationIds };
  // Two limits at once would need both to hold, which a scope cannot say: nobody, rather than too many.
  const both = divisionIds !== null || locationIds !== null;
  const places = both ? { divisionIds: [], locationIds: [] } : role;
  return {
    rights: Object.fromEntries(left) as Narrowed['rights'],
    divisionIds: places.divisionIds,
    locationIds: places.locationIds,
  };
}

/** Seeing everything includes seeing the colour. */
function holds({ rights }: Narrowed, area: Area, right: Right): boolean {
  return rights[area].includes(right) || (right === 'status' && rights[area].includes('view'));
}
