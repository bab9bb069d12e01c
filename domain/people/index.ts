export { type ImportRow } from './import-rows.ts';
export type { NewEmployee } from './insert.ts';
export { matchEmployees } from './match.ts';
export { loadPersons } from './person-facts.ts';
export { tenantsWithPhaseChanges } from './phases.ts';
export { listPlaceNames, listRosterLines, rosterVersion, type RosterLine } from './roster-lines.ts';
export { type EmployeeDetail } from './roster.ts';
export { createPeople, type People } from './service.ts';
export { visibleEmployees } from './visible.ts';
