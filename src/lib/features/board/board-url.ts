import { flagColours } from '#contracts/flags';
import { isId, type Id, type IdKind } from '#contracts/ids';
import { modules } from '#contracts/modules';
import { phases } from '#contracts/person-facts';
import { boardGroupings, boardSorts, noBoardQuery, type BoardQuery } from '#contracts/screens/board';

/** Names of the board's parameters; every part of the question is in the address. */
export const boardParameters = [
  'module',
  'flags',
  'hold',
  'division',
  'location',
  'role',
  'phase',
  'q',
  'group',
  'sort',
] as const;

const splitList = (text: string | null): string[] => (text ?? '').split(',').filter(Boolean);

function chosen<T extends string>(known: readonly T[], text: string | null): T[] {
  const wanted = splitList(text);
  return known.filter((value) => wanted.includes(value));
}

function one<T extends string>(known: readonly T[], text: string | null, otherwise: T): T {
  return known.find((value) => value === text) ?? otherwise;
}

function ids<K extends IdKind>(kind: K, text: string | null): Id<K>[] {
  return splitList(text).filter((id): id is Id<K> => isId(kind, id));
}

/** What the address asks for. A value nobody knows filters nothing: a mistyped link still shows the board. */
export function readBoardQuery(parameters: URLSearchParams, asOf: string | null): BoardQuery {
  const phase = parameters.get('phase');
  return {
    module: modules.find((module) => module === parameters.get('module')) ?? null,
    flags: chosen(flagColours, parameters.get('flags')),
    hold: parameters.get('hold') === '1',
    divisionIds: ids('division', parameters.get('division')),
    locationIds: ids('location', parameters.get('location')),
    jobRoleIds: ids('jobRole', parameters.get('role')),
    phases: phase === 'all' ? [...phases] : phase === null ? noBoardQuery.phases : chosen(phases, phase),
    text: (parameters.get('q') ?? '').slice(0, 100),
    group: one(boardGroupings, parameters.get('group'), noBoardQuery.group),
    sort: one(boardSorts, parameters.get('sort'), noBoardQuery.sort),
    asOf,
  };
}

/** The drawer: `why=emp_…:dot`. */
export interface WhyAddress {
  readonly employeeId: string;
  readonly module: (typeof modules)[number];
}

export function readWhy(parameters: URLSearchParams): WhyAddress | null {
  const [employeeId = '', module = ''] = (parameters.get('why') ?? '').split(':');
  const known = modules.find((name) => name === module);
  return known !== undefined && isId('employee', employeeId) ? { employeeId, module: known } : null;
}

export function writeWhy(address: WhyAddress): string {
  return `${address.employeeId}:${address.module}`;
}

/** How many filters narrow the board: for "clear all". */
export function countFilters(query: BoardQuery): number {
  const lists = [query.flags, query.divisionIds, query.locationIds, query.jobRoleIds];
  return (
    lists.filter((list) => list.length > 0).length +
    [query.module !== null, query.hold, query.text !== ''].filter(Boolean).length
  );
}
