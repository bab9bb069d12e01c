import { noBoardQuery, type BoardQuery } from '#contracts/screens/board';
import {
  peoplePageInputSchema,
  peoplePageSchema,
  type PeoplePage,
  type PeopleQuery,
} from '#contracts/screens/people';
import type { Board } from '../board/model.ts';
import { toRow } from '../board/sighting.ts';
import { router, scopedProcedure } from '../trpc.ts';

export interface PeopleRouterDeps {
  readonly board: Board;
}

const boardSort: Record<PeopleQuery['sort'], BoardQuery['sort']> = {
  name: 'name',
  '-name': 'name',
  gravity: 'gravity',
  number: 'name',
  '-number': 'name',
};

export function createPeopleRouter({ board }: PeopleRouterDeps) {
  return router({
    /** One page of the people whom the viewer sees, with their flags. */
    list: scopedProcedure('any-module', 'see')
      .input(peoplePageInputSchema)
      .output(peoplePageSchema)
      .query(({ ctx: { scope }, input }) => listPeople(board, scope, input)),
  });
}

async function listPeople(
  board: Board,
  scope: Parameters<Board['list']>[0],
  { query, offset, limit }: { query: PeopleQuery; offset: number; limit: number },
): Promise<PeoplePage> {
  const { text, phases, divisionIds, locationIds, jobRoleIds, sort } = query;
  const filters = { text, phases, divisionIds, locationIds, jobRoleIds };
  const asked = { ...noBoardQuery, ...filters, group: 'none' as const, sort: boardSort[sort] };
  const { sighting, people } = await board.list(scope, asked);
  const ordered = inOrder(people, sort);
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
