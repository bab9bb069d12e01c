import { sql } from 'kysely';
import type { AuditEntry } from '#domain/audit';
import type { Scope } from '#domain/identity';
import { visibleEmployees } from '#domain/people';
import type { Tx } from '#platform/postgres';

const named = /\b(?:emp|div|loc)_[0-7][0-9a-hjkmnp-tv-z]{25}\b/g;

/** People, divisions and sites that an entry names, in its subject or in its values. */
export function namedIn({
  subject,
  before,
  after,
}: Pick<AuditEntry, 'subject' | 'before' | 'after'>): string[] {
  return JSON.stringify([subject.id, before, after]).match(named) ?? [];
}

/**
 * Of what these entries name, whatever lies outside a scope that is limited to divisions or sites: people who are not
 * in it, and places where none of its people are. Empty for a scope of the whole company.
 */
export async function outsideOf(
  tx: Tx,
  scope: Scope,
  entries: readonly AuditEntry[],
): Promise<ReadonlySet<string>> {
  const whole = scope.divisionIds === null && scope.locationIds === null && scope.ownEmployeeId === null;
  const ids = whole ? [] : [...new Set(entries.flatMap(namedIn))];
  if (ids.length === 0) return new Set();
  const { rows } = await sql<{ id: string }>`
    with seen as (select e.id, e.division_id, e.location_id from employees e where ${visibleEmployees(scope, 'e')})
    select id from seen where id = any(${ids}::text[])
    union select division_id from seen where division_id = any(${ids}::text[])
    union select location_id from seen where location_id = any(${ids}::text[])`.execute(tx);
  const inside = new Set(rows.map(({ id }) => id));
  return new Set(ids.filter((id) => !inside.has(id)));
}
