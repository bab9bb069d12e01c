import type * as z from 'zod';
import type { apiEmployeeSchema } from '#contracts/api/resources';
import type { listEmployeesSchema } from '#contracts/api/requests';
import type { Scope } from '#domain/identity';
import type { People } from '#domain/people';

type EmployeeFilter = Parameters<People['list']>[1];
type ListEmployees = z.output<typeof listEmployeesSchema>;
type ApiEmployee = z.input<typeof apiEmployeeSchema>;
type EmployeeView = Awaited<ReturnType<People['list']>>['employees'][number];

/** People as the service gives them to this scope, page by page. */
export async function listEmployees(people: Pick<People, 'list'>, scope: Scope, asked: ListEmployees) {
  const { cursor, limit } = asked;
  const page = { limit, ...(cursor === undefined ? {} : { after: cursor }) };
  const { employees, next } = await people.list(scope, filterOf(asked), page);
  return { data: employees.map(toApiEmployee), next };
}

function filterOf({ q, phase, divisionId, locationId, jobRoleId, managerId }: ListEmployees): EmployeeFilter {
  return {
    ...(q === undefined ? {} : { text: q }),
    ...(phase === undefined ? {} : { phases: phase }),
    ...(divisionId === undefined ? {} : { divisionIds: divisionId }),
    ...(locationId === undefined ? {} : { locationIds: locationId }),
    ...(jobRoleId === undefined ? {} : { jobRoleIds: jobRoleId }),
    ...(managerId === undefined ? {} : { managerId }),
  };
}

/** Field by field: what the service adds one day stays in until somebody decides. */
export function toApiEmployee(view: EmployeeView): ApiEmployee {
  const { id, identified, number, firstName, lastName, email, phase } = view;
  const { divisionId, locationId, jobRoleId, managerId, hiredOn, terminatedOn, returnOn } = view;
  const who = { id, identified, number, firstName, lastName, email, phase };
  return { ...who, divisionId, locationId, jobRoleId, managerId, hiredOn, terminatedOn, returnOn };
}
