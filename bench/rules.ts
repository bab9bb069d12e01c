import { measureRules } from '../domain/flags/bench.ts';
import { metric, type PartResult } from './metrics.ts';

const millions = (value: number) => (value / 1e6).toFixed(1);

/** Our condition language beside json-logic-engine's compiled mode on the same rules and events. */
export function measureRuleSpeed({ quick }: { quick: boolean }): PartResult {
  const { rules, events, hits, evalsPerS, ratio } = measureRules(
    quick ? { rounds: 3, laps: 100 } : { rounds: 11 },
  );
  return {
    metrics: [metric('rules.ratio_json_logic_engine', ratio.toJsonLogicCompiled)],
    notes: [
      `${rules} rules over ${events} events, ${hits} equal hits. Rule evaluations per CPU second: ours ${millions(evalsPerS.ours)} M, json-logic-engine compiled ${millions(evalsPerS.jsonLogicCompiled)} M, plain closures ${millions(evalsPerS.plainClosures)} M.`,
    ],
  };
}
