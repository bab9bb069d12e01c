import { healthFold } from './fold.ts';

export const { apply, fold } = healthFold;
export { caseMachine, caseStates, type CaseState, type CaseTrigger } from './case-machine.ts';
export { caseDays, type CaseDays } from './cases.ts';
export { establishmentSchema, itaForms, type Establishment } from './establishment.ts';
export { healthFold } from './fold.ts';
export { hasShift, isHearingCase } from './hearing.ts';
export {
  itaCaseSchema,
  itaPlaceSchema,
  writeIta300A,
  writeIta300And301,
  type ItaCase,
  type ItaFile,
  type ItaPlace,
} from './ita-file.ts';
export { loggedCase, totalCases, type CaseOutcome, type CaseTotals, type LoggedCase } from './summary.ts';
export {
  healthRecordSchema,
  type AudiogramFact,
  type BloodLeadFact,
  type CaseFact,
  type ExamFact,
  type HealthRecord,
} from './record.ts';
