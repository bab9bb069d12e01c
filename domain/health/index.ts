import { healthFold } from './fold.ts';

export const { apply, fold } = healthFold;
export { caseMachine, caseStates, type CaseTrigger } from './case-machine.ts';
export { caseDays } from './cases.ts';
export { establishmentSchema, itaForms, type Establishment } from './establishment.ts';
export { healthFold } from './fold.ts';
export { hasShift, isHearingCase } from './hearing.ts';
export {
  itaCaseSchema,
  itaPlaceSchema,
  writeIta300A,
  writeIta300And301,
  type ItaCase,
  type ItaPlace,
} from './ita-file.ts';
export { loggedCase, totalCases } from './summary.ts';
export {
  healthRecordSchema,
  type BloodLeadFact,
  type CaseFact,
  type ExamFact,
  type HealthRecord,
} from './record.ts';
