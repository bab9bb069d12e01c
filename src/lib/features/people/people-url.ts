import { peopleSorts, type PeopleQuery } from '#contracts/screens/people';
import { readBoardQuery } from '../board/board-url.ts';

export const peoplePageSize = 50;

/** Columns that can be hidden; the person is always shown. */
export const peopleColumns = [
  { id: 'number', label: 'Number' },
  { id: 'job', label: 'Job role' },
  { id: 'division', label: 'Division' },
  { id: 'site', label: 'Site' },
  { id: 'flags', label: 'Flags' },
  { id: 'next', label: 'Next due' },
  { id: 'employment', label: 'Employment' },
] as const;
/** What a screen of usual width has no room for; "none" in the address shows all. */
const hiddenAtFirst = 'employment';

export type PeopleColumn = (typeof peopleColumns)[number]['id'];

export interface PeopleAddress {
  readonly query: PeopleQuery;
  readonly page: number;
  readonly hidden: readonly PeopleColumn[];
}

/** What the address of the people list asks for. */
export function readPeopleAddress(parameters: URLSearchParams): PeopleAddress {
  const { text, phases, divisionIds, locationIds, jobRoleIds } = readBoardQuery(parameters, null);
  const sort = peopleSorts.find((one) => one === parameters.get('sort')) ?? 'name';
  const page = Math.max(1, Math.trunc(Number(parameters.get('page') ?? '1')) || 1);
  const away = (parameters.get('hide') ?? hiddenAtFirst).split(',');
  return {
    query: { text, phases, divisionIds, locationIds, jobRoleIds, sort },
    page,
    hidden: peopleColumns.map((column) => column.id).filter((id) => away.includes(id)),
  };
}

/** The sort that a press on a column's head leads to: up, then down. */
export function nextSort(current: PeopleQuery['sort'], column: 'name' | 'number'): PeopleQuery['sort'] {
  return current === column ? `-${column}` : column;
}
