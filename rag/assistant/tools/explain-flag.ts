import * as z from 'zod';
import type { AnswerEvent } from '#contracts/der-iq';
import { idSchema, type EmployeeId } from '#contracts/ids';
import { moduleSchema, type Module } from '#contracts/modules';
import type { Why } from '#contracts/screens/person';
import type { Scope } from '#domain/identity';
import { regulationHref } from './regulation-href.ts';
import { checked, type CheckedTool } from './tool.ts';

/** Why a flag is what it is, as this asker's screen tells it. Throws `people.employee_not_found` beyond the scope. */
export type ExplainFlag = (
  scope: Scope,
  of: { readonly employeeId: EmployeeId; readonly module: Module },
) => Promise<Why>;

const input = z.strictObject({
  employee_id: idSchema('employee').describe('employee_id of the view people; find it by name there first.'),
  module: moduleSchema,
});
type Input = z.infer<typeof input>;

export function explainFlag(explain: ExplainFlag): CheckedTool {
  return checked<Input>({
    name: 'explain_flag',
    description: `Why a person's flag in a module is green, yellow or red: the rules that decided it, what they looked at, the
law behind them, what to do, and when it changes by itself.`,
    input,
    run: async ({ employee_id: employeeId, module }, { scope }) => {
      const why = await explain(scope, { employeeId, module });
      if (why.sight === 'none') return { told: { denied: module }, shown: [deniedOf(module)] };
      const { name, sight, state, reasons, tasks, nextChangeAt, nextFlag, guarded } = why;
      const told = {
        name,
        module,
        sight,
        state,
        tasks,
        nextChangeAt,
        nextFlag,
        eventsShutUntilReasonIsGiven: guarded,
        reasons: reasons.map(pick),
      };
      return { told, shown: citationsOf(why) };
    },
  });
}

const pick = ({ title, flag, hold, basis, citations, message, dueAt }: Why['reasons'][number]) => ({
  title,
  flag,
  hold,
  basis,
  citations,
  message,
  dueAt,
});

function deniedOf(module: Module): AnswerEvent {
  return { type: 'denied', right: `view ${module}`, words: `You may not see flags of ${module}.` };
}

function citationsOf({ reasons }: Why): AnswerEvent[] {
  return reasons.flatMap(({ title, textAsOf, quotes }) =>
    quotes.map(({ citation, kind, words }): AnswerEvent => ({
      type: 'citation',
      citation,
      title,
      quote: words,
      kind,
      asOf: textAsOf,
      href: regulationHref(citation),
    })),
  );
}
