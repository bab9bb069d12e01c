import type { TrainingRecord } from '#domain/training';
import type { PackDefinition } from '../../pack.ts';
import { readRules } from '../../rule.ts';
import rules from './rules.json' with { type: 'json' };
import { deriveTraining, trainingSignals } from './signals.ts';

/** Training and certifications: TR01–TR16. */
export const trainingPack: PackDefinition<TrainingRecord> = {
  module: 'training',
  rules: readRules(rules),
  signals: trainingSignals,
  combine: 'gravest',
  derive: deriveTraining,
};
