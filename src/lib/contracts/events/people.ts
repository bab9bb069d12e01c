import * as z from 'zod';
import { phaseSchema, requirementsSchema } from '../person-facts.ts';
import { dateSchema, instantSchema } from '../time.ts';

/** Lifecycle of the person, read by every module. `subjectRef` = the employee's id or the HRIS key. */

/** What an HRIS knows of a person. Every part is optional: an update carries only what changed. */
const employeeProfileSchema = z.object({
  externalId: z.string().optional(),
  firstName: z.string().optional(),
  lastName: z.string().optional(),
  email: z.string().nullable().optional(),
  birthDate: dateSchema.nullable().optional(),
  zone: z.string().optional(),
  jurisdiction: z.string().nullable().optional(),
  divisionRef: z.string().nullable().optional(),
  locationRef: z.string().nullable().optional(),
  jobRoleRef: z.string().nullable().optional(),
  managerRef: z.string().nullable().optional(),
  safetySensitiveFirstAt: instantSchema.nullable().optional(),
  requirements: requirementsSchema.optional(),
});
export type EmployeeProfile = z.infer<typeof employeeProfileSchema>;

export const peopleEvents = {
  /** `phase` applicant = an offer with conditions; the period opens on `startOn` either way. */
  'employee.hired': z.object({
    startOn: dateSchema,
    phase: phaseSchema.extract(['applicant', 'active']),
    profile: employeeProfileSchema,
  }),
  'employee.updated': z.object({
    phase: phaseSchema.extract(['applicant', 'active']).optional(),
    profile: employeeProfileSchema,
  }),
  'employee.leave_started': z.object({ from: dateSchema, returnOn: dateSchema.nullable() }),
  'employee.returned': z.object({ on: dateSchema }),
  /** `on` is the last day worked: the person counts through its end. */
  'employee.terminated': z.object({ on: dateSchema, reason: z.string().optional() }),
  'employee.rehired': z.object({
    startOn: dateSchema,
    phase: phaseSchema.extract(['applicant', 'active']),
    profile: employeeProfileSchema,
  }),
};
export type PeopleEventType = keyof typeof peopleEvents;
export type PeoplePayload<T extends PeopleEventType> = z.infer<(typeof peopleEvents)[T]>;
