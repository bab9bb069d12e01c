import type { HealthRecord } from '#domain/health';
import type { PackDefinition } from '../../pack.ts';
import { readRules } from '../../rule.ts';
import rules from './rules.json' with { type: 'json' };
import { deriveHealth, healthSignals } from './signals.ts';

/** Occupational health HL01–HL14, cases HK1–HK3 and establishments HU1–HU2. */
export const healthPack: PackDefinition<HealthRecord> = {
  module: 'health',
  rules: readRules(rules),
  signals: healthSignals,
  combine: 'gravest',
  derive: deriveHealth,
};
