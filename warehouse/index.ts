export { catalogue, type TableName } from './catalogue/catalogue.ts';
export type { Column, Sensitivity, Table } from './catalogue/table.ts';
export { createLoader, type Loaded, type Loader, type LoaderDeps } from './loading/loader.ts';
export type { EventRow, FlagChangeRow, LogPosition, NamedUnit, PersonRow } from './loading/rows.ts';
export { migrateWarehouse, type Topology } from './migrate.ts';
