import type { FlagColour } from '#contracts/flags';
import type { EpochMs, Instant } from '#contracts/time';
import { evaluate } from './evaluate.ts';
import type { EvaluateInput } from './evaluate.ts';

/** One change that time alone will bring, if nothing is done. */
export interface ForecastStep {
  at: Instant;
  flag: FlagColour;
  hold: boolean;
  /** Lead rule and its message from then on. */
  ruleId: string | null;
  summary: string;
}

/** More steps than any person has; guards against a pack that flickers. */
const mostSteps = 50;

/**
 * The changes of flag or hold up to and including `untilMs`, in order, from dates and not from guesses. Everybody's
 * view: what only the DER may know beforehand is not in it. Sources stay as silent as they are now.
 */
export function forecast(input: EvaluateInput, untilMs: EpochMs): ForecastStep[] {
  const silenceAtMs = input.silenceAtMs ?? input.atMs;
  const steps: ForecastStep[] = [];
  let decision = evaluate(input).general;
  while (decision.nextChangeAt !== null && steps.length < mostSteps) {
    const at = decision.nextChangeAt;
    const atMs = Date.parse(at);
    if (atMs > untilMs) break;
    decision = evaluate({ ...input, atMs, silenceAtMs }).general;
    const [lead] = decision.reasons;
    steps.push({
      at,
      flag: decision.flag,
      hold: decision.hold,
      ruleId: lead?.ruleId ?? null,
      summary: lead?.message ?? '',
    });
  }
  return steps;
}
