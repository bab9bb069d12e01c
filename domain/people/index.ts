export type { Newcomer } from './admit.ts';
export type { AppliedPeopleEvents, PeopleReview } from './apply-events.ts';
export type { Employee, EmployeeState, EmploymentPeriod } from './employee.ts';
export { applyPeopleEvents, type Directory, type FoldedPerson, type PeopleEvent } from './fold.ts';
export { importColumns, type ImportColumn, type ImportReason, type ImportRow } from './import-rows.ts';
export type { ImportResult } from './import.ts';
export type { NewEmployee } from './insert.ts';
export { phaseChangesOn, phaseOn } from './lifecycle.ts';
export { matchEmployees, type PersonSubject } from './match.ts';
export { loadPersons, personFacts, type Person } from './person-facts.ts';
export { tenantsWithPhaseChanges } from './phases.ts';
export type { Division, JobRole, Location } from './places.ts';
export { listRefusedEvents, type RefusedEvent } from './refused-events.ts';
export { listPlaceNames, listRosterLines, rosterVersion, type RosterLine } from './roster-lines.ts';
export {
  employeeFilterSchema,
  employeePageSchema,
  type EmployeeDetail,
  type EmployeeFilter,
  type EmployeePage,
  type EmployeeView,
} from './roster.ts';
export { createPeople, type People, type PeopleDeps, type PlacesInput, type SavedPlaces } from './service.ts';
export { visibleEmployees } from './visible.ts';
export type { Reference } from './references.ts';
