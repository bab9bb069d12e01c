import type { Section } from '../corpus/section.ts';
import { sectionsOfBlocks, type Block } from './blocks.ts';
import type { Reading } from './reading.ts';

const link = /!?\[((?:[^[\]\\]|\\.|\[[^\]]*\])*)\]\((?:[^()\\]|\\.|\([^()]*\))*\)/g;

/** Words without marks: links become their texts, emphasis and escapes go. */
function plain(text: string): string {
  let words = text;
  // Links within the text of links.
  for (let before = ''; before !== words;) {
    before = words;
    words = words.replaceAll(link, '$1');
  }
  return words
    .replaceAll(/(\*\*|__)(.+?)\1/g, '$2')
    .replaceAll(/(^|[^\w])[_*]([^_*]+)[_*](?=[^\w]|$)/g, '$1$2')
    .replaceAll(/\\([()[\]_*#.>`-])/g, '$1')
    .replaceAll(/[ \t]+/g, ' ')
    .trim();
}

/** Headings by `#`; a paragraph is what stands between empty lines, a list or a table row a paragraph per line. */
export function readMarkdown(text: string, reading: Reading): Section[] {
  const blocks: Block[] = [];
  let lines: string[] = [];
  const flush = (): void => {
    if (lines.length > 0) blocks.push({ level: 0, text: plain(lines.join(' ')) });
    lines = [];
  };
  for (const line of text.split(/\r?\n/)) {
    const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line);
    if (heading !== null) {
      flush();
      const name = plain(heading[2] ?? '');
      if (name !== '') blocks.push({ level: heading[1]?.length ?? 1, text: name });
    } else if (/^\s*(?:[-*+]\s|\d+\.\s|\||>)/.test(line)) {
      flush();
      lines.push(line.replace(/^\s*(?:[-*+]\s+|>\s?)/, ''));
      flush();
    } else if (line.trim() === '' || /^\s*(?:-{3,}|\*{3,})\s*$/.test(line)) flush();
    else lines.push(line.trim());
  }
  flush();
  return sectionsOfBlocks(
    blocks.filter(({ text: words }) => words !== ''),
    reading,
  );
}
