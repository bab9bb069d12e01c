import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { createThesaurus, type Thesaurus } from '../retrieval/thesaurus.ts';

const entries = z.array(z.object({ says: z.array(z.string().min(2)).min(1), means: z.string().min(2) }));

/** The thesaurus of the field: what people say, and the regulations' own terms for it (their sections of definitions). */
export async function openThesaurus(): Promise<Thesaurus> {
  const file = path.join(import.meta.dirname, 'thesaurus.json');
  return createThesaurus(entries.parse(JSON.parse(await readFile(file, 'utf8'))));
}
