import type * as z from 'zod';
import type { apiFlagSchema, apiProgramSchema } from '#contracts/api/resources';
import type { listFlagsSchema } from '#contracts/api/requests';
import { moduleNames, modules, type Module } from '#contracts/modules';
import { isId, type EmployeeId } from '#contracts/ids';
import { noBoardQuery, type BoardQuery, type Tally } from '#contracts/screens/board';
import type { Scope } from '#domain/identity';
import { PlumblineError } from '#platform/errors';
import type { Board } from '../board/model.ts';
import { toRow } from '../board/sighting.ts';

type ApiFlag = z.input<typeof apiFlagSchema>;
type ListFlags = z.output<typeof listFlagsSchema>;
type Listed = Awaited<ReturnType<Board['list']>>;

/** A board list is kept as long as nothing in it changes, and so is its order by id. */
export function createFlagLists(board: Board) {
  const inOrder = new WeakMap<Listed['people'], Listed['people']>();

  async function peopleById(scope: Scope, query: BoardQuery) {
    const { sighting, people } = await board.list(scope, query);
    const known = inOrder.get(people) ?? people.toSorted((a, b) => (a.employeeId < b.employeeId ? -1 : 1));
    inOrder.set(people, known);
    return { sighting, people: known };
  }

  return {
    /** Flags by person and module, page by page; the cursor is the person of the last flag and its module. */
    async list(scope: Scope, asked: ListFlags): Promise<{ data: ApiFlag[]; next: string | null }> {
      const { sighting, people } = await peopleById(scope, queryOf(asked));
      const after = asked.cursor === undefined ? null : readCursor(asked.cursor);
      const data: ApiFlag[] = [];
      for (const person of people) {
        if (asked.employeeId !== undefined && person.employeeId !== asked.employeeId) continue;
        if (after !== null && person.employeeId < after.employeeId) continue;
        const row = toRow(sighting, person);
        for (const [at, module] of modules.entries()) {
          if (after !== null && row.employeeId === after.employeeId && at <= after.at) continue;
          const cell = row.cells[at] ?? null;
          if (cell === null || !wanted(asked, module, cell)) continue;
          if (data.length === asked.limit) return { data, next: cursorOf(data.at(-1)) };
          data.push({ employeeId: row.employeeId, module, ...cell });
        }
      }
      return { data, next: null };
    },
    async ofEmployee(scope: Scope, employeeId: EmployeeId): Promise<ApiFlag[]> {
      const phases: BoardQuery['phases'] = ['applicant', 'active', 'leave', 'terminated'];
      const { sighting, people } = await board.list(scope, { ...noBoardQuery, group: 'none', phases });
      const person = people.find((one) => one.employeeId === employeeId);
      if (person === undefined) throw unknownPerson();
      const { cells } = toRow(sighting, person);
      return modules.flatMap((module, at) => {
        const cell = cells[at] ?? null;
        return cell === null ? [] : [{ employeeId, module, ...cell }];
      });
    },
  };
}

function queryOf({ phase, divisionId, locationId, jobRoleId }: ListFlags): BoardQuery {
  return {
    ...noBoardQuery,
    group: 'none',
    sort: 'name',
    phases: phase ?? ['active'],
    divisionIds: divisionId ?? [],
    locationIds: locationId ?? [],
    jobRoleIds: jobRoleId ?? [],
  };
}

function wanted(asked: ListFlags, module: Module, cell: Pick<ApiFlag, 'flag' | 'hold'>): boolean {
  if (asked.module !== undefined && !asked.module.includes(module)) return false;
  if (asked.flag !== undefined && !asked.flag.includes(cell.flag)) return false;
  return asked.hold === undefined || asked.hold === cell.hold;
}

function cursorOf(last: ApiFlag | undefined): string | null {
  if (last === undefined) return null;
  return Buffer.from(`${last.employeeId}:${modules.indexOf(last.module)}`).toString('base64url');
}

function readCursor(text: string): { employeeId: string; at: number } {
  const [employeeId, at] = Buffer.from(text, 'base64url').toString().split(':');
  if (isId('employee', employeeId) && /^[0-5]$/.test(at ?? '')) return { employeeId, at: Number(at) };
  throw new PlumblineError({
    kind: 'malformed',
    code: 'api.cursor_unreadable',
    detail: 'The cursor is not one of this list. Start again without one.',
  });
}

function unknownPerson(): PlumblineError {
  return new PlumblineError({
    kind: 'not_found',
    code: 'api.employee_not_found',
    detail: 'There is no such employee among those whom this client sees.',
  });
}

/** How a program stands among the people whom the scope shows. */
export async function programOf(
  board: Board,
  scope: Scope,
  module: Module,
  places: Pick<BoardQuery, 'divisionIds' | 'locationIds'>,
): Promise<z.input<typeof apiProgramSchema>> {
  const query: BoardQuery = { ...noBoardQuery, ...places, module, group: 'none', sort: 'name' };
  const { people, tally } = await board.page(scope, { query, offset: 0, limit: 1 }, null);
  return { id: module, name: moduleNames[module], people, ...countsOf(tally) };
}

function countsOf({ green, yellow, red, stale, hold }: Tally) {
  const withData = green + yellow + red;
  const rate = withData === 0 ? null : (green + yellow) / withData;
  return { compliant: green, due: yellow, nonCompliant: red, noData: stale, onHold: hold, rate };
}
