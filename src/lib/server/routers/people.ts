import {
  peoplePageInputSchema,
  peoplePageSchema,
  peopleQuerySchema,
  type PeoplePage,
  type PeopleQuery,
} from '#contracts/screens/people';
import { modules } from '#contracts/modules';
import type { AuditDraft } from '#domain/audit';
import { can, type Scope } from '#domain/identity';
import * as z from 'zod';
import type { Board } from '../board/model.ts';
import { boardQueryOf } from '../board/people-query.ts';
import { toRow } from '../board/sighting.ts';
import { actContextOf } from '../context.ts';
import { peopleCsv } from '../people-csv.ts';
import { router, scopedProcedure } from '../trpc.ts';

export interface PeopleRouterDeps {
  readonly board: Board;
  /** Writes one audit entry in a transaction of its own. */
  readonly record: (scope: Scope, draft: AuditDraft) => Promise<void>;
}

export function createPeopleRouter({ board, record }: PeopleRouterDeps) {
  return router({
    /** One page of the people whom the viewer sees, with their flags. */
    list: scopedProcedure('any-module', 'see')
      .input(peoplePageInputSchema)
      .output(peoplePageSchema)
      .query(({ ctx: { scope }, input }) => listPeople(board, scope, input)),
    /** The list as CSV without personal data; recorded in the audit log before it is handed out. */
    export: scopedProcedure('any-module', 'export-deidentified')
      .input(peopleQuerySchema)
      .output(z.object({ csv: z.string(), people: z.int() }))
      .mutation(async ({ ctx, input }) => {
        const { scope } = ctx;
        const exportable = modules.filter((module) => can(scope, 'export-deidentified', module));
        const { sighting, people } = await board.list(scope, boardQueryOf(input));
        await record(scope, {
          ...actContextOf(ctx),
          act: 'people:list:export',
          subject: { type: 'tenant', id: scope.tenantId },
          after: { people: people.length, modules: exportable, filter: input },
        });
        const csv = peopleCsv(sighting, people, await board.places(scope), exportable);
        return { csv, people: people.length };
      }),
  });
}

async function listPeople(
  board: Board,
  scope: Scope,
  { query, offset, limit }: { query: PeopleQuery; offset: number; limit: number },
): Promise<PeoplePage> {
  const { sighting, people } = await board.list(scope, boardQueryOf(query));
  const ordered = inOrder(people, query.sort);
  return {
    total: ordered.length,
    offset,
    rows: ordered.slice(offset, offset + limit).map((person) => ({
      ...toRow(sighting, person),
      number: person.number,
      phase: person.phase,
    })),
  };
}

function inOrder<P extends { readonly number: string }>(
  people: readonly P[],
  sort: PeopleQuery['sort'],
): readonly P[] {
  if (sort === '-name') return people.toReversed();
  if (sort !== 'number' && sort !== '-number') return people;
  const byNumber = people.toSorted((one, other) =>
    one.number.localeCompare(other.number, 'en', { numeric: true }),
  );
  return sort === 'number' ? byNumber : byNumber.toReversed();
}
