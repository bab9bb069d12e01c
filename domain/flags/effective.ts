import type { Decision } from '#contracts/flags';
import type { EpochMs, Instant } from '#contracts/time';
import { parseInstant, startOfDay } from './calendar.ts';
import { evaluate, type EvaluateInput, type Evaluation } from './evaluate.ts';

/** Whose view of an evaluation is asked about. */
type View = (evaluation: Evaluation) => Decision;

/** Most turning points between the cause and now that are walked through; beyond them we say when we knew. */
const mostSteps = 12;

/**
 * Since when the answer has been so, by the rules' own clocks: from `fromMs` (when the late event happened, or when time
 * alone was to turn the flag) the rules are asked at each of their turning points up to `input.atMs`. Never before the
 * present employment, and never after now. Pure.
 */
export function effectiveSince(input: EvaluateInput, view: View, now: Decision, fromMs: EpochMs): EpochMs {
  let atMs = Math.max(fromMs, employedFrom(input));
  let sinceMs: EpochMs | null = null;
  for (let step = 0; step < mostSteps && atMs < input.atMs; step += 1) {
    const then = view(evaluate({ ...input, atMs, silenceAtMs: input.atMs }));
    if (then.flag !== now.flag || then.hold !== now.hold) sinceMs = null;
    else sinceMs ??= atMs;
    const next = then.nextChangeAt === null ? null : parseInstant(then.nextChangeAt);
    if (next === null || next <= atMs || next >= input.atMs) return sinceMs ?? turned(next, input);
    atMs = next;
  }
  return input.atMs;
}

/** The answer began with the last turning point itself. */
const turned = (next: EpochMs | null, { atMs }: EvaluateInput): EpochMs =>
  next !== null && next <= atMs ? next : atMs;

function employedFrom({ person }: EvaluateInput): EpochMs {
  const from = person.periods.at(-1)?.from;
  return from === undefined ? Number.NEGATIVE_INFINITY : startOfDay(from, person.zone);
}

/** Where the search begins: the earliest event behind the change, else the instant that the clock was to bring. */
export function searchFrom(
  cause: { occurredAt: Instant | null } | undefined,
  foretold: Instant | null,
  atMs: EpochMs,
): EpochMs {
  const from = cause?.occurredAt ?? (foretold !== null && parseInstant(foretold) <= atMs ? foretold : null);
  return from === null ? atMs : Math.min(atMs, parseInstant(from));
}
