import * as z from 'zod';
import { flagColourSchema, flagColours } from '../flags.ts';
import { idSchema } from '../ids.ts';
import { modules, moduleSchema } from '../modules.ts';
import { phaseSchema } from '../person-facts.ts';
import { dateSchema, instantSchema } from '../time.ts';

/** How the board is cut: people × modules, filtered, grouped and sorted. All of it is in the URL. */
export const boardGroupings = ['none', 'division', 'location', 'jobRole'] as const;
export const boardSorts = ['gravity', 'name', 'next', 'changed'] as const;

const boardQuerySchema = z.object({
  /** Only people to whom this module applies; status filters then mean this module alone. */
  module: moduleSchema.nullable(),
  flags: z.array(flagColourSchema).max(flagColours.length),
  /** Only people on hold. */
  hold: z.boolean(),
  divisionIds: z.array(idSchema('division')).max(200),
  locationIds: z.array(idSchema('location')).max(200),
  jobRoleIds: z.array(idSchema('jobRole')).max(200),
  phases: z.array(phaseSchema).max(4),
  /** Part of a name. */
  text: z.string().max(100),
  group: z.enum(boardGroupings),
  sort: z.enum(boardSorts),
  /** A past day: the board as it was known at its end. Null = now. */
  asOf: dateSchema.nullable(),
});
export type BoardQuery = z.infer<typeof boardQuerySchema>;
export type BoardGrouping = BoardQuery['group'];

export const noBoardQuery: BoardQuery = {
  module: null,
  flags: [],
  hold: false,
  divisionIds: [],
  locationIds: [],
  jobRoleIds: [],
  phases: ['active'],
  text: '',
  group: 'division',
  sort: 'gravity',
  asOf: null,
};

/** Columns of the grid that a viewer may put away; the person always stays. */
export const boardColumns = ['site', ...modules, 'next', 'changed'] as const;
const boardColumnSchema = z.enum(boardColumns);
export type BoardColumn = z.infer<typeof boardColumnSchema>;
/** The columns put away. */
export const boardColumnsSchema = z.array(boardColumnSchema).max(boardColumns.length);

const maxBoardPage = 200;
export const boardPageInputSchema = z.object({
  query: boardQuerySchema,
  offset: z.int().nonnegative(),
  limit: z.int().min(1).max(maxBoardPage),
});

const tallySchema = z.object({
  red: z.int(),
  stale: z.int(),
  yellow: z.int(),
  green: z.int(),
  hold: z.int(),
});
export type Tally = z.infer<typeof tallySchema>;

/** One flag in the grid, masked for the viewer. */
const boardCellSchema = z.object({
  flag: flagColourSchema,
  hold: z.boolean(),
  /** A word or two; the status word where empty. */
  short: z.string(),
  /** The deadline that decides: the cell counts down to it or up from it. */
  dueAt: instantSchema.nullable(),
  nextChangeAt: instantSchema.nullable(),
  since: instantSchema,
});
export type BoardCell = z.infer<typeof boardCellSchema>;

export const boardRowSchema = z.object({
  employeeId: idSchema('employee'),
  name: z.string(),
  divisionId: idSchema('division').nullable(),
  locationId: idSchema('location').nullable(),
  jobRoleId: idSchema('jobRole').nullable(),
  /** In the order of `modules`; null = the viewer does not see the module, or no flag was decided yet. */
  cells: z.array(boardCellSchema.nullable()).length(6),
  /** The next date that matters among the modules seen in full. */
  next: z.object({ module: moduleSchema, at: instantSchema, title: z.string() }).nullable(),
  changedAt: instantSchema.nullable(),
});
export type BoardRow = z.infer<typeof boardRowSchema>;

const boardGroupSchema = z.object({
  id: z.string(),
  name: z.string(),
  people: z.int(),
  tally: tallySchema,
});
export type BoardGroup = z.infer<typeof boardGroupSchema>;

export const boardPageSchema = z.object({
  /** Where the live feed goes on from this answer. */
  sequence: z.int().nonnegative(),
  people: z.int(),
  tally: tallySchema,
  /** In order; their people follow each other without a gap. One unnamed group when not grouped. */
  groups: z.array(boardGroupSchema),
  offset: z.int(),
  rows: z.array(boardRowSchema),
});
export type BoardPage = z.infer<typeof boardPageSchema>;

const optionSchema = z.object({ id: z.string(), name: z.string() });
/** What the filter chips offer, and the names behind the ids of rows. */
export const boardChoicesSchema = z.object({
  divisions: z.array(optionSchema),
  locations: z.array(optionSchema),
  jobRoles: z.array(optionSchema),
});
export type BoardChoices = z.infer<typeof boardChoicesSchema>;
