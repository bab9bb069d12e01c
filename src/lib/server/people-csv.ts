import { flagWords } from '#contracts/flags';
import { moduleNames, modules, type Module } from '#contracts/modules';
import type { BoardPerson, Places } from './board/person.ts';
import { viewOf, type Sighting } from './board/sighting.ts';
import { fewest } from './overview/small-cells.ts';

export const phaseWords = {
  applicant: 'Applicant',
  active: 'Active',
  leave: 'On leave',
  terminated: 'Left',
} as const;

/**
 * The people as CSV (RFC 4180, UTF-8, CRLF) without personal data: a pseudonym in place of name, number and id. Only
 * modules that the viewer may export have columns, and a division of fewer than five in the list is not named. The list with names is `namedPeopleCsv`.
 */
export function peopleCsv(
  sighting: Sighting,
  people: readonly BoardPerson[],
  places: Places,
  exportable: readonly Module[],
): string {
  const divisions = namesById(places.divisions);
  const crowds = Map.groupBy(people, ({ divisionId }) => divisionId);
  const head = ['Person', 'Division', 'Employment', ...exportable.flatMap(headOf)];
  const lines = people.map((person) => [
    sighting.pseudonyms.name(person.tenantId, person.employeeId),
    (crowds.get(person.divisionId)?.length ?? 0) < fewest
      ? ''
      : (divisions.get(person.divisionId ?? '') ?? ''),
    phaseWords[person.phase],
    ...exportable.flatMap((module) => cellsOf(sighting, person, module)),
  ]);
  return toCsv([head, ...lines]);
}

/** The same with who it is: for an export that two people agreed on. `emails` by employee id. */
export function namedPeopleCsv(
  sighting: Sighting,
  people: readonly BoardPerson[],
  places: Places,
  exportable: readonly Module[],
  emails: ReadonlyMap<string, string>,
): string {
  const [divisions, locations, jobs] = [places.divisions, places.locations, places.jobRoles].map(namesById);
  const head = ['Name', 'Number', 'E-mail', 'Division', 'Site', 'Job role', 'Employment'];
  const lines = people.map((person) => [
    person.name,
    person.number,
    emails.get(person.employeeId) ?? '',
    divisions?.get(person.divisionId ?? '') ?? '',
    locations?.get(person.locationId ?? '') ?? '',
    jobs?.get(person.jobRoleId ?? '') ?? '',
    phaseWords[person.phase],
    ...exportable.flatMap((module) => cellsOf(sighting, person, module)),
  ]);
  return toCsv([[...head, ...exportable.flatMap(headOf)], ...lines]);
}

const namesById = (list: readonly { readonly id: string; readonly name: string }[]) =>
  new Map(list.map(({ id, name }) => [id, name]));

function toCsv(lines: readonly (readonly string[])[]): string {
  return lines.map((line) => line.map(field).join(',')).join('\r\n') + '\r\n';
}

function headOf(module: Module): string[] {
  return [moduleNames[module], `${moduleNames[module]} hold`, `${moduleNames[module]} due`];
}

function cellsOf(sighting: Sighting, person: BoardPerson, module: Module): string[] {
  const cell = person.cells[modules.indexOf(module)] ?? null;
  if (cell === null) return ['', '', ''];
  const view = viewOf(sighting, cell);
  // Dates are for who sees the module in full, here as on screens: a date can tell who it is.
  const full = sighting.sights[modules.indexOf(module)] === 'full';
  return [flagWords[view.flag], view.hold ? 'yes' : 'no', (full && view.dueAt?.slice(0, 10)) || ''];
}

/** Quotes where needed; a leading =, +, - or @ would run as a formula in a spreadsheet. */
function field(text: string): string {
  const plain = /^[=+\-@\t]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
