import * as z from 'zod';
import { instantSchema } from '../time.ts';

/** Upper edges of the bars of a latency chart, ms; what is above the last edge has a bar of its own. */
export const latencyEdgesMs = [10, 25, 50, 100, 250, 500, 1000, 2500, 5000] as const;
/** The promise: from the door to the frame, 99 of 100 within this. */
export const latencyAimMs = 250;

const milliseconds = z.int().nonnegative();

/** How long something took, for what was received in the last hour. Percentiles are at most 10 % too high. */
const latencySchema = z.object({
  count: z.int().nonnegative(),
  p50Ms: milliseconds.nullable(),
  p95Ms: milliseconds.nullable(),
  p99Ms: milliseconds.nullable(),
  maxMs: milliseconds.nullable(),
  /** One more than there are edges. */
  buckets: z.array(z.int().nonnegative()),
});
export type Latency = z.infer<typeof latencySchema>;

/** From the door to the decision, and on to the frame that goes to screens; measured by the server that answers. */
const latenciesSchema = z.object({ decided: latencySchema, screen: latencySchema });
export type Latencies = z.infer<typeof latenciesSchema>;

const engineSchema = z.object({
  name: z.enum(['postgres', 'clickhouse']),
  up: z.boolean(),
  /** How long it took to answer; null when it did not. */
  tookMs: milliseconds.nullable(),
});
export type EngineState = z.infer<typeof engineSchema>;

/** How the service stands for one company: numbers of this company, and no others. */
export const statusSchema = z.object({
  at: instantSchema,
  /** When the measuring began: what is younger than an hour has not seen an hour. */
  measuredSince: instantSchema,
  latencies: latenciesSchema,
  engines: z.array(engineSchema),
  /** Whether what is accepted is decided at once. Null: not known. */
  keepingUp: z.boolean().nullable(),
  openDeadLetters: z.int().nonnegative(),
  vendors: z.array(
    z.object({
      endpointId: z.string(),
      name: z.string(),
      vendor: z.string(),
      state: z.enum(['flowing', 'silent', 'refusing', 'waiting', 'disabled']),
      lastMessageAt: instantSchema.nullable(),
      silenceLimitMs: z.int().positive(),
      openDeadLetters: z.int().nonnegative(),
    }),
  ),
  /** Receipt of the newest event of the last day that analytics hold; null = none, or the warehouse did not answer. */
  warehouse: z.object({ answered: z.boolean(), newestReceivedAt: instantSchema.nullable() }),
  /** Whether the viewer may read the numbers of the whole platform too. */
  mayOperate: z.boolean(),
});
export type Status = z.infer<typeof statusSchema>;

/** The whole platform, without the name or number of any company. */
export const platformStatusSchema = z.object({
  at: instantSchema,
  latencies: latenciesSchema,
  /** Records that each consumer group has yet to handle. */
  groups: z.array(z.object({ name: z.string(), lag: z.int().nonnegative() })),
  outboxWaiting: z.int().nonnegative(),
  vendors: z.array(
    z.object({
      vendor: z.string(),
      endpoints: z.int().nonnegative(),
      /** Endpoints that are silent for longer than they may be. */
      silent: z.int().nonnegative(),
      lastMessageAt: instantSchema.nullable(),
      openDeadLetters: z.int().nonnegative(),
    }),
  ),
  jobs: z.array(
    z.object({
      name: z.string(),
      waiting: z.int().nonnegative(),
      active: z.int().nonnegative(),
      failed: z.int().nonnegative(),
    }),
  ),
  pool: z.object({
    busy: z.int().nonnegative(),
    idle: z.int().nonnegative(),
    waiting: z.int().nonnegative(),
  }),
  sockets: z.int().nonnegative(),
});
export type PlatformStatus = z.infer<typeof platformStatusSchema>;
