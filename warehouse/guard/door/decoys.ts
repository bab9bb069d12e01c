import type { ClickHouse } from '#platform/clickhouse';

/** Things beside the catalogue that a database may hold and SQL may reach for: none of it is shown by any view. */
export async function makeDecoys({
  client,
  database,
}: Pick<ClickHouse, 'client' | 'database'>): Promise<void> {
  const statements = [
    `CREATE TABLE ev (tenant_id UInt32, id UInt64, v Int32, s String, big String) ENGINE = MergeTree ORDER BY id`,
    `INSERT INTO ev SELECT number % 2 + 1, number, number, concat('${decoyText}', toString(number)), repeat('x', 100) FROM numbers(2000)`,
    `CREATE TABLE emp (tenant_id UInt32, id UInt64, name String) ENGINE = MergeTree ORDER BY id`,
    `INSERT INTO emp SELECT number % 2 + 1, number, concat('${decoyText}', toString(number)) FROM numbers(100)`,
    `CREATE VIEW pv AS SELECT * FROM ev WHERE tenant_id = {t:UInt32}`,
    `CREATE DICTIONARY d (id UInt64, tenant_id UInt32, name String) PRIMARY KEY id
      SOURCE(CLICKHOUSE(DB '${database}' TABLE 'emp')) LAYOUT(HASHED()) LIFETIME(0)`,
    `CREATE TABLE j (id UInt64, name String) ENGINE = Join(ANY, LEFT, id)`,
    `INSERT INTO j SELECT id, name FROM emp`,
    `CREATE TABLE st (id UInt64) ENGINE = Set`,
    `INSERT INTO st SELECT id FROM emp`,
  ];
  for (const query of statements) await client.command({ query });
}

/** Stands in every row of them. */
export const decoyText = 'DECOY-';
