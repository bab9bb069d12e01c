import { geofenceFold } from './fold.ts';

export const { apply, fold } = geofenceFold;
export { checkInMachine, checkInStates, type CheckInState, type CheckInTrigger } from './check-in-machine.ts';
export { distanceToEdgeM } from './distance.ts';
export { geofenceFold } from './fold.ts';
export { readPosition, type PositionReading, type Reading } from './reading.ts';
export { geofenceRecordSchema, type AttemptFact, type GeofenceRecord, type VisitFact } from './record.ts';
export { createSiteCodes, type SiteCodes, type SiteCodeScan } from './site-code.ts';
export { autoOutAtMs, isOnSite, stopping, unclear, visitAt } from './visit.ts';
