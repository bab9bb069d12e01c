import { personInputSchema, personPageSchema, whyInputSchema, whySchema } from '#contracts/screens/person';
import type { Clock } from '#platform/clock';
import type { EndOfDay } from '../end-of-day.ts';
import type { PersonPages } from '../person/pages.ts';
import { ownProcedure, router, scopedProcedure } from '../trpc.ts';
import * as z from 'zod';

export interface PersonRouterDeps {
  readonly persons: PersonPages;
  readonly endOfDay: EndOfDay;
  readonly clock: Pick<Clock, 'now'>;
}

const viewer = scopedProcedure('any-module', 'see');

export function createPersonRouter({ persons, endOfDay, clock }: PersonRouterDeps) {
  const pastOf = async (tenantId: string, { asOf, known }: z.infer<typeof personInputSchema>) => {
    if (asOf === null) return null;
    const instant = await endOfDay(tenantId, asOf);
    return { instant, knownBy: known === 'then' ? instant : clock.now() };
  };
  return router({
    page: viewer
      .input(personInputSchema)
      .output(personPageSchema)
      .query(async ({ ctx: { scope }, input }) =>
        persons.page(scope, input.employeeId, await pastOf(scope.tenantId, input)),
      ),
    /** The drawer behind any flag. */
    why: viewer
      .input(whyInputSchema)
      .output(whySchema)
      .query(async ({ ctx: { scope }, input }) =>
        persons.why(scope, input.employeeId, input.module, await pastOf(scope.tenantId, input)),
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
