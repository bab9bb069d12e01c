import { gravity } from '#contracts/flags';
import type { Decision, FlagColour, Reason } from '#contracts/flags';
import type { EpochMs } from '#contracts/time';
import { formatInstant } from './calendar.ts';
import { judge } from './judge.ts';
import type { DueTask, EvaluateInput, Judgement, Match } from './judge.ts';
import { explain, fill } from './explain.ts';

export type { EvaluateInput } from './judge.ts';

export interface Evaluation {
  /** What everybody with the right to see the module sees. */
  readonly general: Decision;
  /** The DER's view where masked reasons make it differ; null = same as `general`. */
  readonly der: Decision | null;
  /** Reasons of case, establishment and tenant rules: they never colour a person. */
  readonly cases: readonly Reason[];
  /**
   * Earliest instant after which a decision could differ in anything, silence of a source included; null = never.
   * Decide again then. `nextChangeAt` of a decision is what people are told: flag or hold changing by time alone.
   */
  readonly recheckAtMs: EpochMs | null;
}

type View = 'general' | 'der';

interface Colour {
  flag: FlagColour;
  hold: boolean;
}

/** No rule looks further ahead than this many turning points; a person has a dozen at most. */
const mostTurns = 400;

/** Decides the flag of one person in one module at one instant. Pure: no clock, no I/O. */
export function evaluate(input: EvaluateInput): Evaluation {
  const judged = judge(input, input.atMs);
  const general = decide(input, judged, 'general');
  const der = mayDiffer(judged) ? decide(input, judged, 'der') : null;
  return {
    general,
    der: der !== null && JSON.stringify(der) !== JSON.stringify(general) ? der : null,
    cases: judged.matches
      .filter((match) => match.rule.rule.subject !== 'person')
      .map((match) => explain(match, input)),
    recheckAtMs: earliest(judged.turns[0], judged.silenceTurns[0], judged.secretTurns[0]),
  };
}

function mayDiffer(judged: Judgement): boolean {
  return (
    judged.secretTurns.length > 0 ||
    judged.matches.some((match) => match.masked) ||
    judged.tasks.some((task) => task.masked)
  );
}

const earliest = (...instants: readonly (EpochMs | undefined)[]): EpochMs | null => {
  const known = instants.filter((at) => at !== undefined);
  return known.length === 0 ? null : Math.min(...known);
};

function decide(input: EvaluateInput, judged: Judgement, view: View): Decision {
  const kept = keptMatches(input, judged, view);
  const colour = colourOf(judged, kept);
  const next = nextChange(input, judged, view, colour);
  return {
    ...colour,
    reasons: kept.map((match) => explain(match, input)),
    nextChangeAt: next === null ? null : formatInstant(next.atMs),
    nextFlag: next?.flag ?? null,
    nextHold: next?.hold ?? null,
    tasks: judged.tasks.filter((task) => view === 'der' || !task.masked).map((task) => taskOf(task, input)),
  };
}

const taskOf = ({ match, title, dueMs }: DueTask, input: EvaluateInput) => ({
  ruleId: match.rule.rule.id,
  title: fill(title, match, input),
  dueAt: dueMs === null ? null : formatInstant(dueMs),
});

const isElse = (match: Match): boolean => 'otherwise' in match.rule.rule.condition;

/** Matches that count in this view: gravest first, among equals the earlier row; "else" rows only when alone. */
function keptMatches(input: EvaluateInput, judged: Judgement, view: View): Match[] {
  const seen = judged.matches.filter(
    (match) => match.rule.rule.subject === 'person' && (view === 'der' || !match.masked),
  );
  const stated = seen.filter((match) => !isElse(match));
  if (input.pack.definition.combine === 'first') return [...stated, ...seen.filter(isElse)].slice(0, 1);
  const grave = stated.filter((match) => match.flag !== 'green');
  const kept = grave.length > 0 ? grave : seen;
  return kept.toSorted((a, b) => gravity[a.flag] - gravity[b.flag] || a.rule.row - b.rule.row);
}

function colourOf(judged: Judgement, kept: readonly Match[]): Colour {
  const flag = kept.reduce<FlagColour>(
    (worst, match) => (gravity[match.flag] < gravity[worst] ? match.flag : worst),
    judged.applicable ? 'green' : 'none',
  );
  return { flag, hold: kept.some((match) => match.hold) };
}

/** Walks the turning points in order until the colour of this view differs. Exact: rules are constant between them. */
function nextChange(
  input: EvaluateInput,
  judged: Judgement,
  view: View,
  now: Colour,
): (Colour & { atMs: EpochMs }) | null {
  const turnsOf = (one: Judgement) =>
    view === 'der' ? [...one.turns, ...one.secretTurns].toSorted((a, b) => a - b) : one.turns;
  const ahead = [...turnsOf(judged)];
  for (let step = 0; step < mostTurns; step += 1) {
    const atMs = ahead.shift();
    if (atMs === undefined) return null;
    const secretAtMs = view === 'der' ? atMs : input.atMs;
    const then = judge(input, atMs, { silenceAtMs: input.silenceAtMs ?? input.atMs, secretAtMs });
    const colour = colourOf(then, keptMatches(input, then, view));
    if (colour.flag !== now.flag || colour.hold !== now.hold) return { ...colour, atMs };
    for (const turn of turnsOf(then)) if (!ahead.includes(turn)) ahead.push(turn);
    ahead.sort((a, b) => a - b);
  }
  return null;
}
