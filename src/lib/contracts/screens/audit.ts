import * as z from 'zod';
import { idSchema } from '../ids.ts';
import { moduleSchema } from '../modules.ts';
import { instantSchema } from '../time.ts';

const auditQuerySchema = z.object({
  text: z.string().max(200),
  actorType: z.enum(['user', 'system', 'vendor']).nullable(),
  /** Exact act, or a beginning that ends in `*`. */
  act: z.string().max(100).nullable(),
  subjectType: z.string().max(60).nullable(),
  subjectId: z.string().max(100).nullable(),
  from: z.iso.date().nullable(),
  to: z.iso.date().nullable(),
});
export type AuditQuery = z.infer<typeof auditQuerySchema>;

export const noAuditQuery: AuditQuery = {
  text: '',
  actorType: null,
  act: null,
  subjectType: null,
  subjectId: null,
  from: null,
  to: null,
};

export const auditPageInputSchema = z.object({
  query: auditQuerySchema,
  limit: z.int().min(1).max(200),
  /** The `next` of the page before. */
  before: z.int().positive().nullable(),
});

/** One changed value, by its path in the entry. */
const auditDifferenceSchema = z.object({
  path: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
});
export type AuditDifference = z.infer<typeof auditDifferenceSchema>;

export const auditRowSchema = z.object({
  id: idSchema('auditEntry'),
  sequence: z.int(),
  at: instantSchema,
  actor: z.object({ type: z.enum(['user', 'system', 'vendor']), id: z.string(), name: z.string() }),
  act: z.string(),
  subject: z.object({ type: z.string(), id: z.string() }),
  /** The module it is about, also where the values are hidden. */
  module: moduleSchema.nullable(),
  differences: z.array(auditDifferenceSchema),
  /** Why the values are not shown; empty when they are. */
  hidden: z.string(),
  ip: z.string().nullable(),
  sessionId: z.string().nullable(),
  requestId: z.string().nullable(),
  previousHash: z.string(),
  hash: z.string(),
});
export type AuditRow = z.infer<typeof auditRowSchema>;

export const auditPageSchema = z.object({
  rows: z.array(auditRowSchema),
  next: z.int().nullable(),
  /** Null where a count would tell of entries that the viewer may not see. */
  total: z.int().nullable(),
});
export type AuditPage = z.infer<typeof auditPageSchema>;

const auditVerifyFrameSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), done: z.int(), total: z.int() }),
  z.object({
    type: z.literal('verdict'),
    ok: z.boolean(),
    entries: z.int(),
    head: z.object({ sequence: z.int(), hash: z.string() }).nullable(),
    findings: z.array(z.object({ kind: z.string(), sequence: z.int(), detail: z.string() })),
    findingCount: z.int(),
    tookMs: z.int(),
  }),
]);
export type AuditVerifyFrame = z.infer<typeof auditVerifyFrameSchema>;
