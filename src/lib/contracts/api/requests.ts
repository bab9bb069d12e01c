import * as z from 'zod';
import { flagColourSchema } from '../flags.ts';
import { idSchema } from '../ids.ts';
import { moduleSchema } from '../modules.ts';
import { phaseSchema } from '../person-facts.ts';
import { dateSchema, instantSchema } from '../time.ts';

/** What the public API takes: path and query parameters together, and the bodies of writes. */

const limit = z.int().min(1).max(200).default(50).describe('Most items of a page.');
const cursor = z.string().max(1000).optional().describe('The `next` of the page before.');
const places = {
  divisionId: z
    .array(idSchema('division'))
    .min(1)
    .max(50)
    .optional()
    .describe('One or several, comma-separated.'),
  locationId: z
    .array(idSchema('location'))
    .min(1)
    .max(50)
    .optional()
    .describe('One or several, comma-separated.'),
  jobRoleId: z
    .array(idSchema('jobRole'))
    .min(1)
    .max(50)
    .optional()
    .describe('One or several, comma-separated.'),
};
const page = { limit, cursor };

export const listEmployeesSchema = z.strictObject({
  ...page,
  ...places,
  phase: z
    .array(phaseSchema)
    .max(4)
    .optional()
    .describe('One or several, comma-separated; all when left out.'),
  q: z.string().max(100).optional().describe('Parts of the name, number or e-mail address.'),
  managerId: idSchema('employee').optional(),
});

export const getEmployeeSchema = z.strictObject({ employeeId: idSchema('employee') });

export const listFlagsSchema = z.strictObject({
  ...page,
  ...places,
  employeeId: idSchema('employee').optional(),
  module: z.array(moduleSchema).min(1).max(6).optional().describe('One or several, comma-separated.'),
  flag: z.array(flagColourSchema).min(1).max(5).optional().describe('One or several, comma-separated.'),
  hold: z.boolean().optional(),
  phase: z.array(phaseSchema).min(1).max(4).optional().describe('One or several; `active` when left out.'),
});

export const employeeFlagsSchema = z.strictObject({ employeeId: idSchema('employee') });

export const listEventsSchema = z.strictObject({
  ...page,
  employeeId: idSchema('employee').optional(),
  module: z.array(moduleSchema).min(1).max(6).optional().describe('One or several, comma-separated.'),
  type: z.string().max(100).optional().describe('Exactly this type, e.g. `completion.recorded`.'),
  occurredFrom: instantSchema.optional().describe('Inclusive.'),
  occurredTo: instantSchema.optional().describe('Exclusive.'),
});

export const submitEventSchema = z
  .strictObject({
    employeeId: idSchema('employee').optional(),
    employeeNumber: z.string().min(1).max(100).optional().describe('Instead of `employeeId`.'),
    module: moduleSchema,
    type: z
      .string()
      .max(100)
      .regex(/^[a-z_]+(\.[a-z_]+)+$/, 'expected words joined by dots, e.g. completion.recorded')
      .describe('An event type of the module, e.g. `completion.recorded`.'),
    subjectRef: z
      .string()
      .min(1)
      .max(200)
      .describe('Your id of the test, order or document that it is about.'),
    occurredAt: instantSchema,
    version: z.int().min(0).max(2_147_483_647).default(0).describe('Rises when the same fact is told again.'),
    payload: z.record(z.string(), z.unknown()).describe('What the type asks for; a fault names its place.'),
  })
  .refine((body) => (body.employeeId === undefined) !== (body.employeeNumber === undefined), {
    path: ['employeeId'],
    error: 'Name the person by employeeId or by employeeNumber, by one of them.',
  })
  // What the refinement above asks for, in the words of JSON Schema.
  .meta({ id: 'NewEvent', oneOf: [{ required: ['employeeId'] }, { required: ['employeeNumber'] }] });
export type SubmitEvent = z.infer<typeof submitEventSchema>;

export const listProgramsSchema = z.strictObject({
  divisionId: places.divisionId,
  locationId: places.locationId,
});
export const getProgramSchema = z.strictObject({ program: moduleSchema });

export const listAuditSchema = z.strictObject({
  ...page,
  act: z.string().max(100).optional().describe('Exactly this act, or a beginning that ends in `*`.'),
  actorType: z.enum(['user', 'system', 'vendor']).optional(),
  subjectType: z.string().max(60).optional(),
  subjectId: z.string().max(100).optional(),
  from: dateSchema.optional().describe("First day, in the company's zone."),
  to: dateSchema.optional().describe("Last day, in the company's zone."),
  q: z.string().max(200).optional().describe('Full text.'),
});
export const getAuditEntrySchema = z.strictObject({ entryId: idSchema('auditEntry') });
