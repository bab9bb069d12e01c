import type { ClickHouseClient } from '@clickhouse/client';

/**
 * Makes a database when it is missing, on every replica of the cluster. Engine Atomic: tables can be exchanged.
 * The client's own database must exist: a request that names a missing one fails, even this one.
 */
export async function createDatabase(
  client: ClickHouseClient,
  database: string,
  cluster: string | null,
): Promise<void> {
  const onCluster = cluster === null ? '' : 'ON CLUSTER {cluster:Identifier}';
  await client.command({
    query: `CREATE DATABASE IF NOT EXISTS {database:Identifier} ${onCluster} ENGINE = Atomic`,
    query_params: { database, ...(cluster === null ? {} : { cluster }) },
  });
}
