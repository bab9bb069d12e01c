export { listEventPage, listModuleEvents } from './event-page.postgres.ts';
export { sealStoredRecords } from './seal-stored.ts';
export { toRecordModel, type RecordModels } from './model.ts';
export { foldIntoRecords, type FoldedRecords } from './service.ts';
export {
  claimEvents,
  listEvents,
  loadRecords,
  type AppliedEvent,
  type StoredRecord,
} from './store.postgres.ts';
