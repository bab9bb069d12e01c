import type { BackgroundRecord } from '#domain/background';
import type { PackDefinition } from '../../pack.ts';
import { readRules } from '../../rule.ts';
import rules from './rules.json' with { type: 'json' };
import { declarations, derive } from './signals.ts';

/** Background checks and adverse action: 15 USC 1681 ff. (release of 2026-07-18). */
export const backgroundPack: PackDefinition<BackgroundRecord> = {
  module: 'background',
  combine: 'gravest',
  rules: readRules(rules),
  signals: declarations,
  derive,
};
