export {
  foldEvents,
  toRecordModel,
  type ModuleRecord,
  type RecordModel,
  type RecordModels,
} from './model.ts';
export { foldIntoRecords, recordAsOf } from './service.ts';
export {
  claimEvents,
  findEvents,
  listEvents,
  loadRecords,
  type AppliedEvent,
  type EventFilter,
  type RecordKey,
  type StoredRecord,
} from './store.postgres.ts';
