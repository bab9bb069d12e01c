import type { DivisionId, LocationId } from '#contracts/ids';
import type { Role } from '#contracts/roles';
import type { RoleMapping } from './store.postgres.ts';

export interface GivenRole {
  readonly role: Role;
  readonly divisionIds: readonly DivisionId[] | null;
  readonly locationIds: readonly LocationId[] | null;
}

/**
 * The role of somebody in these groups: that of the mapping made first. Places of several mappings to that role come
 * together; one without places reaches all that the role reaches. Null = no group gives anything.
 */
export function roleFrom(mappings: readonly RoleMapping[]): GivenRole | null {
  const [first] = mappings;
  if (first === undefined) return null;
  const same = mappings.filter(({ role }) => role === first.role);
  const unlimited = same.some(({ divisionIds, locationIds }) => divisionIds === null && locationIds === null);
  if (unlimited) return { role: first.role, divisionIds: null, locationIds: null };
  return {
    role: first.role,
    divisionIds: together(same.map(({ divisionIds }) => divisionIds)),
    locationIds: together(same.map(({ locationIds }) => locationIds)),
  };
}

function together<T extends string>(lists: readonly (readonly T[] | null)[]): T[] | null {
  const all = lists.flatMap((list) => list ?? []);
  return all.length === 0 ? null : [...new Set(all)].toSorted();
}
