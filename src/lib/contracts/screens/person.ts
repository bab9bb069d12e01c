import * as z from 'zod';
import { flagColourSchema, flagStateSchema, lawQuoteSchema, reasonSchema, taskSchema } from '../flags.ts';
import { idSchema } from '../ids.ts';
import { moduleSchema } from '../modules.ts';
import { phaseSchema } from '../person-facts.ts';
import { dateSchema, instantSchema } from '../time.ts';
import { guardedModules, standingNeedSchema } from './need-to-know.ts';

/** `full`, `status` colour and hold only, `deidentified` without the person, `none`. */
const sightSchema = z.enum(['full', 'status', 'deidentified', 'none']);
export type Sight = z.infer<typeof sightSchema>;

export const personInputSchema = z.object({
  employeeId: idSchema('employee'),
  /** The end of a past day. Null = now. */
  asOf: dateSchema.nullable(),
  /** Of a past day: what we knew at its end, or what we know of it now, with all that came late or was corrected. */
  known: z.enum(['then', 'now']).default('then'),
});

export const whyInputSchema = personInputSchema.extend({ module: moduleSchema });

const placeSchema = z.object({ id: z.string(), name: z.string() });

const personHeadSchema = z.object({
  employeeId: idSchema('employee'),
  name: z.string(),
  number: z.string().nullable(),
  phase: phaseSchema,
  division: placeSchema.nullable(),
  location: placeSchema.nullable(),
  jobRole: placeSchema.nullable(),
  manager: placeSchema.nullable(),
  hiredOn: dateSchema.nullable(),
  zone: z.string(),
});
export type PersonHead = z.infer<typeof personHeadSchema>;

/** A stretch of time in one state; `to` null = goes on. */
const flagSpanSchema = z.object({
  from: instantSchema,
  to: instantSchema.nullable(),
  flag: flagColourSchema,
  hold: z.boolean(),
});
export type FlagSpan = z.infer<typeof flagSpanSchema>;

const personModuleSchema = z.object({
  module: moduleSchema,
  sight: sightSchema,
  /** Null = no flag decided. */
  state: flagStateSchema.nullable(),
  /** One sentence; empty where the viewer sees the status only. */
  message: z.string(),
  /** The sentence of law behind the leading reason of a flag that asks for something; null = none, or not for the viewer. */
  law: lawQuoteSchema.extend({ textAsOf: dateSchema.nullable() }).nullable(),
  spans: z.array(flagSpanSchema),
});
export type PersonModule = z.infer<typeof personModuleSchema>;

export const timelineKinds = ['event', 'flag', 'act'] as const;
const timelineEntrySchema = z.object({
  id: z.string(),
  kind: z.enum(timelineKinds),
  at: instantSchema,
  module: moduleSchema.nullable(),
  title: z.string(),
  detail: z.string(),
  /** For flags. */
  from: z.object({ flag: flagColourSchema, hold: z.boolean() }).nullable(),
  to: z.object({ flag: flagColourSchema, hold: z.boolean() }).nullable(),
  /** For acts. */
  actor: z.string().nullable(),
  /** When we knew, where that was later than `at`; null = at once. */
  knownAt: instantSchema.nullable(),
  /** What somebody must look at before it counts. */
  review: z.string().nullable(),
});
export type TimelineEntry = z.infer<typeof timelineEntrySchema>;

const recordItemSchema = z.object({
  /** The test, order or document that the events are about. */
  subjectRef: z.string(),
  title: z.string(),
  state: z.string(),
  source: z.string(),
  lastAt: instantSchema,
  events: z.int(),
  review: z.string().nullable(),
  /** Everything that happened to it, newest first. */
  history: z.array(
    z.object({
      id: z.string(),
      at: instantSchema,
      title: z.string(),
      detail: z.string(),
      source: z.string(),
      review: z.string().nullable(),
    }),
  ),
});
export type RecordItem = z.infer<typeof recordItemSchema>;

/** `due` = not there, its grace runs · `late` = it was there and has run out. */
export const fileStates = ['present', 'expiring', 'due', 'missing', 'late', 'not_required'] as const;
const fileItemSchema = z.object({
  id: z.string(),
  title: z.string(),
  citation: z.string(),
  state: z.enum(fileStates),
  /** Date of the paper on file. */
  on: dateSchema.nullable(),
  /** Last good day, or the last day of the grace. */
  until: dateSchema.nullable(),
  note: z.string(),
  eventIds: z.array(z.string()),
});
export type FileItem = z.infer<typeof fileItemSchema>;

const actSchema = z.object({
  id: z.string(),
  label: z.string(),
  /** Where it is done; null = not possible for this viewer. */
  href: z.string().nullable(),
  /** Why not, and whom to ask; empty when allowed. */
  denied: z.string(),
});
export type PersonAct = z.infer<typeof actSchema>;

export const personPageSchema = z.object({
  sequence: z.int().nonnegative(),
  at: instantSchema,
  head: personHeadSchema,
  modules: z.array(personModuleSchema),
  timeline: z.array(timelineEntrySchema),
  records: z.array(z.object({ module: moduleSchema, items: z.array(recordItemSchema) })),
  /** Legal holds that stand; null = not for the viewer. */
  legalHolds: z.array(z.object({ matter: z.string(), since: instantSchema })).nullable(),
  /** May ask for a legal hold, and for the driver's file as a packet. */
  mayAsk: z.object({ legalHold: z.boolean(), dqPacket: z.boolean() }),
  /** Modules whose records open for a stated reason only: the viewer's reason that stands, and how many items there are. */
  guarded: z.array(
    z.object({
      module: z.enum(guardedModules),
      need: standingNeedSchema.nullable(),
      items: z.int().nonnegative(),
    }),
  ),
  /** The driver qualification file of 49 CFR 391.51; null = none is asked for, or not for the viewer. */
  qualification: z.array(fileItemSchema).nullable(),
  /** Where an event stands in the audit log, less its id; null = not for the viewer. */
  eventHref: z.string().nullable(),
  acts: z.array(actSchema),
});
export type PersonPage = z.infer<typeof personPageSchema>;

const whyEventSchema = z.object({
  id: z.string(),
  at: instantSchema,
  title: z.string(),
  source: z.string(),
});

/** What the drawer says about one flag: verdict first, then the evidence. */
export const whySchema = z.object({
  employeeId: idSchema('employee'),
  name: z.string(),
  module: moduleSchema,
  sight: sightSchema,
  state: flagStateSchema.nullable(),
  decidedAt: instantSchema.nullable(),
  /** Each with the sentences of law behind it. */
  reasons: z.array(reasonSchema.extend({ quotes: z.array(lawQuoteSchema) })),
  tasks: z.array(taskSchema),
  events: z.array(whyEventSchema),
  /** The events are shut until a reason is given on the person's page. */
  guarded: z.boolean(),
  spans: z.array(flagSpanSchema),
  nextChangeAt: instantSchema.nullable(),
  nextFlag: flagColourSchema.nullable(),
  nextHold: z.boolean().nullable(),
  /** Where the decision stands in the audit log, for who may read it. */
  auditHref: z.string().nullable(),
});
export type Why = z.infer<typeof whySchema>;
