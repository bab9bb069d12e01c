import type { GeofenceRecord } from '#domain/geofence';
import type { PackDefinition } from '../../pack.ts';
import { readRules } from '../../rule.ts';
import rules from './rules.json' with { type: 'json' };
import { deriveGeofence, geofenceSignals } from './signals.ts';

/** Site admission and presence: GF01–GF12. The first matching row decides. */
export const geofencePack: PackDefinition<GeofenceRecord> = {
  module: 'geofence',
  rules: readRules(rules),
  signals: geofenceSignals,
  combine: 'first',
  derive: deriveGeofence,
};
