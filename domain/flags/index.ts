export { evaluate } from './evaluate.ts';
export type { EvaluateInput, Evaluation } from './evaluate.ts';
export { dryRun } from './dry-run.ts';
export { forecast } from './forecast.ts';
export { cellText, shortText } from './short.ts';
export { compilePack } from './pack.ts';
export type { CompiledPack, PackDefinition } from './pack.ts';
export type { PackOverrides } from './overrides.ts';
export { decideEstablishment } from './packs/health/establishment.ts';
export { qualificationFile } from './packs/dot/qualification-file.ts';
export { builtInPacks, compilePacks } from './packs/index.ts';
export { quotesOf } from './quotes.ts';
export type { Expr } from './expression.ts';
export { readRules } from './rule.ts';
export type { Rule, RuleInput, RuleParameter } from './rule.ts';
export type { Sources, SourceState } from './sources.ts';
export { decideFlags, toChanges, type Cause, type Decided, type FlagSubject } from './decide.ts';
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
  findFlagsToDecide,
  flagsToRecheck,
  listFlagCells,
  nextRecheckAt,
  saveFlags,
  type CurrentFlag,
  type FlagCell,
} from './store.postgres.ts';
