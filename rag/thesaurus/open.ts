import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { createThesaurus, type Thesaurus } from '../retrieval/thesaurus.ts';

const entries = z.array(
  z.object({
    says: z.array(z.string().min(2)).min(1),
    means: z.string().min(2),
    weight: z.number().positive().max(1).optional(),
  }),
);

const outside = z.array(z.object({ field: z.string(), says: z.array(z.string().min(2)).min(1) }));

const read = async (name: string): Promise<unknown> =>
  JSON.parse(await readFile(path.join(import.meta.dirname, name), 'utf8'));

/**
 * The thesaurus of the field: what people say, and the regulations' own terms for it (their sections of definitions);
 * and what they ask that belongs to another field.
 */
export async function openThesaurus(): Promise<Thesaurus> {
  return createThesaurus(
    entries.parse(await read('thesaurus.json')),
    outside.parse(await read('outside.json')),
  );
}
