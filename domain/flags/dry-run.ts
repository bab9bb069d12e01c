import type { FlagColour } from '#contracts/flags';
import { evaluate } from './evaluate.ts';
import type { EvaluateInput } from './evaluate.ts';
import type { CompiledPack } from './pack.ts';

/** One person whose flag or hold a rule change would alter. */
export interface DryRunChange {
  employeeId: string;
  from: { flag: FlagColour; hold: boolean };
  to: { flag: FlagColour; hold: boolean };
  /** Lead rule under the candidate, and its message. */
  ruleId: string | null;
  summary: string;
}

/** What `candidate` would change for these people, before anybody publishes it. Everybody's view; pure. */
export function dryRun(inputs: readonly EvaluateInput[], candidate: CompiledPack): DryRunChange[] {
  return inputs.flatMap((input) => {
    const from = evaluate(input).general;
    const to = evaluate({ ...input, pack: candidate }).general;
    if (from.flag === to.flag && from.hold === to.hold) return [];
    const [lead] = to.reasons;
    return [
      {
        employeeId: input.person.employeeId,
        from: { flag: from.flag, hold: from.hold },
        to: { flag: to.flag, hold: to.hold },
        ruleId: lead?.ruleId ?? null,
        summary: lead?.message ?? '',
      },
    ];
  });
}
