import type { DrugAlcoholRecord } from '#domain/drug-alcohol';
import type { PackDefinition } from '../../pack.ts';
import { readRules } from '../../rule.ts';
import rules from './rules.json' with { type: 'json' };
import { declarations, derive } from './signals.ts';

/** Drug and alcohol testing: 49 CFR parts 40 and 382 (text of 2026-03-17). */
export const drugAlcoholPack: PackDefinition<DrugAlcoholRecord> = {
  module: 'drug_alcohol',
  combine: 'gravest',
  rules: readRules(rules),
  signals: declarations,
  derive,
};
