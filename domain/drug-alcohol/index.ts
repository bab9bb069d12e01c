import { drugAlcoholFold } from './fold.ts';

export const { apply, fold } = drugAlcoholFold;
export { drugAlcoholFold } from './fold.ts';
export {
  drugAlcoholRecordSchema,
  emptyRecord,
  type AccidentFact,
  type DrugAlcoholRecord,
  type TestFact,
} from './record.ts';
export { isDot, isNegative, returnStage, standingViolations } from './violations.ts';
export { drawRandom, verifyDraw } from './random-draw.ts';
export { misDueOn, randomTile } from './random-programme.ts';
export { eventsBeforeNotice, laboratorySteps, unannouncedReasons } from './secrecy.ts';
