import { paragraphText } from './citation.ts';
import type { Paragraph } from './paragraphs.ts';

/** A stretch of a section that is searched as one: whole paragraphs that stand together. */
export interface Chunk {
  /** Of each paragraph of it: `(b)(1)`. */
  readonly places: readonly string[];
  /** Openings of the paragraphs above it, outermost first. */
  readonly above: string;
  /** The paragraphs with their last labels, an empty line between. */
  readonly text: string;
}

/** Characters. Most paragraphs of a rule with their items; long enough to carry its condition, short enough to cite. */
const wantedLength = 900;
const openingLength = 160;
/** Of one section; what is beyond lies in tables of thousands of rows. */
const mostChunks = 4095;

/**
 * Groups paragraphs in order: never two outermost paragraphs in one chunk unless both are short, never more than about
 * 900 characters unless one line is longer (it is cut at sentences).
 */
export function chunksOf(paragraphs: readonly Paragraph[]): Chunk[] {
  const pieces = paragraphs.flatMap((paragraph) =>
    cut(paragraph.text).map((text) => ({ ...paragraph, text })),
  );
  const groups: Paragraph[][] = [];
  for (const piece of pieces) {
    const group = groups.at(-1);
    if (group !== undefined && joins(group, piece)) group.push(piece);
    else groups.push([piece]);
  }
  return groups.slice(0, mostChunks).map((group) => chunkOf(group, paragraphs));
}

const lengthOf = (group: readonly Paragraph[]) => group.reduce((sum, { text }) => sum + text.length + 1, 0);

function joins(group: readonly Paragraph[], piece: Paragraph): boolean {
  const length = lengthOf(group) + piece.text.length;
  if (length > wantedLength) return false;
  const sameOutermost = group[0]?.labels[0] === piece.labels[0];
  return sameOutermost || length < wantedLength / 3;
}

function chunkOf(group: readonly Paragraph[], all: readonly Paragraph[]): Chunk {
  const first = group[0]?.labels ?? [];
  const above = first
    .slice(0, -1)
    .map((_, at) => first.slice(0, at + 1))
    .map((labels) => all.find((each) => same(each.labels, labels))?.text.slice(0, openingLength) ?? '')
    .filter((text) => text !== '');
  const text = group
    .map((each) => `${paragraphText(each.labels.slice(-1))} ${each.text}`.trim())
    .join('\n\n');
  return { places: group.map(({ labels }) => paragraphText(labels)), above: above.join(' '), text };
}

const same = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((label, at) => label === b[at]);

/** Long paragraphs at line ends, then at ends of sentences. */
function cut(text: string): string[] {
  if (text.length <= wantedLength) return [text];
  const parts = text.split(/\n|(?<=[.;:])\s+(?=[A-Z(“"])/);
  const cuts: string[] = [];
  for (const part of parts) {
    const last = cuts.at(-1);
    if (last !== undefined && last.length + part.length < wantedLength)
      cuts[cuts.length - 1] = `${last}\n${part}`;
    else cuts.push(part);
  }
  return cuts;
}
