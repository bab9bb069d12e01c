import type { LawQuote } from '#contracts/flags';
import type { Module } from '#contracts/modules';
import { builtInPacks } from './packs/index.ts';

/** The quoted sentences of a rule's version; empty for an unknown version or a rule without law behind it. */
export function quotesOf(module: Module, ruleId: string, version: number): readonly LawQuote[] {
  const rule = builtInPacks[module].rules.find((one) => one.id === ruleId && one.version === version);
  return rule?.quotes ?? [];
}
