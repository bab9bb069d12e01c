import * as z from 'zod';
import { idSchema } from '../ids.ts';
import { phaseSchema } from '../person-facts.ts';
import { boardRowSchema } from './board.ts';

export const peopleSorts = ['name', '-name', 'gravity', 'number', '-number'] as const;

export const peopleQuerySchema = z.object({
  text: z.string().max(100),
  phases: z.array(phaseSchema).max(4),
  divisionIds: z.array(idSchema('division')).max(200),
  locationIds: z.array(idSchema('location')).max(200),
  jobRoleIds: z.array(idSchema('jobRole')).max(200),
  sort: z.enum(peopleSorts),
});
export type PeopleQuery = z.infer<typeof peopleQuerySchema>;

export const noPeopleQuery: PeopleQuery = {
  text: '',
  phases: ['active'],
  divisionIds: [],
  locationIds: [],
  jobRoleIds: [],
  sort: 'name',
};

export const peoplePageInputSchema = z.object({
  query: peopleQuerySchema,
  offset: z.int().nonnegative(),
  limit: z.int().min(1).max(200),
});

const peopleRowSchema = boardRowSchema.extend({ number: z.string(), phase: phaseSchema });
export type PeopleRow = z.infer<typeof peopleRowSchema>;

export const peoplePageSchema = z.object({
  total: z.int(),
  offset: z.int(),
  rows: z.array(peopleRowSchema),
});
export type PeoplePage = z.infer<typeof peoplePageSchema>;
