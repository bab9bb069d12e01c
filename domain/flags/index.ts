export { evaluate } from './evaluate.ts';
export type { EvaluateInput, Evaluation } from './evaluate.ts';
export { dryRun, type DryRunChange } from './dry-run.ts';
export { forecast, type ForecastStep } from './forecast.ts';
export { cellText, shortText } from './short.ts';
export { compilePack, fact } from './pack.ts';
export type {
  CompiledPack,
  Derived,
  Fact,
  PackDefinition,
  SignalContext,
  SignalDeclarations,
  SignalKind,
  SignalValues,
} from './pack.ts';
export type { PackOverrides } from './overrides.ts';
export { decideEstablishment } from './packs/health/establishment.ts';
export { builtInPacks, compilePacks, type TenantOverrides } from './packs/index.ts';
export { exprSchema } from './expression.ts';
export type { Expr, SignalValue } from './expression.ts';
export { parameterSchema, readRules, ruleSchema } from './rule.ts';
export type { Rule, RuleInput, RuleParameter } from './rule.ts';
export { silenceMs, staleFrom } from './sources.ts';
export type { Sources, SourceState } from './sources.ts';
export {
  decideFlags,
  toChanges,
  type Cause,
  type Decided,
  type DecideInput,
  type FlagSubject,
} from './decide.ts';
export {
  changesSince,
  headSequence,
  insertHistory,
  listFlagCellsAsOf,
  listFlagHistory,
  takeSequence,
  type FlagHistoryEntry,
} from './history.postgres.ts';
export {
  findCurrentFlags,
  flagsToRecheck,
  listFlagCells,
  nextRecheckAt,
  saveFlags,
  type CellView,
  type CurrentFlag,
  type FlagCell,
} from './store.postgres.ts';
