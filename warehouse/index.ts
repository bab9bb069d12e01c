export { benchWarehouse, type BenchMetric, type WarehouseBenchOptions } from './bench.ts';
export { catalogue, type TableName } from './catalogue/catalogue.ts';
export type { Column, Sensitivity, Table } from './catalogue/table.ts';
export { describeCatalogue } from './catalogue/views/describe.ts';
export type { VerifiedQuestion, View, ViewColumn } from './catalogue/views/view.ts';
export { viewNames, views, type ViewName } from './catalogue/views/views.ts';
export {
  createGuard,
  type Guard,
  type GuardDeps,
  type GuardedAnswer,
  type GuardedAsk,
  type GuardRecord,
} from './guard/guard.ts';
export {
  fates,
  readAttempts,
  tryAttempts,
  type Attempt,
  type Fate,
  type Tried,
} from './guard/door/attempts.ts';
export { measureGuard, type GuardMeasures } from './guard/door/measure.ts';
export { prepareTrial, trialPlaces } from './guard/door/trial.ts';
export { guardAccess } from './guard/wall.ts';
export type { AnswerColumn } from './guard/run.ts';
export type { Secrecy } from './guard/sources.ts';
export type { GuardLimits } from './guard/statement.ts';
export { erasePersonFromWarehouse } from './erase-person.ts';
export { createLoader, type Loaded, type Loader, type LoaderDeps } from './loading/loader.ts';
export { observeLoader } from './loading/observed.ts';
export type { EventRow, FlagChangeRow, LogPosition, NamedUnit, PersonRow } from './loading/rows.ts';
export { migrateWarehouse, requireWarehouseMigrated } from './migrate.ts';
export {
  createMetrics,
  type MetricAsk,
  type Metrics,
  type MetricsDeps,
  type UnitRate,
  type VendorRate,
} from './metrics/metrics.ts';
export { units, type Unit } from './metrics/breakdown.ts';
export type { StatusCounts } from './metrics/counts.ts';
export type {
  Counted,
  DayPoint,
  DivisionRow,
  DueWeek,
  ModuleTile,
  Overview,
  RecentChange,
} from './metrics/overview.ts';
export { filtersSchema, type Audience, type Filters } from './metrics/scope.ts';
export type { DayComparison } from './rebuild/compare.ts';
export { openRebuild, type Rebuild, type RebuildDeps } from './rebuild/rebuild.ts';
export { stateBits } from './state.ts';
export { createDayRollup, type DayRollup, type DayRollupDeps } from './rollup.ts';
