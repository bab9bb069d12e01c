import type { Tx } from '#platform/postgres';
import { scimError } from './errors.ts';
import { equalityOf, meets, parseFilter, type Filter } from './filter.ts';
import { groupResource, userResource, type Resource } from './resources.ts';
import { listGroups, listUsers, type Lookup } from './store.postgres.ts';

export interface ListAsked {
  readonly filter: string | null;
  /** From 1. */
  readonly startIndex: number;
  readonly count: number;
}

export interface Listed {
  readonly total: number;
  readonly startIndex: number;
  readonly resources: readonly Resource[];
}

/** A filter that no index answers is tried on this many at most. */
const mostScanned = 20_000;

const columns: Readonly<Record<'User' | 'Group', Readonly<Record<string, Lookup['column']>>>> = {
  User: { id: 'id', username: 'name', externalid: 'external' },
  Group: { id: 'id', displayname: 'name', externalid: 'external' },
};

/** In a transaction of the company. Throws `scim.filter_invalid`, `scim.too_many`. */
export async function listResources(tx: Tx, kind: 'User' | 'Group', asked: ListAsked): Promise<Listed> {
  const filter = asked.filter === null ? null : parseFilter(asked.filter);
  const resources = await readAll(tx, kind, filter === null ? null : lookupOf(kind, filter));
  if (resources.length > mostScanned)
    throw scimError('tooMany', 'Too many resources for this filter: ask by id, name or externalId.');
  const found = filter === null ? resources : resources.filter((resource) => meets(filter, resource));
  const startIndex = Math.max(1, asked.startIndex);
  const count = Math.min(200, Math.max(0, asked.count));
  return { total: found.length, startIndex, resources: found.slice(startIndex - 1, startIndex - 1 + count) };
}

async function readAll(tx: Tx, kind: 'User' | 'Group', lookup: Lookup | null): Promise<Resource[]> {
  if (kind === 'User') return (await listUsers(tx, lookup, mostScanned + 1)).map(userResource);
  return (await listGroups(tx, lookup, mostScanned + 1)).map(groupResource);
}

/** The equality that an index answers; the filter is tried on what it finds all the same. */
function lookupOf(kind: 'User' | 'Group', filter: Filter): Lookup | null {
  if (filter.op === 'and') {
    const found = filter.filters.map((one) => lookupOf(kind, one)).find((one) => one !== null);
    return found ?? null;
  }
  const equality = equalityOf(filter);
  if (equality === null || !Object.hasOwn(columns[kind], equality.attribute)) return null;
  const column = columns[kind][equality.attribute];
  return column === undefined ? null : { column, value: equality.value };
}
