import { dotFold } from './fold.ts';

export const { apply, fold } = dotFold;
export {
  uploadDateFormats,
  uploadRowSchema,
  writeUpload,
  type UploadOptions,
  type UploadRow,
} from './clearinghouse-upload.ts';
export { verifiedDocument } from './documents.ts';
export { dotFold } from './fold.ts';
export { fullQueryWindowMs, queryStateAt } from './queries.ts';
export { queryMachine, queryStates, type QueryTrigger } from './query-machine.ts';
export {
  dotRecordSchema,
  emptyRecord,
  type CertificateFact,
  type DotRecord,
  type LicenceFact,
  type QueryFact,
} from './record.ts';
