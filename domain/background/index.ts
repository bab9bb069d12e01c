import { backgroundFold } from './fold.ts';

export const { apply, fold } = backgroundFold;
export { backgroundFold } from './fold.ts';
export { backgroundRecordSchema, emptyRecord, type BackgroundRecord, type OrderFact } from './record.ts';
export { reportMachine } from './report-machine.ts';
export { reportStates, reportTriggers, type ReportState, type ReportTrigger } from './report-states.ts';
