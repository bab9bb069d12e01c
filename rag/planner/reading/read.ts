import type { FlagColour } from '#contracts/flags';
import type { Module } from '#contracts/modules';
import type { Phase } from '#contracts/person-facts';
import type { Happening } from './happening.ts';
import { happeningWords } from './happenings.ts';
import {
  colourWords,
  holdWords,
  moduleWords,
  recordWords,
  unitWords,
  type RecordKind,
  type Unit,
} from './lexicon.ts';
import { statesByName } from './states.ts';
import { takeGrain, takeSpan, type Grain, type Span } from './times.ts';
import { fillers, peopleWords, phaseWords, wantWords, type Want } from './wants.ts';
import { mark, take, takeAll, type Marked } from './words.ts';

/** A question as far as its words alone tell; what nothing understood stays in `marked`. */
export interface Reading {
  readonly text: string;
  readonly marked: Marked;
  readonly wants: ReadonlySet<Want>;
  readonly modules: readonly Module[];
  readonly colours: readonly Exclude<FlagColour, 'none'>[];
  readonly hold: boolean;
  readonly records: readonly RecordKind[];
  readonly happenings: readonly Happening[];
  readonly by: readonly Unit[];
  readonly grain: Grain | null;
  readonly span: Span | null;
  readonly states: readonly string[];
  readonly phases: readonly Phase[];
  readonly employeeIds: readonly string[];
  readonly ruleIds: readonly string[];
  readonly people: boolean;
}

/**
 * Reads what the words alone tell.
 * @param isNamed takes the names of places that stand in the question: long ones before anything else is read, those of
 *   one word after the things, since a "driver" is a job role and no part of a "driver's license"
 */
export function readQuestion(
  text: string,
  nowMs: number,
  isNamed: (marked: Marked, long: boolean) => void,
): Reading {
  const marked = mark(text);
  isNamed(marked, true);
  const people = marked.words.some(({ plain }) => peopleWords.test(plain));
  const employeeIds = takeMatching(marked, /^emp_[0-9a-z]{26}$/);
  const ruleIds = takeMatching(marked, /^(?:da|bg|dt|hl|hk|hu|tr|gf)\d{1,2}(?:-[a-z]+)?$/).map((id) =>
    id.toUpperCase(),
  );
  const grain = takeGrain(marked);
  const hold =
    holdWords.toSorted((a, b) => b.length - a.length).filter((phrase) => take(marked, phrase)).length > 0;
  const units = takeAll(marked, unitWords);
  const early = takeAll(
    marked,
    wantWords.filter(({ means }) => earlyWants.has(means)),
  );
  const span = takeSpan(marked, nowMs);
  const happenings = takeAll(marked, happeningWords);
  const records = takeAll(marked, recordWords);
  isNamed(marked, false);
  const colours = takeAll(marked, colourWords);
  const modules = takeAll(marked, moduleWords);
  const late = takeAll(marked, wantWords);
  const phases = takeAll(marked, phaseWords);
  const states = takeStates(marked);
  takeFillers(marked);
  return {
    text,
    marked,
    people,
    employeeIds,
    ruleIds,
    grain,
    hold,
    span,
    happenings,
    records,
    colours,
    modules,
    phases,
    states,
    by: units,
    wants: new Set([...early, ...late]),
  };
}

/** Read before times and things: `last test` is no time, `what happened to` no event, `overdue reviews` no colour. */
const earlyWants: ReadonlySet<Want> = new Set([
  'wait',
  'positivity',
  'several',
  'all',
  'history',
  'reasons',
  'worse',
]);

function takeMatching(marked: Marked, pattern: RegExp): string[] {
  return marked.words.flatMap(({ plain }, at) => {
    if (marked.taken[at] === true || !pattern.test(plain)) return [];
    marked.taken[at] = true;
    return [plain];
  });
}

/** Names of States in any case, their letters in capitals alone: "in" and "or" are words. */
function takeStates(marked: Marked): string[] {
  const letters = new Set(Object.values(statesByName));
  const named = Object.entries(statesByName)
    .toSorted(([a], [b]) => b.length - a.length)
    .flatMap(([name, code]) => (take(marked, name) ? [code] : []));
  const coded = marked.words.flatMap(({ written }, at) => {
    if (marked.taken[at] === true || !letters.has(written)) return [];
    marked.taken[at] = true;
    return [written];
  });
  return [...new Set([...named, ...coded])];
}

function takeFillers(marked: Marked): void {
  marked.words.forEach(({ plain }, at) => {
    if (fillers.has(plain)) marked.taken[at] = true;
  });
}
