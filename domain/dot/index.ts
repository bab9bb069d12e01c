import { dotFold } from './fold.ts';

export const { apply, fold } = dotFold;
export {
  uploadDateFormats,
  uploadRowSchema,
  writeUpload,
  type RejectedUploadRow,
  type UploadDateFormat,
  type UploadFile,
  type UploadOptions,
  type UploadRow,
} from './clearinghouse-upload.ts';
export { verifiedDocument } from './documents.ts';
export { dotFold } from './fold.ts';
export { fullQueryWindowMs, queryStateAt } from './queries.ts';
export { queryMachine, queryStates, type QueryState, type QueryTrigger } from './query-machine.ts';
export {
  dotRecordSchema,
  emptyRecord,
  type CertificateFact,
  type DocumentFact,
  type DotRecord,
  type LicenceFact,
  type QueryFact,
} from './record.ts';
