import type { DotRecord } from '#domain/dot';
import type { PackDefinition } from '../../pack.ts';
import { readRules } from '../../rule.ts';
import rules from './rules.json' with { type: 'json' };
import { deriveDot, dotSignals } from './signals.ts';

/** DOT driver qualification and Clearinghouse queries: DT01–DT19. */
export const dotPack: PackDefinition<DotRecord> = {
  module: 'dot',
  rules: readRules(rules),
  signals: dotSignals,
  combine: 'gravest',
  derive: deriveDot,
};
