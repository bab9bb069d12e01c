import type { EmployeeId, TenantId } from '#contracts/ids';
import { modules } from '#contracts/modules';
import {
  changesSince,
  findCurrentFlags,
  headSequence,
  listFlagCells,
  listFlagCellsAsOf,
  type CurrentFlag,
  type FlagCell,
} from '#domain/flags';
import { listPlaceNames, listRosterLines, rosterVersion, type RosterLine } from '#domain/people';
import type { Decision } from '#contracts/flags';
import type { Postgres, Tx } from '#platform/postgres';
import type { BoardReader, BoardSnapshot } from './model.ts';
import { noCells, type BoardPerson, type CellView, type StoredCell } from './person.ts';

/** Above this many changes the whole board is read again. */
const maxCatchUp = 2_000;

/** Reads the board from the people and flags modules, one after the other, and puts the two together here. */
export function createBoardReader(postgres: Postgres): BoardReader {
  return {
    load: (tenantId) => postgres.asTenant(tenantId, (tx) => readAll(tx, tenantId as TenantId, listFlagCells)),
    loadAsOf: (tenantId, instant) =>
      postgres.asTenant(tenantId, (tx) =>
        readAll(tx, tenantId as TenantId, (within) => listFlagCellsAsOf(within, instant)),
      ),
    refresh: (tenantId, before) =>
      postgres.asTenant(tenantId, (tx) => readChanges(tx, tenantId as TenantId, before)),
  };
}

async function readAll(
  tx: Tx,
  tenantId: TenantId,
  listCells: (tx: Tx) => Promise<FlagCell[]>,
): Promise<BoardSnapshot> {
  // The sequence first: a change committed in between is then read twice rather than never.
  const sequence = await headSequence(tx);
  const version = await rosterVersion(tx);
  const [lines, places, cells] = [await listRosterLines(tx), await listPlaceNames(tx), await listCells(tx)];
  const byPerson = new Map<string, (StoredCell | null)[]>();
  for (const cell of cells) {
    const own = byPerson.get(cell.employeeId) ?? [...noCells];
    own[modules.indexOf(cell.module)] = { since: cell.since, general: cell.general, der: cell.der };
    byPerson.set(cell.employeeId, own);
  }
  const people = lines.map((line) => toPerson(tenantId, line, byPerson.get(line.id) ?? noCells));
  return { sequence, rosterVersion: version, people, places };
}

/** Reads people again when the roster changed, and the flags of those whose flags changed. */
async function readChanges(tx: Tx, tenantId: TenantId, before: BoardSnapshot): Promise<BoardSnapshot> {
  const sequence = await headSequence(tx);
  const version = await rosterVersion(tx);
  if (version === before.rosterVersion && sequence === before.sequence) return before;
  const changes = sequence === before.sequence ? [] : await changesSince(tx, before.sequence, maxCatchUp + 1);
  if (changes.length > maxCatchUp) return readAll(tx, tenantId, listFlagCells);
  const roster = version === before.rosterVersion ? before : await readRoster(tx, tenantId, before.people);
  const touched = new Set<EmployeeId>(changes.map((change) => change.employeeId));
  const fresh = touched.size === 0 ? new Map() : cellsByPerson(await findCurrentFlags(tx, [...touched]));
  const people = roster.people.map((person) =>
    touched.has(person.employeeId) ? { ...person, cells: fresh.get(person.employeeId) ?? noCells } : person,
  );
  return { sequence, rosterVersion: version, people, places: roster.places };
}

async function readRoster(tx: Tx, tenantId: TenantId, known: readonly BoardPerson[]) {
  const cells = new Map(known.map((person) => [person.employeeId, person.cells]));
  const lines = await listRosterLines(tx);
  const people = lines.map((line) => toPerson(tenantId, line, cells.get(line.id) ?? noCells));
  return { people, places: await listPlaceNames(tx) };
}

function toPerson(tenantId: TenantId, line: RosterLine, cells: readonly (StoredCell | null)[]): BoardPerson {
  const { id, number, name, nameKey, phase, divisionId, locationId, jobRoleId } = line;
  return { tenantId, employeeId: id, number, name, nameKey, phase, divisionId, locationId, jobRoleId, cells };
}

function cellsByPerson(flags: readonly CurrentFlag[]): Map<string, (StoredCell | null)[]> {
  const byPerson = new Map<string, (StoredCell | null)[]>();
  for (const flag of flags) {
    const own = byPerson.get(flag.employeeId) ?? [...noCells];
    own[modules.indexOf(flag.module)] = {
      since: flag.since,
      general: cellOf(flag.decision),
      der: flag.derDecision === null ? null : cellOf(flag.derDecision),
    };
    byPerson.set(flag.employeeId, own);
  }
  return byPerson;
}

function cellOf(decision: Decision): CellView {
  const lead = decision.reasons[0];
  return {
    flag: decision.flag,
    hold: decision.hold,
    ruleId: lead?.ruleId ?? null,
    dueAt: lead?.dueAt ?? null,
    short: lead?.short ?? '',
    nextChangeAt: decision.nextChangeAt,
  };
}
