import { geofenceFold } from './fold.ts';

export const { apply, fold } = geofenceFold;
export { checkInMachine, checkInStates, type CheckInTrigger } from './check-in-machine.ts';
export { distanceToEdgeM } from './distance.ts';
export { geofenceFold } from './fold.ts';
export { readPosition } from './reading.ts';
export { geofenceRecordSchema, type AttemptFact, type GeofenceRecord, type VisitFact } from './record.ts';
export { createSiteCodes } from './site-code.ts';
export { autoOutAtMs, isOnSite, stopping, unclear, visitAt } from './visit.ts';
