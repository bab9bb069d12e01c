import { needInputSchema, standingNeedSchema } from '#contracts/screens/need-to-know';
import { personInputSchema, personPageSchema, whyInputSchema, whySchema } from '#contracts/screens/person';
import type { Clock } from '#platform/clock';
import { actContextOf } from '../context.ts';
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
      .query(async ({ ctx, input }) =>
        persons.page(ctx.scope, input.employeeId, await pastOf(ctx.scope.tenantId, input), actContextOf(ctx)),
      ),
    /** The drawer behind any flag. */
    why: viewer
      .input(whyInputSchema)
      .output(whySchema)
      .query(async ({ ctx, input }) =>
        persons.why(ctx.scope, input, await pastOf(ctx.scope.tenantId, input), actContextOf(ctx)),
      ),
    /** Gives the reason for which guarded records of a person open to the viewer for an hour. */
    openGuarded: scopedProcedure('background', 'view')
      .input(needInputSchema)
      .output(standingNeedSchema)
      .mutation(({ ctx, input }) => persons.openFor(ctx.scope, input, actContextOf(ctx))),
    /** My compliance: the viewer's own record. */
    mine: ownProcedure
      .input(z.void())
      .output(personPageSchema)
      .query(({ ctx }) => {
        const { scope } = ctx;
        if (scope.ownEmployeeId === null) throw new Error('an own-record scope has no record');
        return persons.page(scope, scope.ownEmployeeId, null, actContextOf(ctx));
      }),
  });
}
