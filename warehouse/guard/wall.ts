import type { ClickHouse, EngineAccess } from '#platform/clickhouse';
import { emptyDatabase } from './empty-database.ts';

/**
 * The second wall: rows of another company stay away even from SQL that passed the gate wrongly. A request of the guard
 * takes the role that may read the tables of the views and nothing else, and roles that spell its tenant's id; each
 * table's row filter compares the two. Roles, because SQL cannot change them within a SELECT, while it can change a
 * setting in a nested query.
 */
const appRole = 'plumbline_app';
const askRole = 'plumbline_ask';

const guardedTables = [
  'people',
  'flags_current',
  'flag_changes',
  'compliance_events',
  'status_days',
] as const;

/** An id is `ten_` and 26 letters of 5 bits each (TypeID); a role for each bit spells it. */
const letters = '0123456789abcdefghjkmnpqrstvwxyz';
const idLength = 26;
const bits = 5;
const prefix = 'ten_';

const bitRole = (place: number, bit: number): string => `plumbline_t${place}_${bit}`;

/** The roles of a request for this tenant. Throws RangeError for what is no tenant id. */
export function rolesOf(tenantId: string): string[] {
  const spelled = Array.from(tenantId.slice(prefix.length), (letter) => letters.indexOf(letter));
  if (!tenantId.startsWith(prefix) || spelled.length !== idLength || spelled.includes(-1)) {
    throw new RangeError('not a tenant id');
  }
  const set = spelled.flatMap((value, place) =>
    Array.from({ length: bits }, (_, bit) => bit)
      .filter((bit) => (value >> bit) & 1)
      .map((bit) => bitRole(place, bit)),
  );
  return [askRole, ...set];
}

const bitRoles = Array.from({ length: idLength }, (_, place) =>
  Array.from({ length: bits }, (_each, bit) => bitRole(place, bit)),
).flat();

/** SQL: the tenant that the roles spell. Constant within a query, so that the primary key is used. */
const spelledTenant =
  `concat('${prefix}', arrayStringConcat(arrayMap(place -> substring('${letters}', 1 + arraySum(arrayMap(
  bit -> if(has(currentRoles(), concat('plumbline_t', toString(place), '_', toString(bit))), bitShiftLeft(1, bit), 0),
  range(${bits}))), 1), range(${idLength}))))`.replaceAll(/\s+/g, ' ');

const rowFilter = `has(currentRoles(), '${appRole}') OR tenant_id = ${spelledTenant}`;

/** Roles and row filters of the embedded engine, given to it when it starts. */
export function guardAccess(database: string): EngineAccess {
  return {
    roles: {
      [appRole]: ['GRANT ALL ON *.*'],
      [askRole]: [
        `GRANT SHOW DATABASES ON ${emptyDatabase}.*`,
        ...guardedTables.map((table) => `GRANT SELECT ON ${database}.${table}`),
      ],
      ...Object.fromEntries(bitRoles.map((role) => [role, []])),
    },
    rowFilters: Object.fromEntries(guardedTables.map((table) => [table, rowFilter])),
  };
}

/** Whether the engine has the wall: what it answers, not what was meant to be set up. */
export async function isWallUp(client: ClickHouse['client']): Promise<boolean> {
  const result = await client.query({
    query: `SELECT has(currentRoles(), '${appRole}') AS up`,
    format: 'JSONEachRow',
  });
  const [row] = await result.json<{ up: number }>();
  return row?.up === 1;
}
