import { urns } from './attributes.ts';
import type { Plain } from './canonical.ts';
import type { ScimGroup, ScimUser } from './store.postgres.ts';
import { etagOf } from './versions.ts';

/** A resource as it is answered, without its address, which the door knows. */
export interface Resource extends Plain {
  readonly schemas: readonly string[];
  readonly id: string;
  readonly meta: {
    readonly resourceType: 'User' | 'Group';
    readonly created: string;
    readonly lastModified: string;
    readonly version: string;
  };
}

export function userResource(user: ScimUser): Resource {
  const { id, externalId, userName, active, attributes, groups, version, createdAt, updatedAt } = user;
  const extended = attributes[urns.enterprise] !== undefined;
  return {
    schemas: extended ? [urns.user, urns.enterprise] : [urns.user],
    id,
    ...(externalId === null ? {} : { externalId }),
    userName,
    active,
    ...attributes,
    ...(groups.length === 0 ? {} : { groups }),
    meta: { resourceType: 'User', created: createdAt, lastModified: updatedAt, version: etagOf(version) },
  };
}

export function groupResource(group: ScimGroup): Resource {
  const { id, externalId, displayName, members, version, createdAt, updatedAt } = group;
  return {
    schemas: [urns.group],
    id,
    ...(externalId === null ? {} : { externalId }),
    displayName,
    members: members.map((member) => ({ ...member, type: 'User' })),
    meta: { resourceType: 'Group', created: createdAt, lastModified: updatedAt, version: etagOf(version) },
  };
}
