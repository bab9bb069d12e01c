export { allowedActs, type Incident, type IncidentState } from './incident.ts';
export type { Locate } from './facts.ts';
export { createIncidents, type Incidents } from './service.ts';
export { createAccessTally, dropOldTallies, type AccessTally } from './tally.ts';
export { detectorNames, detectors, type Thresholds } from './thresholds.ts';
