import * as z from 'zod';
import {
  boardChoicesSchema,
  boardColumnsSchema,
  boardPageInputSchema,
  boardPageSchema,
} from '#contracts/screens/board';
import type { ColumnChoice } from '../board/columns.postgres.ts';
import type { Board } from '../board/model.ts';
import type { EndOfDay } from '../end-of-day.ts';
import { router, scopedProcedure } from '../trpc.ts';

export interface BoardRouterDeps {
  readonly board: Board;
  readonly endOfDay: EndOfDay;
  readonly columns: ColumnChoice;
}

const viewer = scopedProcedure('any-module', 'see');

export function createBoardRouter({ board, endOfDay, columns }: BoardRouterDeps) {
  return router({
    /** One page of the grid, with the counts of the whole. */
    page: viewer
      .input(boardPageInputSchema)
      .output(boardPageSchema)
      .query(async ({ ctx: { scope }, input }) => {
        const { asOf } = input.query;
        return board.page(scope, input, asOf === null ? null : await endOfDay(scope.tenantId, asOf));
      }),
    /** The columns that the viewer has put away. */
    columns: viewer
      .input(z.void())
      .output(boardColumnsSchema)
      .query(({ ctx: { scope } }) => columns.read(scope)),
    setColumns: viewer
      .input(z.object({ hidden: boardColumnsSchema }))
      .mutation(({ ctx: { scope }, input }) => columns.save(scope, input.hidden)),
    /** What the filters offer: only places where the viewer sees somebody. */
    choices: viewer
      .input(z.void())
      .output(boardChoicesSchema)
      .query(async ({ ctx: { scope } }) => {
        const places = await board.places(scope);
        const { divisions, locations, jobRoles } = places;
        return { divisions: [...divisions], locations: [...locations], jobRoles: [...jobRoles] };
      }),
  });
}
