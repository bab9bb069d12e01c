import { gravity, type FlagColour } from '#contracts/flags';
import { modules, type Module } from '#contracts/modules';
import type { BoardCell, BoardRow } from '#contracts/screens/board';
import { covers, isDeidentified, visibilityOf, type Scope, type Visibility } from '#domain/identity';
import { seesMasked, type Pseudonyms } from '../visibility.ts';
import type { BoardPerson, CellView, StoredCell } from './person.ts';

/** How one viewer sees the board: worked out once per question, used for every row. */
export interface Sighting {
  readonly scope: Scope;
  readonly sights: readonly Visibility[];
  readonly der: boolean;
  readonly deidentified: boolean;
  readonly pseudonyms: Pseudonyms;
  /** Words of a rule, e.g. "Medical certificate". */
  readonly ruleTitle: (ruleId: string) => string;
}

export function createSighting(
  scope: Scope,
  pseudonyms: Pseudonyms,
  ruleTitle: (ruleId: string) => string,
): Sighting {
  return {
    scope,
    sights: modules.map((module) => visibilityOf(scope, module)),
    der: seesMasked(scope),
    deidentified: isDeidentified(scope),
    pseudonyms,
    ruleTitle,
  };
}

/** The person as this viewer may know them; null when they are outside the scope. */
export function sightPerson(sighting: Sighting, person: BoardPerson): BoardPerson | null {
  if (!covers(sighting.scope, person)) return null;
  if (!sighting.deidentified) return person;
  const { tenantId, employeeId } = person;
  const name = sighting.pseudonyms.name(tenantId, employeeId);
  return {
    ...person,
    number: '',
    name,
    // Sorting by the real name would give it away.
    nameKey: name.toLowerCase(),
    locationId: null,
    jobRoleId: null,
  };
}

export function viewOf(sighting: Sighting, cell: StoredCell): CellView {
  return sighting.der && cell.der !== null ? cell.der : cell.general;
}

/** Flag and hold at one place of the row, as far as the viewer sees the module; null = nothing to see. */
export function colourAt(
  sighting: Sighting,
  person: BoardPerson,
  at: number,
): { flag: FlagColour; hold: boolean } | null {
  const cell = person.cells[at] ?? null;
  return cell === null || sighting.sights[at] === 'none' ? null : viewOf(sighting, cell);
}

/** The gravest of what the viewer sees; `none` when nothing applies. */
export function worstOf(sighting: Sighting, person: BoardPerson): { flag: FlagColour; hold: boolean } {
  let flag: FlagColour = 'none';
  let hold = false;
  for (let at = 0; at < modules.length; at += 1) {
    const seen = colourAt(sighting, person, at);
    if (seen === null) continue;
    if (gravity[seen.flag] < gravity[flag]) flag = seen.flag;
    hold ||= seen.hold;
  }
  return { flag, hold };
}

/** The next date that matters, among the modules seen whole. */
export function nextOf(
  sighting: Sighting,
  person: BoardPerson,
): { module: Module; at: string; view: CellView } | null {
  let next: { module: Module; at: string; view: CellView } | null = null;
  for (const [index, module] of modules.entries()) {
    const cell = person.cells[index] ?? null;
    if (cell === null || sighting.sights[index] !== 'full') continue;
    const view = viewOf(sighting, cell);
    const at = dueOf(view, cell.since);
    if (at !== null && (next === null || at < next.at)) next = { module, at, view };
  }
  return next;
}

/** A duty that lapsed without a deadline is due since it lapsed; otherwise the deadline, else the next change by time. */
function dueOf(view: CellView, since: string): string | null {
  if (view.flag === 'none') return null;
  const lapsed = view.flag === 'red' || view.hold;
  return view.dueAt ?? (lapsed ? since : view.nextChangeAt);
}

export function changedOf(sighting: Sighting, person: BoardPerson): string | null {
  const seen = person.cells.filter((cell, at) => cell !== null && sighting.sights[at] !== 'none');
  return seen.reduce<string | null>(
    (latest, cell) => (cell !== null && (latest === null || cell.since > latest) ? cell.since : latest),
    null,
  );
}

/** The row as it is sent. `person` has gone through `sightPerson`. */
export function toRow(sighting: Sighting, person: BoardPerson): BoardRow {
  const next = nextOf(sighting, person);
  return {
    employeeId: person.employeeId,
    name: person.name,
    divisionId: person.divisionId,
    locationId: person.locationId,
    jobRoleId: person.jobRoleId,
    cells: modules.map((_, at) => toCell(sighting, person.cells[at] ?? null, sighting.sights[at] ?? 'none')),
    next:
      next === null
        ? null
        : {
            module: next.module,
            at: next.at,
            title: titleOf(sighting, next.view),
          },
    changedAt: changedOf(sighting, person),
  };
}

/** The rule names what is due; where time alone will change it, only the module can be named. */
function titleOf(sighting: Sighting, { ruleId, dueAt, flag, hold }: CellView): string {
  const named = dueAt !== null || flag === 'red' || hold;
  return ruleId === null || !named ? '' : sighting.ruleTitle(ruleId);
}

function toCell(sighting: Sighting, cell: StoredCell | null, sight: Visibility): BoardCell | null {
  if (cell === null || sight === 'none') return null;
  const { flag, hold, short, dueAt, nextChangeAt } = viewOf(sighting, cell);
  const { since } = cell;
  if (sight !== 'full') return { flag, hold, short: '', dueAt: null, nextChangeAt: null, since };
  return { flag, hold, short, dueAt, nextChangeAt, since };
}
