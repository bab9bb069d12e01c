import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Section } from '../corpus/section.ts';
import { readSectionsJsonl } from '../formats/sections-jsonl.ts';

/** What the rules rest on, in our own words with section numbers, marked as summaries: enough for a demo to answer. */
export async function openSummaries(): Promise<Section[]> {
  return readSectionsJsonl(await readFile(path.join(import.meta.dirname, 'summaries.jsonl'), 'utf8'));
}
