import { sql } from 'kysely';
import type { AuditEntry } from '#domain/audit';
import type { Scope } from '#domain/identity';
import { visibleEmployees } from '#domain/people';
import type { Tx } from '#platform/postgres';

const named = /\b(?:emp|div|loc)_[0-7][0-9a-hjkmnp-tv-z]{25}\b/g;

/** People, divisions and sites that an entry names, in its subject or in its values. */
function namedIn({ subject, before, after }: AuditEntry): string[] {
  return JSON.stringify([subject.id, before, after]).match(named) ?? [];
}

/** Imports tell of many people at once and name only some of them. */
const ofMany = 'employees';

/**
 * Ids of the entries that tell of somebody or some place beyond a scope that is limited to divisions or sites: of people
 * who are not in it, of places where none of its people are, of imports. None for a scope of the whole company.
 */
export async function entriesBeyond(
  tx: Tx,
  scope: Scope,
  entries: readonly AuditEntry[],
): Promise<ReadonlySet<string>> {
  const whole = scope.divisionIds === null && scope.locationIds === null && scope.ownEmployeeId === null;
  if (whole) return new Set();
  const ids = [...new Set(entries.flatMap(namedIn))];
  const { rows } = await sql<{ id: string }>`
    with seen as (select e.id, e.division_id, e.location_id from employees e where ${visibleEmployees(scope, 'e')})
    select id from seen where id = any(${ids}::text[])
    union select division_id from seen where division_id = any(${ids}::text[])
    union select location_id from seen where location_id = any(${ids}::text[])`.execute(tx);
  const inside = new Set(rows.map(({ id }) => id));
  const beyond = entries.filter(
    (entry) => entry.subject.type === ofMany || namedIn(entry).some((id) => !inside.has(id)),
  );
  return new Set(beyond.map(({ id }) => id));
}
