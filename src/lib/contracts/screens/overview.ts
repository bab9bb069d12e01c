import * as z from 'zod';
import { flagColourSchema } from '../flags.ts';
import { idSchema } from '../ids.ts';
import { moduleSchema } from '../modules.ts';
import { dateSchema, instantSchema } from '../time.ts';

/** Narrows the whole screen; each lives in the URL. Null = all that the viewer's scope holds. */
export const overviewFilterSchema = z.object({
  divisionId: idSchema('division').nullable(),
  locationId: idSchema('location').nullable(),
  jobRoleId: idSchema('jobRole').nullable(),
  /** Whom the numbers of now count: people at work, as the board shows them, or everyone required. */
  phase: z.enum(['active', 'all']).default('active'),
});
export type OverviewFilter = z.infer<typeof overviewFilterSchema>;

export const overviewInputSchema = z.object({
  filter: overviewFilterSchema,
  /** The end of a past day in the tenant's zone; null = now. */
  asOf: dateSchema.nullable(),
});
export type OverviewInput = z.infer<typeof overviewInputSchema>;

/** People by their gravest colour, or flags of one module by colour. `none` is counted nowhere. */
export const statusCountsSchema = z.object({
  red: z.int().nonnegative(),
  stale: z.int().nonnegative(),
  yellow: z.int().nonnegative(),
  green: z.int().nonnegative(),
});

/** Share of those required who are green, 0..1; null when nobody is required. */
const rateSchema = z.number().min(0).max(1).nullable();

export const overviewModuleSchema = z.object({
  module: moduleSchema,
  counts: statusCountsSchema,
  /** Flags with hold: the work must not start or go on. */
  hold: z.int(),
  people: z.int(),
  rate: rateSchema,
  /** Rate now less the rate 30 days before; null when nothing is known of then. */
  change30d: z.number().nullable(),
});

const heatCellSchema = z.object({
  module: moduleSchema,
  people: z.int(),
  rate: rateSchema,
  red: z.int(),
  stale: z.int(),
});

export const recentChangeSchema = z.object({
  id: z.string(),
  /** Null where the viewer may not know who it is. */
  employeeId: idSchema('employee').nullable(),
  name: z.string(),
  module: moduleSchema,
  from: z.object({ flag: flagColourSchema, hold: z.boolean() }),
  to: z.object({ flag: flagColourSchema, hold: z.boolean() }),
  /** One sentence; empty for a viewer of the status only. */
  summary: z.string(),
  at: instantSchema,
});
export type RecentChange = z.infer<typeof recentChangeSchema>;

export const recentChangesSchema = z.object({
  total: z.int(),
  worse: z.int(),
  /** Newest first. */
  changes: z.array(recentChangeSchema),
});
export type RecentChanges = z.infer<typeof recentChangesSchema>;

export const overviewSchema = z.object({
  /** Instant that the numbers are true for. */
  at: instantSchema,
  people: z.int(),
  divisions: z.int(),
  locations: z.int(),
  headline: z.object({
    /** People compliant in every module required of them, over people of whom anything is required. */
    rate: rateSchema,
    counts: statusCountsSchema,
    /** By how much each count moved in 24 hours; null when nothing is known of then. */
    change24h: z.object({ red: z.int(), stale: z.int(), yellow: z.int(), green: z.int() }).nullable(),
    people: z.int(),
    hold: z.int(),
    change30d: z.number().nullable(),
    /** The tenant's own goal, if it has set one. */
    target: z.number().min(0).max(1).nullable(),
  }),
  trend: z.object({
    /** End of each day, oldest first; the last is `at`. */
    past: z.array(z.object({ day: dateSchema, rate: rateSchema })),
    /** From dates already known, if nothing is done. */
    ahead: z.array(z.object({ day: dateSchema, rate: rateSchema })),
  }),
  /** Modules of which the viewer sees at least the status. */
  modules: z.array(overviewModuleSchema),
  heat: z.object({
    rows: z.array(
      z.object({
        divisionId: idSchema('division').nullable(),
        name: z.string(),
        people: z.int(),
        rate: rateSchema,
        cells: z.array(heatCellSchema),
      }),
    ),
  }),
  /** Flags that turn red by date alone, if nothing is done. */
  fallsDue: z.object({
    in30: z.int(),
    in60: z.int(),
    in90: z.int(),
    buckets: z.array(
      z.object({
        from: dateSchema,
        to: dateSchema,
        count: z.int(),
        lead: z.object({ title: z.string(), count: z.int() }).nullable(),
      }),
    ),
  }),
  /** Changes of colour or hold in the hour before `at`. */
  recent: recentChangesSchema,
});
export type Overview = z.infer<typeof overviewSchema>;
