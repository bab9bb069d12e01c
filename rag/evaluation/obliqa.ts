import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import type { Section } from '../corpus/section.ts';

/** ObliQA (RegNLP/ObliQADataset): questions on the rules of a financial market, and the passages that answer each. */
export interface Obliqa {
  readonly sections: readonly Section[];
  readonly questions: readonly { readonly text: string; readonly relevant: readonly string[] }[];
}

const passage = z.object({ DocumentID: z.number(), PassageID: z.string(), Passage: z.string() });
const question = z.object({ Question: z.string(), Passages: z.array(passage) });

const nameOf = (document: number, id: string): string => `ObliQA ${document} ${id}`;
const openingLength = 160;

/** Reads `docs/*.json` and `ObliQA_dev.json` of a folder. A passage is a section below the passages above it. */
export async function readObliqa(folder: string): Promise<Obliqa> {
  const files = (await readdir(path.join(folder, 'docs'))).filter((name) => name.endsWith('.json'));
  const sections: Section[] = [];
  for (const file of files.toSorted()) {
    const passages = z
      .array(passage)
      .parse(JSON.parse(await readFile(path.join(folder, 'docs', file), 'utf8')));
    sections.push(...sectionsOf(passages));
  }
  const dev = z
    .array(question)
    .parse(JSON.parse(await readFile(path.join(folder, 'ObliQA_dev.json'), 'utf8')));
  return {
    sections,
    questions: dev.map(({ Question, Passages }) => ({
      text: Question,
      relevant: Passages.map(({ DocumentID, PassageID }) => nameOf(DocumentID, PassageID)),
    })),
  };
}

function sectionsOf(passages: readonly z.infer<typeof passage>[]): Section[] {
  const texts = new Map(passages.map(({ PassageID, Passage }) => [tidy(PassageID), Passage.trim()]));
  const seen = new Set<string>();
  return passages
    .filter(({ PassageID, Passage }) => Passage.trim() !== '' && !seen.has(PassageID) && seen.add(PassageID))
    .map(({ DocumentID, PassageID, Passage }) => {
      const above = ancestors(tidy(PassageID))
        .map((id) => texts.get(id)?.slice(0, openingLength) ?? '')
        .filter((text) => text !== '');
      return {
        citation: nameOf(DocumentID, PassageID),
        title: '',
        path: above,
        group: 'ObliQA',
        status: 'text' as const,
        asOf: '2024-01-01',
        notices: [],
        text: Passage,
      };
    });
}

const tidy = (id: string): string => id.replace(/\.$/, '');

/** `6.1.3.(a)` → `6`, `6.1`, `6.1.3`. */
function ancestors(id: string): string[] {
  const steps = id.split('.');
  return steps.slice(1).map((_, at) => steps.slice(0, at + 1).join('.'));
}
