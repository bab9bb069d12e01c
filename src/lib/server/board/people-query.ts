import { noBoardQuery, type BoardQuery } from '#contracts/screens/board';
import type { PeopleQuery } from '#contracts/screens/people';

const boardSort: Record<PeopleQuery['sort'], BoardQuery['sort']> = {
  name: 'name',
  '-name': 'name',
  gravity: 'gravity',
  number: 'name',
  '-number': 'name',
};

/** The people list is the board in another order. */
export function boardQueryOf({ sort, ...filters }: PeopleQuery): BoardQuery {
  return { ...noBoardQuery, ...filters, group: 'none', sort: boardSort[sort] };
}
