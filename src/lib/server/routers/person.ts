import { personInputSchema, personPageSchema, whyInputSchema, whySchema } from '#contracts/screens/person';
import type { EndOfDay } from '../end-of-day.ts';
import type { PersonPages } from '../person/pages.ts';
import { ownProcedure, router, scopedProcedure } from '../trpc.ts';
import * as z from 'zod';

export interface PersonRouterDeps {
  readonly persons: PersonPages;
  readonly endOfDay: EndOfDay;
}

const viewer = scopedProcedure('any-module', 'see');

export function createPersonRouter({ persons, endOfDay }: PersonRouterDeps) {
  const instantOf = (tenantId: string, day: string | null) =>
    day === null ? Promise.resolve(null) : endOfDay(tenantId, day);
  return router({
    page: viewer
      .input(personInputSchema)
      .output(personPageSchema)
      .query(async ({ ctx: { scope }, input }) =>
        persons.page(scope, input.employeeId, await instantOf(scope.tenantId, input.asOf)),
      ),
    /** The drawer behind any flag. */
    why: viewer
      .input(whyInputSchema)
      .output(whySchema)
      .query(async ({ ctx: { scope }, input }) =>
        persons.why(scope, input.employeeId, input.module, await instantOf(scope.tenantId, input.asOf)),
      ),
    /** My compliance: the viewer's own record. */
    mine: ownProcedure
      .input(z.void())
      .output(personPageSchema)
      .query(({ ctx: { scope } }) => {
        if (scope.ownEmployeeId === null) throw new Error('an own-record scope has no record');
        return persons.page(scope, scope.ownEmployeeId, null);
      }),
  });
}
