import type { Decision, FlagState } from '#contracts/flags';
import { modules, type Module } from '#contracts/modules';
import type { PersonModule } from '#contracts/screens/person';
import { visibilityOf, type Scope } from '#domain/identity';
import { cellText, quotesOf, type CurrentFlag, type FlagHistoryEntry } from '#domain/flags';
import { maskFlag, seesMasked } from '../visibility.ts';
import { toSpans } from './spans.ts';

/** One module's decision as the viewer's view has it. */
export interface Standing {
  readonly module: Module;
  readonly decision: Decision;
  readonly since: string;
  readonly decidedAt: string;
}

/** A past instant, and by when it was known: the same instant, or now with all corrections since. */
export interface AsOf {
  readonly instant: string;
  readonly knownBy: string;
}

/** The stored flags, each in the DER's view or in everybody's. */
export function standingNow(scope: Scope, flags: readonly CurrentFlag[]): Standing[] {
  const der = seesMasked(scope);
  return flags.map(({ module, decision, derDecision, since, decidedAt }) => ({
    module,
    decision: der ? (derDecision ?? decision) : decision,
    since,
    decidedAt,
  }));
}

/** Whether a line of history covers `instant` and was known by `knownBy`. */
export function covers(entry: FlagHistoryEntry, { instant, knownBy }: AsOf): boolean {
  return entry.effectiveAt <= instant && entry.recordedAt <= knownBy;
}

/** The same at a past instant, from what was known by another. Lines in the order in which they became known. */
export function standingAsOf(history: readonly FlagHistoryEntry[], asOf: AsOf): Standing[] {
  const known = history.filter((entry) => covers(entry, asOf));
  const latest = new Map(known.map((entry) => [entry.module, entry]));
  return [...latest.values()].map(({ module, decision, effectiveAt, recordedAt }) => ({
    module,
    decision,
    since: effectiveAt,
    decidedAt: recordedAt,
  }));
}

export function stateOf(standing: Standing, atMs: number): FlagState {
  const { module, decision, since } = standing;
  const { flag, hold, nextChangeAt, nextFlag, reasons } = decision;
  const short = reasons.length === 0 ? '' : cellText(decision, atMs);
  return { module, flag, hold, short, since, nextChangeAt, nextFlag, leadRuleId: reasons[0]?.ruleId ?? null };
}

/** The six lanes of the person's page. */
export function toModules(
  scope: Scope,
  standings: readonly Standing[],
  history: readonly FlagHistoryEntry[],
  atMs: number,
): PersonModule[] {
  return modules.map((module) => {
    const sight = visibilityOf(scope, module);
    const standing = standings.find((one) => one.module === module);
    if (standing === undefined || sight === 'none') {
      return { module, sight, state: null, message: '', law: null, spans: [] };
    }
    const own = history.filter((entry) => entry.module === module);
    return {
      module,
      sight,
      state: maskFlag(stateOf(standing, atMs), sight),
      message: sight === 'full' ? (standing.decision.reasons[0]?.message ?? '') : '',
      law: sight === 'full' ? lawOf(module, standing.decision) : null,
      spans: toSpans(own, sight === 'full' ? nextOf(standing.decision) : null),
    };
  });
}

/** Nobody needs the law quoted at them for what is in order. */
function lawOf(module: Module, { flag, reasons }: Decision): PersonModule['law'] {
  const lead = reasons[0];
  if (lead === undefined || flag === 'green' || flag === 'none') return null;
  const [quote] = quotesOf(module, lead.ruleId, lead.ruleVersion);
  return quote === undefined ? null : { ...quote, textAsOf: lead.textAsOf };
}

export function nextOf({ nextChangeAt, nextFlag, nextHold }: Decision) {
  if (nextChangeAt === null || nextFlag === null) return null;
  return { at: nextChangeAt, flag: nextFlag, hold: nextHold ?? false };
}
