import * as z from 'zod';
import { parseCitation } from '../corpus/citation.ts';

/** A question with the places of the law that answer it. */
export interface GoldenQuestion {
  readonly id: string;
  readonly question: string;
  /** Any of these answers; empty when none does. */
  readonly sections: readonly string[];
  readonly answerable: boolean;
}

const line = z.object({
  id: z.union([z.string(), z.number()]).transform(String),
  question: z.string().min(1),
  sections: z.array(z.string()).default([]),
  answerable: z.boolean().optional(),
});

/** Lines `{id, question, sections, answerable}`; answerable left out = it has sections. Throws ZodError. */
export function readQuestions(text: string): GoldenQuestion[] {
  return text
    .split('\n')
    .filter((each) => each.trim() !== '')
    .map((each) => line.parse(JSON.parse(each)))
    .map((each) => ({ ...each, answerable: each.answerable ?? each.sections.length > 0 }));
}

/** Our own questions fall into two halves by their number: one to tune on, one looked at only in the end. */
export const isHeldOut = ({ id }: GoldenQuestion): boolean => Number(/(\d+)$/.exec(id)?.[1] ?? 0) % 2 === 1;

/** Place of the first found section that answers, from 0, or -1. Sections are compared, not paragraphs. */
export function rankOf(question: GoldenQuestion, sections: readonly string[]): number {
  const wanted = new Set(question.sections.map((each) => parseCitation(each).section.toLowerCase()));
  return sections.findIndex((each) => wanted.has(parseCitation(each).section.toLowerCase()));
}
