import { sql, type RawBuilder } from 'kysely';
import type { Scope } from '#domain/identity';

/**
 * The one place that turns a scope into SQL over `employees`. `alias` is the table's name in the statement.
 * The same rule as `covers` of identity; row security holds the tenant once more.
 */
export function visibleEmployees(scope: Scope, alias: string): RawBuilder<boolean> {
  const e = sql.table(alias);
  const parts: RawBuilder<unknown>[] = [sql`${e}.tenant_id = ${scope.tenantId}`];
  if (scope.ownEmployeeId !== null) parts.push(sql`${e}.id = ${scope.ownEmployeeId}`);
  if (scope.divisionIds !== null || scope.locationIds !== null) {
    parts.push(
      sql`(${e}.division_id = any(${scope.divisionIds ?? []}::text[]) or ${e}.location_id = any(${scope.locationIds ?? []}::text[]))`,
    );
  }
  return sql<boolean>`(${sql.join(parts, sql` and `)})`;
}

/** The transaction's tenant. Named in statements that the system role may run too: for it, this is no row at all. */
export const thisTenant: RawBuilder<string> = sql<string>`current_setting('app.tenant_id', true)`;
