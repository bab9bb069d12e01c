import type { ClickHouse } from '#platform/clickhouse';

/** Columns that tell who somebody is or of them, by table; what is counted stays. */
const replaced: Readonly<Record<string, string>> = {
  people: `name = 'Erased person'`,
  compliance_events: `name = 'Erased person', payload = '{}', subject_ref = '', dedupe_key = '', raw_ref = '', review_reason = ''`,
  flag_changes: `name = 'Erased person', short = '', summary = ''`,
  flags_current: `short = ''`,
};

/**
 * Takes a person's name and what was reported of them out of every table. By mutation, which is rare enough here: counts
 * of the past stay as they were. Returns when every replica has done it.
 */
export async function erasePersonFromWarehouse(
  { client, cluster }: Pick<ClickHouse, 'client' | 'cluster'>,
  tenantId: string,
  employeeId: string,
): Promise<void> {
  const onCluster = cluster === null ? '' : ` ON CLUSTER '${cluster}'`;
  for (const [table, set] of Object.entries(replaced)) {
    await client.command({
      query: `ALTER TABLE ${table}${onCluster} UPDATE ${set} WHERE tenant_id = {tenant:String} AND employee_id = {employee:String}`,
      query_params: { tenant: tenantId, employee: employeeId },
      clickhouse_settings: { mutations_sync: '2' },
    });
  }
}
