import * as z from 'zod';
import { flagColourSchema } from './flags.ts';
import { idSchema } from './ids.ts';
import { phaseSchema } from './person-facts.ts';
import { moduleSchema } from './modules.ts';
import { instantSchema } from './time.ts';

/**
 * A flag changed: published on topic `flags.changed.v1` (key: employee id) and pushed to viewers whose scope holds the person.
 * Also published, with `from` equal to `to`, when only the outlook (`nextChangeAt`, `nextFlag`, `turnsRedAt`) moved:
 * a renewed certificate keeps a flag green and must still leave the forecast. Such a change is not news and is shown nowhere.
 */
export const flagChangedSchema = z.object({
  id: idSchema('flagChange'),
  tenantId: idSchema('tenant'),
  /**
   * Rises by one with each change of the tenant, in commit order: taken from a counter row of the tenant that is
   * updated in the transaction of the change, so that a viewer can resume without loss. The resume id of frames.
   */
  sequence: z.int().positive(),
  /**
   * Who may be told. `all`: the change is the same for everyone. When a masked reason (an unannounced test) makes
   * the DER's flag differ, the DER's change is `der` and the change that all others see, if any, is `others`.
   */
  audience: z.enum(['all', 'der', 'others']),
  employeeId: idSchema('employee'),
  divisionId: idSchema('division').nullable(),
  locationId: idSchema('location').nullable(),
  jobRoleId: idSchema('jobRole').nullable(),
  /** Of the person when it was decided; absent in changes of before this was kept. */
  phase: phaseSchema.optional(),
  name: z.string(),
  module: moduleSchema,
  from: z.object({ flag: flagColourSchema, hold: z.boolean() }),
  to: z.object({ flag: flagColourSchema, hold: z.boolean() }),
  short: z.string(),
  /** One sentence: the lead reason. */
  summary: z.string(),
  leadRuleId: z.string().nullable(),
  nextChangeAt: instantSchema.nullable(),
  /** What the flag becomes at `nextChangeAt`, when that can be told. */
  nextFlag: flagColourSchema.nullable().default(null),
  /** Earliest instant at which the flag turns red by time alone, looking past `nextChangeAt`; null = never, absent = not computed. */
  turnsRedAt: instantSchema.nullable().optional(),
  /** When the event that caused it was received at the door; null when time alone did it. */
  receivedAt: instantSchema.nullable(),
  decidedAt: instantSchema,
});
export type FlagChanged = z.infer<typeof flagChangedSchema>;

/** What a viewer's subscription carries, already filtered and masked for the viewer. */
const liveFrameSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('flags'), changes: z.array(flagChangedSchema) }),
  /** The server dropped frames (slow client, gap too old): re-read everything. */
  z.object({ type: z.literal('resync'), reason: z.string() }),
]);
export type LiveFrame = z.infer<typeof liveFrameSchema>;
