import * as z from 'zod';
import { flagColourSchema } from '../flags.ts';
import { idSchema } from '../ids.ts';
import { moduleSchema } from '../modules.ts';
import { phaseSchema } from '../person-facts.ts';
import { auditRowSchema } from '../screens/audit.ts';
import { dateSchema, instantSchema } from '../time.ts';

/** The resources of the public API, as they are answered; the OpenAPI document is made from them. */

export const apiEmployeeSchema = z
  .object({
    id: idSchema('employee'),
    identified: z
      .boolean()
      .describe('False when the client may not know who it is: names and places are null.'),
    number: z.string().nullable().describe('The employee number of the company.'),
    firstName: z.string().nullable(),
    lastName: z.string().nullable(),
    email: z.string().nullable(),
    phase: phaseSchema,
    divisionId: idSchema('division').nullable(),
    locationId: idSchema('location').nullable(),
    jobRoleId: idSchema('jobRole').nullable(),
    managerId: idSchema('employee').nullable(),
    hiredOn: dateSchema.nullable(),
    terminatedOn: dateSchema.nullable(),
    returnOn: dateSchema.nullable().describe('Day of return from leave.'),
  })
  .meta({ id: 'Employee' });

export const apiFlagSchema = z
  .object({
    employeeId: idSchema('employee'),
    module: moduleSchema,
    flag: flagColourSchema.describe(
      '`none` = nothing is required; `stale` = a vendor is silent, nothing can be said.',
    ),
    hold: z.boolean().describe('The regulated work must not start or go on.'),
    short: z.string().describe('A word or two; empty where the client sees the colour alone.'),
    since: instantSchema,
    dueAt: instantSchema.nullable(),
    nextChangeAt: instantSchema.nullable(),
  })
  .meta({ id: 'Flag' });

export const apiEventSchema = z
  .object({
    id: idSchema('event'),
    employeeId: idSchema('employee'),
    module: z.union([moduleSchema, z.literal('people')]),
    type: z.string(),
    title: z.string(),
    subjectRef: z.string().describe('The test, order or document that the event is about.'),
    occurredAt: instantSchema,
    receivedAt: instantSchema,
    version: z.int(),
    source: z.string().describe('The vendor, or `api` for events of this API.'),
    outcome: z.string().describe('`applied`, `duplicate`, `refused` or `review`.'),
    review: z.string().nullable().describe('What a person must look at before it counts.'),
  })
  .meta({ id: 'Event' });

export const apiProgramSchema = z
  .object({
    id: moduleSchema,
    name: z.string(),
    people: z.int().describe('People to whom it applies, among those whom the client sees.'),
    compliant: z.int(),
    due: z.int(),
    nonCompliant: z.int(),
    noData: z.int(),
    onHold: z.int().describe('Counted in their colours too.'),
    rate: z.number().nullable().describe('Compliant or due, of all with data; null when there are none.'),
  })
  .meta({ id: 'Program' });

export const apiAuditEntrySchema = auditRowSchema.meta({ id: 'AuditEntry' });

export const apiEventReceiptSchema = z
  .object({
    id: idSchema('event'),
    employeeId: idSchema('employee'),
    status: z
      .literal('accepted')
      .describe('On its way: it shows in the list of events when it has had its effect.'),
  })
  .meta({ id: 'EventReceipt' });

export const apiProblemSchema = z
  .object({
    type: z.string(),
    title: z.string().describe('A stable code, e.g. `people.employee_not_found`.'),
    status: z.int(),
    detail: z.string(),
    reference: z.string().describe('Names the request in our logs.'),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });

export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({
    data: z.array(item),
    next: z.string().nullable().describe('The cursor of the next page; null = this is the last.'),
  });
