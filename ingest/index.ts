export { checkBytes, checkFiles, exitCodeOf, type CheckOptions, type CheckResult } from './check.ts';
export { runCheckCommand } from './check-command.ts';
export { createIngest, type Ingest, type IngestDeps } from './ingest.ts';
export { sealStoredSecrets } from './endpoints/seal-stored.ts';
export type { EndpointHealth } from './endpoints/health.ts';
export {
  newEndpointSchema,
  type Endpoints,
  type MadeEndpoint,
  type NewEndpoint,
} from './endpoints/service.ts';
export type { Receiver } from './door/receive.ts';
export type { DeadLetters } from './fates/dead-letters.ts';
export {
  deadLetterFilterSchema,
  type DeadLetter,
  type DeadLetterFilter,
} from './fates/dead-letters-store.postgres.ts';
export { sources } from './sources.ts';
export type { FetchRequest, Outcome, Source, VendorApi } from './source.ts';
export { readEmployeeList, type EmployeeList } from './sources/csv-employees/list.ts';
export { createApplyConsumer, type ApplyDeps } from './apply.ts';
export { createWarehouseConsumer, type LoadWarehouseDeps, type PlaceNames } from './load-warehouse.ts';
export { readVendorStanding, type VendorStanding } from './standing.ts';
export { ingestTopics } from './pipeline/normalise-consumer.ts';
export { watchVendors } from './watch.ts';
export { rebuildWarehouse, type RebuildOutcome, type RebuildWarehouseDeps } from './rebuild-warehouse.ts';
