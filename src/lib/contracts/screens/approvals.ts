import * as z from 'zod';
import { idSchema } from '../ids.ts';
import { moduleSchema } from '../modules.ts';
import { roleSchema } from '../roles.ts';
import { instantSchema } from '../time.ts';
import { peopleQuerySchema } from './people.ts';

/** Acts that one person alone may not do. */
export const approvalKinds = [
  'pii_export',
  'dq_packet',
  'person_package',
  'role_grant',
  'rule_activation',
  'legal_hold',
] as const;
export type ApprovalKind = (typeof approvalKinds)[number];

export const approvalStates = ['requested', 'approved', 'refused', 'withdrawn', 'expired', 'done'] as const;
export type ApprovalState = (typeof approvalStates)[number];

/** Why it is asked for, or answered so. Stays in the audit log. */
const wordsSchema = z.string().trim().min(10).max(500);

export const roleGrantSchema = z.object({
  userId: idSchema('user'),
  role: roleSchema,
  divisionIds: z.array(idSchema('division')).max(200).nullable(),
  locationIds: z.array(idSchema('location')).max(200).nullable(),
  assignedTenantIds: z.array(idSchema('tenant')).max(200),
  /** Beside the roles they have, to change between; else in their place. */
  beside: z.boolean(),
});

export const piiExportSchema = z.object({
  query: peopleQuerySchema,
  modules: z.array(moduleSchema).min(1).max(6),
});
export type PiiExport = z.infer<typeof piiExportSchema>;

export const dqPacketSchema = z.object({ employeeId: idSchema('employee') });

/** Everything held on one person, for that person. */
export const personPackageSchema = z.object({ employeeId: idSchema('employee') });

export const legalHoldSchema = z.object({
  act: z.enum(['place', 'lift']),
  employeeId: idSchema('employee'),
  /** The matter, e.g. a docket number. */
  matter: z.string().trim().min(3).max(120),
});

/** What is asked for, by kind. */
export const approvalOrderSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('pii_export'), payload: piiExportSchema }),
  z.object({ kind: z.literal('dq_packet'), payload: dqPacketSchema }),
  z.object({ kind: z.literal('person_package'), payload: personPackageSchema }),
  z.object({ kind: z.literal('role_grant'), payload: roleGrantSchema }),
  z.object({ kind: z.literal('legal_hold'), payload: legalHoldSchema }),
]);
export type ApprovalOrder = z.infer<typeof approvalOrderSchema>;

export const approvalRequestInputSchema = z.object({ order: approvalOrderSchema, reason: wordsSchema });

export const approvalDecisionSchema = z.object({
  id: idSchema('approval'),
  verdict: z.enum(['approve', 'refuse']),
  reason: wordsSchema,
});

export const approvalViews = ['waiting', 'mine', 'all'] as const;
export type ApprovalView = (typeof approvalViews)[number];

export const approvalPageInputSchema = z.object({
  view: z.enum(approvalViews),
  offset: z.int().nonnegative(),
  limit: z.int().min(1).max(100),
});

const personSchema = z.object({ id: idSchema('user'), name: z.string() });

const approvalRowSchema = z.object({
  id: idSchema('approval'),
  kind: z.enum(approvalKinds),
  state: z.enum(approvalStates),
  title: z.string(),
  /** Exactly what will happen, one sentence each, fixed when it was asked for. */
  effects: z.array(z.string()),
  reason: z.string(),
  requestedBy: personSchema,
  requestedAt: instantSchema,
  /** Unanswered, or approved and not done, it ends then. */
  expiresAt: instantSchema,
  decision: z.object({ by: personSchema, at: instantSchema, reason: z.string() }).nullable(),
  closedAt: instantSchema.nullable(),
  /** What came of it, in words; empty until it is done. */
  outcome: z.string(),
  /** Acts open to the viewer. */
  mayDecide: z.boolean(),
  /** Why the viewer may not decide an open one, by which rule, and who may. Empty when allowed or closed. */
  denied: z.string(),
  mayWithdraw: z.boolean(),
  /** Approved, and the viewer's to carry out: the file is made then, once. */
  mayRun: z.boolean(),
});
export type ApprovalRow = z.infer<typeof approvalRowSchema>;

export const approvalPageSchema = z.object({
  total: z.int(),
  offset: z.int(),
  counts: z.object({ waiting: z.int(), mine: z.int(), all: z.int() }),
  rows: z.array(approvalRowSchema),
});
export type ApprovalPage = z.infer<typeof approvalPageSchema>;
