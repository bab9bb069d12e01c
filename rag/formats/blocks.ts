import type { Section } from '../corpus/section.ts';
import { dayOf, groupOf, type Reading } from './reading.ts';

/** A heading (1 = outermost) or, with level 0, a paragraph of a text. */
export interface Block {
  readonly level: number;
  readonly text: string;
}

const numbered = /^§+\s*(\d+\.\d+[A-Za-z]?)(?:\s*[-–—]\s*(\d+\.\d+[A-Za-z]?))?\.?\s+([A-Z[“"(].*)$/s;
const appended = /^(Appendix\s+.+?(?:Part|Subpart)\s+\S+?)(?:\s*[-–—]+\s*(.*))?$/is;
/** `[66 FR 43103, Aug. 17, 2001, as amended …]`: where the words come from. */
const history = /^\[\d+ FR \d+.*\]$/s;
/** `At 82 FR 5299, Jan. 17, 2017, § 365.101 was suspended …`: something is about to change, or waits. */
const pending =
  /^(?:Editorial Note:|Effective Date Note:)|^At \d+ FR \d+,.*\b(?:suspended|amended|revised|added|removed|effective)\b/is;
const frame = /^(?:title|subtitle|chapter|subchapter|part|subpart)\b|^(?:authority|source)\b/i;

const noticeHeading = /^(?:effective date|editorial|cross) (?:note|reference)/i;

interface Open {
  citation: string;
  title: string;
  path: readonly string[];
  reserved: boolean;
  lines: string[];
  notices: string[];
}

/**
 * Sections from headings. In a text of the law (`reading.title` is given) a section begins at `§ 382.305 Random testing.`
 * or `Appendix A to Part 40—…` and the other headings stand above it; in a company's own text each heading is a section.
 */
export function sectionsOfBlocks(blocks: readonly Block[], reading: Reading): Section[] {
  const law = reading.title !== undefined;
  const asOf = reading.asOf ?? dateIn(blocks);
  const open: Open[] = [];
  let headings: Block[] = [];
  let current: Open | undefined;
  const begin = (citation: string, title: string, reserved: boolean): void => {
    current = { citation, title, path: headings.map(({ text }) => text), reserved, lines: [], notices: [] };
    open.push(current);
  };
  if (!law) begin(reading.name, reading.name, false);
  for (const block of blocks) {
    const begins = block.level > 0 ? beginning(block.text, reading) : null;
    if (begins !== null) begin(begins.citation, begins.title, begins.reserved);
    else if (block.level > 0 && law) {
      if (noticeHeading.test(block.text)) continue;
      headings = [...headings.filter(({ level }) => level < block.level), block];
      if (frame.test(block.text)) current = undefined;
    } else if (block.level > 0) {
      headings = headings.filter(({ level }) => level < block.level);
      begin(`${reading.name}, ${[...headings, block].map(({ text }) => text).join(', ')}`, block.text, false);
      headings.push(block);
    } else if (current !== undefined) keep(current, block.text);
  }
  return fullest(open).map(({ lines, reserved, ...section }) => ({
    ...section,
    group: reading.group ?? (law ? groupOf(section.citation) : 'company'),
    status: reserved || (law && lines.length === 0) ? ('reserved' as const) : ('text' as const),
    asOf,
    text: lines.join('\n'),
  }));
}

function keep(section: Open, text: string): void {
  if (history.test(text)) return;
  if (pending.test(text)) section.notices.push(text);
  else section.lines.push(text);
}

function beginning(
  text: string,
  { title }: Reading,
): { citation: string; title: string; reserved: boolean } | null {
  if (title === undefined) return null;
  const section = numbered.exec(text);
  if (section !== null) {
    const [, number, last, name = ''] = section;
    const reserved = /\[reserved\]/i.test(name);
    const range = last === undefined ? '' : `-${last}`;
    return {
      citation: `${title} CFR ${number}${range}`,
      title: reserved ? 'Reserved' : name.trim(),
      reserved,
    };
  }
  const appendix = appended.exec(text);
  if (appendix === null) return null;
  return { citation: `${title} CFR ${appendix[1]}`, title: text, reserved: /\[reserved\]/i.test(text) };
}

/** A table of contents names every section once more, without its text. */
function fullest(sections: readonly Open[]): Open[] {
  const best = new Map<string, Open>();
  const length = ({ lines }: Open) => lines.reduce((sum, line) => sum + line.length, 0);
  for (const section of sections) {
    const known = best.get(section.citation);
    if (known === undefined || length(section) > length(known)) best.set(section.citation, section);
  }
  return [...best.values()].filter((each) => each.lines.length > 0 || each.reserved);
}

const dated =
  /(?:last scraped|up to date as of|as of|current as of|effective|version)\D{0,20}(\d{4}-\d{2}-\d{2}|\d{1,2}\/\d{1,2}\/\d{4}|[A-Z][a-z]+\.? \d{1,2}, \d{4})/i;

function dateIn(blocks: readonly Block[]): string {
  const found =
    blocks
      .slice(0, 40)
      .map(({ text }) => dated.exec(text)?.[1])
      .find((each) => each !== undefined) ?? '';
  const numbers = /(\d{1,2})\/(\d{1,2})\/(\d{4})/.exec(found);
  if (numbers === null) return dayOf(found);
  return `${numbers[3]}-${(numbers[1] ?? '').padStart(2, '0')}-${(numbers[2] ?? '').padStart(2, '0')}`;
}
