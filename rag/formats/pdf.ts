import { getDocumentProxy } from 'unpdf';
import type { Section } from '../corpus/section.ts';
import { sectionsOfBlocks, type Block } from './blocks.ts';
import type { Reading } from './reading.ts';

/** `29 CFR 1904.39 (up to date as of 5/07/2026)`, page numbers: on every page, and no part of the text. */
const running = /up to date as of|^page \d+|^\d+ of \d+$|\(enhanced display\)/i;
const labelled = /^\([A-Za-z0-9]{1,6}\)\s/;

/**
 * The text of a PDF, line by line: a line that begins with a section's number or a label begins a paragraph. A company's
 * text, which has no such numbers, is cut at its pages.
 */
export async function readPdf(bytes: Uint8Array, reading: Reading): Promise<Section[]> {
  const pdf = await getDocumentProxy(new Uint8Array(bytes));
  const blocks: Block[] = [];
  for (let at = 0; at < pdf.numPages; at += 1) {
    const page = await pdf.getPage(at + 1);
    const lines = linesOf((await page.getTextContent()).items, reading.title !== undefined);
    const date = lines.find((line) => /up to date as of/i.test(line));
    if (at === 0 && date !== undefined) blocks.push({ level: 0, text: date });
    if (reading.title === undefined) blocks.push({ level: 1, text: `page ${at + 1}` });
    for (const line of lines.filter((each) => each !== '' && !running.test(each)))
      addLine(blocks, line, reading);
  }
  return sectionsOfBlocks(blocks, reading);
}

interface Piece {
  readonly str: string;
  readonly hasEOL: boolean;
  /** The last two are its place from the left and from the bottom. */
  readonly transform: readonly number[];
}

/**
 * The lines of a page. Prints of the law are one column, and draw headings after the text they stand over: they are put in
 * the order of the page. Others keep the order of the file, which knows about columns.
 */
function linesOf(items: readonly unknown[], oneColumn: boolean): string[] {
  const pieces = items.filter(
    (item): item is Piece =>
      typeof item === 'object' && item !== null && 'str' in item && 'transform' in item,
  );
  const rows: { y: number; text: string }[] = [];
  let ended = true;
  for (const { str, hasEOL, transform } of pieces) {
    const y = Math.round(transform[5] ?? 0);
    const row = rows.at(-1);
    if (row !== undefined && !ended && Math.abs(row.y - y) < 4) row.text += str;
    else if (str.trim() !== '') rows.push({ y, text: str });
    ended = hasEOL;
  }
  const ordered = oneColumn ? rows.toSorted((a, b) => b.y - a.y) : rows;
  return ordered.map(({ text }) => text.replaceAll(/\s+/g, ' ').trim());
}

function addLine(blocks: Block[], line: string, { title }: Reading): void {
  if (title !== undefined && /^§+\s*\d+\.\d+/.test(line)) {
    blocks.push({ level: 4, text: line });
    return;
  }
  const last = blocks.at(-1);
  const goesOn =
    last !== undefined && last.level === 0 && !labelled.test(line) && !/[.;:!?]$/.test(last.text);
  if (goesOn) blocks[blocks.length - 1] = { level: 0, text: `${last.text} ${line}` };
  else blocks.push({ level: 0, text: line });
}
