import type { Reading } from '../reading/read.ts';

/** Parts of a reading that limit or divide an answer. */
const slots = [
  'by',
  'span',
  'grain',
  'colours',
  'hold',
  'modules',
  'happenings',
  'records',
  'ruleIds',
  'phases',
] as const;
type Slot = (typeof slots)[number];

const events: readonly Slot[] = ['happenings', 'span', 'grain', 'by', 'modules', 'phases'];
const records: readonly Slot[] = ['records', 'span', 'grain', 'by', 'modules', 'colours', 'phases'];
const trend: readonly Slot[] = ['modules', 'colours', 'hold', 'span', 'grain', 'by'];

/** What the families of a name use, the longest beginning of the name first. */
const uses: Readonly<Record<string, readonly Slot[]>> = {
  'flags.': ['colours', 'hold', 'modules', 'by', 'phases'],
  'outlook.turning-red': ['modules', 'colours', 'span', 'grain', 'phases'],
  'outlook.reasons': ['modules', 'colours', 'hold', 'phases'],
  'outlook.by-rule': ['ruleIds', 'colours', 'phases'],
  'outlook.waiting': ['modules', 'phases'],
  'outlook.changes': ['modules', 'colours', 'hold', 'span', 'grain', 'by', 'phases'],
  'outlook.longest': ['modules', 'colours', 'hold', 'phases'],
  'outlook.next-deadlines': ['modules', 'span', 'phases'],
  'records.': records,
  'draft.': records,
  'events.': events,
  'trend.': trend,
  'people.': ['by', 'phases'],
  'person.why': ['modules', 'colours', 'hold'],
  'person.next': ['modules', 'colours'],
  'person.history': ['modules'],
  'person.events': ['happenings', 'modules'],
};

/** True when the family uses all that the question says: a condition that it left out would make the answer wrong. */
export function usesAll(name: string, reading: Reading): boolean {
  const key = Object.keys(uses)
    .filter((each) => name.startsWith(each))
    .toSorted((a, b) => b.length - a.length)[0];
  const used = key === undefined ? [] : (uses[key] ?? []);
  return slots.every((slot) => used.includes(slot) || isEmpty(reading[slot]));
}

const isEmpty = (value: Reading[Slot]): boolean =>
  value === null || value === false || (Array.isArray(value) && value.length === 0);
