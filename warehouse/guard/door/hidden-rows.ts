import { modules } from '#contracts/modules';
import { seenModules, type Sight } from '../sight.ts';
import { inSight, madePerson, makeRows, type MadeRows } from './two-companies.ts';

const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, at) => from + at);

/** Whom the first rows are about: the same people in both companies. */
export const firstPeople = [
  ...numbers(1, 13).map((number) => madePerson('ours', number)),
  ...numbers(1, 13).map((number) => madePerson('theirs', number)),
];

/**
 * More rows of which this asker must not notice anything: if an answer differs once they are there, something leaked,
 * whatever form it took: a value, a count, an order, an error.
 * @param turn makes the rows of each turn others than those before
 */
export function hiddenRows(sight: Sight, turn: number, atMs: number): MadeRows {
  const from = 100 * (turn + 1);
  const beyond = numbers(from, from + 40)
    .map((number) => madePerson('ours', number))
    .filter((person) => !inSight(person)(sight));
  const theirs = numbers(from, from + 40).map((number) => madePerson('theirs', number));
  const rows = makeRows([...theirs, ...beyond], atMs);
  addToSeenPeople(rows, sight, from, atMs);
  return rows;
}

/** What is hidden about people who are themselves in sight. */
function addToSeenPeople(rows: MadeRows, sight: Sight, from: number, atMs: number): void {
  const seen = firstPeople.filter((person) => inSight(person)(sight)).slice(0, 3);
  // Numbers of their own, so that these rows stand beside the first ones.
  const more = makeRows(
    seen.map((person) => ({ ...person, number: from + person.number })),
    atMs,
  );
  const hidden = new Set(more.texts.filter(({ isShown }) => !isShown(sight)).map(({ text }) => text));
  const unseen = modules.filter((module) => !seenModules(sight).includes(module));
  rows.compliance_events.push(
    ...more.compliance_events.filter(({ subject_ref }) => hidden.has(String(subject_ref))),
  );
  if (sight.audience !== 'der') {
    rows.flags_current.push(...more.flags_current.filter(({ audience }) => audience === 'der'));
    rows.flag_changes.push(...more.flag_changes.map((change) => ({ ...change, audience: 'der' })));
    rows.status_days.push(...more.status_days.filter(({ audience }) => audience === 'der'));
  }
  rows.flags_current.push(...more.flags_current.filter(({ module }) => unseen.some((one) => one === module)));
  if (sight.nameless) rows.people.push(...more.people.map((person) => ({ ...person, version: from })));
  rows.texts.push(...more.texts.filter(({ text }) => hidden.has(text)));
}
