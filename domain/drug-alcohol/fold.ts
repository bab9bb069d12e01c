import { drugAlcoholEvents } from '#contracts/events/drug-alcohol';
import { createFold, type Handlers } from '#domain/folding';
import { programmeHandlers } from './programme-events.ts';
import { emptyRecord, type DrugAlcoholRecord } from './record.ts';
import { testHandlers } from './test-readings.ts';

const handlers: Handlers<DrugAlcoholRecord, typeof drugAlcoholEvents> = {
  ...testHandlers,
  ...programmeHandlers,
};

/** The drug and alcohol record of one employee as a pure fold over that employee's `drug_alcohol` events. */
export const drugAlcoholFold = createFold({ schemas: drugAlcoholEvents, handlers, empty: emptyRecord });
