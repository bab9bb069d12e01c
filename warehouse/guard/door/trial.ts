import type { ClickHouse } from '#platform/clickhouse';
import { migrateWarehouse } from '../../migrate.ts';
import { makeDecoys } from './decoys.ts';
import { madeId, tenantOf } from './two-companies.ts';

/** Makes the tables that attempts are tried on: an empty database of their own. */
export async function prepareTrial(clickhouse: ClickHouse): Promise<void> {
  await migrateWarehouse(clickhouse);
  await makeDecoys(clickhouse);
}

/** The company that askers belong to, and the places that limited ones are given: part of the people each. */
export const trialPlaces = {
  tenantId: tenantOf('ours'),
  divisionIds: [madeId('division', 1)],
  locationIds: [madeId('location', 1)],
  employeeId: madeId('employee', 3),
} as const;
