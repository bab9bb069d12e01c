import { backgroundFold } from './fold.ts';

export const { apply, fold } = backgroundFold;
export { backgroundFold } from './fold.ts';
export { backgroundRecordSchema, emptyRecord, type BackgroundRecord, type OrderFact } from './record.ts';
