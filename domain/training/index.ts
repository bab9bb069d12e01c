import { trainingFold } from './fold.ts';

export const { apply, fold } = trainingFold;
export { trainingFold } from './fold.ts';
export {
  emptyItem,
  trainingRecordSchema,
  type CompletionFact,
  type ItemFact,
  type TrainingRecord,
} from './record.ts';
