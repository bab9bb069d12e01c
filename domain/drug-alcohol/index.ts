import { drugAlcoholFold } from './fold.ts';

export const { apply, fold } = drugAlcoholFold;
export { drugAlcoholFold } from './fold.ts';
export {
  alcoholTestMachine,
  type AlcoholTestState,
  type AlcoholTestTrigger,
} from './alcohol-test-machine.ts';
export { drugTestMachine } from './drug-test-machine.ts';
export {
  drugTestStates,
  drugTestTriggers,
  type DrugTestState,
  type DrugTestTrigger,
} from './drug-test-states.ts';
export {
  drugAlcoholRecordSchema,
  emptyRecord,
  type AccidentFact,
  type DrugAlcoholRecord,
  type TestFact,
} from './record.ts';
export {
  isDot,
  isNegative,
  returnStage,
  standingViolations,
  type ReturnProcess,
  type ReturnStage,
  type Violation,
} from './violations.ts';
export { commitmentOf, drawRandom, poolHashOf, verifyDraw, type Draw } from './random-draw.ts';
export {
  misDueOn,
  randomRates,
  randomTile,
  type RandomProgramme,
  type RandomTile,
  type RateTile,
} from './random-programme.ts';
