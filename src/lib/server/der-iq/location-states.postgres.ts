import { sql } from 'kysely';
import type { Scope } from '#domain/identity';
import type { Postgres } from '#platform/postgres';

/** State of each location of the company by its id (`TX`), for who asks by state; locations elsewhere are missing. */
export async function readLocationStates(
  postgres: Postgres,
  scope: Scope,
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await postgres.asViewer(scope, (tx) =>
    sql<{ id: string; jurisdiction: string }>`select id, jurisdiction from locations
      where tenant_id = ${scope.tenantId} and jurisdiction like 'US-__'`.execute(tx),
  );
  return new Map(rows.map(({ id, jurisdiction }) => [id, jurisdiction.slice(3)]));
}
