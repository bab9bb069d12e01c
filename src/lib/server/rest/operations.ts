import type * as z from 'zod';
import {
  employeeFlagsSchema,
  getAuditEntrySchema,
  getEmployeeSchema,
  getProgramSchema,
  listAuditSchema,
  listEmployeesSchema,
  listEventsSchema,
  listFlagsSchema,
  listProgramsSchema,
  submitEventSchema,
} from '#contracts/api/requests';
import {
  apiAuditEntrySchema,
  apiEmployeeSchema,
  apiEventReceiptSchema,
  apiEventSchema,
  apiFlagSchema,
  apiProgramSchema,
  pageOf,
} from '#contracts/api/resources';
import * as schemas from 'zod';
import type { RestApi } from './router.ts';

export const apiPrefix = '/api/v1';

type ProcedureName = keyof RestApi;

/** One path and method of the API. Reads take path and query parameters together; writes take a body. */
export interface Operation {
  readonly id: ProcedureName;
  readonly method: 'GET' | 'POST';
  /** Below `/api/v1`, with parameters in braces. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description: string;
  /** Any one of these scopes lets in. */
  readonly scopes: string;
  readonly input: z.ZodType;
  readonly output: z.ZodType;
  readonly success: 200 | 202;
}

const anySight = '`<module>:view` or `<module>:status`, of any module';
const audit = '`administration:view`';
const list = schemas.object;

const read = (
  id: ProcedureName,
  path: string,
  tag: string,
  summary: string,
  rest: Pick<Operation, 'description' | 'scopes' | 'input' | 'output'>,
): Operation => ({ id, path, tag, summary, method: 'GET', success: 200, ...rest });

/** Everything that the API answers, in the order of its document. */
export const operations: readonly Operation[] = [
  read('listEmployees', '/employees', 'Employees', 'List employees', {
    description:
      'By name. Who is outside the places of the key is not in the list. What the key may not know is null.',
    scopes: anySight,
    input: listEmployeesSchema,
    output: pageOf(apiEmployeeSchema),
  }),
  read('getEmployee', '/employees/{employeeId}', 'Employees', 'Get an employee', {
    description: 'Somebody outside the places of the key, of another company and nobody answer the same 404.',
    scopes: anySight,
    input: getEmployeeSchema,
    output: apiEmployeeSchema,
  }),
  read('employeeFlags', '/employees/{employeeId}/flags', 'Flags', 'Flags of an employee', {
    description: 'One for each module that the key sees and that has been decided.',
    scopes: anySight,
    input: employeeFlagsSchema,
    output: list({ data: schemas.array(apiFlagSchema) }),
  }),
  read('listFlags', '/flags', 'Flags', 'List flags', {
    description:
      'The current flag of each employee in each module, by employee and module. At most a second old.',
    scopes: anySight,
    input: listFlagsSchema,
    output: pageOf(apiFlagSchema),
  }),
  read('listEvents', '/events', 'Events', 'List events', {
    description:
      'Newest first, by when they happened; one that is told late stands at its own time. Steps that the law keeps from ' +
      'most (an unannounced test before its notice) are left out, so a page may be shorter than `limit`.',
    scopes: '`<module>:view`, of any module',
    input: listEventsSchema,
    output: pageOf(apiEventSchema),
  }),
  {
    id: 'submitEvent',
    method: 'POST',
    path: '/events',
    tag: 'Events',
    summary: 'Tell an event',
    description:
      'Puts a compliance event on the way that vendors’ messages take; flags follow within a second. Needs an ' +
      '`Idempotency-Key`: the same request again within 24 hours gets the first answer.',
    scopes: '`<module>:write` of the event’s module',
    input: submitEventSchema,
    output: apiEventReceiptSchema,
    success: 202,
  },
  read('listPrograms', '/programs', 'Programs', 'Status of the programs', {
    description: 'The six compliance modules, with how many people stand how. Active people only.',
    scopes: anySight,
    input: listProgramsSchema,
    output: list({ data: schemas.array(apiProgramSchema) }),
  }),
  read('getProgram', '/programs/{program}', 'Programs', 'Status of a program', {
    description: 'As in the list.',
    scopes: '`<module>:view` or `<module>:status` of that module',
    input: getProgramSchema,
    output: apiProgramSchema,
  }),
  read('listAudit', '/audit', 'Audit', 'List audit entries', {
    description: 'Newest first. Values that the key may not see are left out, and `hidden` says why.',
    scopes: audit,
    input: listAuditSchema,
    output: pageOf(apiAuditEntrySchema),
  }),
  read('getAuditEntry', '/audit/{entryId}', 'Audit', 'Get an audit entry', {
    description: 'One line of the hash chain.',
    scopes: audit,
    input: getAuditEntrySchema,
    output: apiAuditEntrySchema,
  }),
];

/** Names of the parameters in a path. */
export const pathParameters = (path: string): string[] =>
  [...path.matchAll(/\{(\w+)\}/g)].flatMap((match) => match[1] ?? []);

/** The operation of a path and its parameters; null when no path fits, `methods` when it takes others. */
export function matchOperation(
  method: string,
  path: string,
): { operation: Operation; parameters: Record<string, string> } | { methods: string[] } | null {
  const fitting = operations.flatMap((operation) => {
    const parameters = fit(operation.path, path);
    return parameters === null ? [] : [{ operation, parameters }];
  });
  if (fitting.length === 0) return null;
  const found = fitting.find(({ operation }) => operation.method === method);
  return found ?? { methods: fitting.map(({ operation }) => operation.method) };
}

function fit(template: string, path: string): Record<string, string> | null {
  const [wanted, given] = [template.split('/'), path.split('/')];
  if (wanted.length !== given.length) return null;
  const parameters: Record<string, string> = {};
  for (const [at, part] of wanted.entries()) {
    const [name] = pathParameters(part);
    const value = given[at] ?? '';
    if (name === undefined && part !== value) return null;
    if (name !== undefined) parameters[name] = value;
  }
  return parameters;
}
