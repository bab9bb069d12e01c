import * as z from 'zod';
import { roleSchema, type Role } from '#contracts/roles';

/** A question to the offline planner with what a right answer holds: one of the last seven fields says it. */
const goldenSchema = z.strictObject({
  id: z.string(),
  family: z.string(),
  question: z.string(),
  /** Asked before it, in the same conversation. */
  before: z.string().optional(),
  /** Who asks; CompanyAdmin when left out. */
  as: z.union([roleSchema, z.literal('FieldWorker')]).default('CompanyAdmin'),
  /** A second query, written by hand over the tables themselves, and the columns of the answer that it gives. */
  sql: z.string().optional(),
  pick: z.array(z.string()).optional(),
  /** The first citation begins with it. */
  cites: z.string().optional(),
  /** So many people to choose from. */
  clarify: z.int().optional(),
  /** The right that is missing; true: whichever. */
  denied: z.union([z.string(), z.literal(true)]).optional(),
  /** Words of why it cannot be answered; true: whichever. */
  cannot: z.union([z.string(), z.literal(true)]).optional(),
  /** Words of the answer. */
  says: z.string().optional(),
});
export type Golden = z.infer<typeof goldenSchema>;

export const readGolden = (jsonl: string): Golden[] =>
  jsonl
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => goldenSchema.parse(JSON.parse(line)));

export const roleOf = ({ as }: Pick<Golden, 'as'>): Role | null => (as === 'FieldWorker' ? null : as);
