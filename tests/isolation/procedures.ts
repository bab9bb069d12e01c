import type { Expectation } from './needs.ts';
import { officeProcedures } from './office-procedures.ts';
import { screenProcedures } from './screen-procedures.ts';

/** Every procedure of the API. One that is missing here fails the test: decide what it needs before it ships. */
export const procedures: Readonly<Record<string, Expectation>> = {
  ...screenProcedures,
  ...officeProcedures,
};
