export interface Inline {
  readonly kind: 'plain' | 'strong' | 'emphasis' | 'code';
  readonly text: string;
}

/** A paragraph, or a list with its items. */
export interface MarkdownBlock {
  readonly kind: 'paragraph' | 'bullets' | 'numbers';
  readonly lines: readonly (readonly Inline[])[];
}

const bullet = /^\s*[-*•]\s+/;
const numbered = /^\s*\d{1,3}[.)]\s+/;

/**
 * Paragraphs, lists, emphasis and code of an answer. All else stays as it is written: links and images are words, so that
 * nothing is fetched and nowhere is led to because a model said so.
 */
export function readMarkdown(text: string): MarkdownBlock[] {
  return text
    .split(/\n\s*\n/)
    .flatMap((part) => runsOf(part.split('\n').filter((line) => line.trim() !== '')))
    .map(({ kind, lines }) => ({ kind, lines: lines.map(readInline) }));
}

interface Run {
  readonly kind: MarkdownBlock['kind'];
  readonly lines: string[];
}

function runsOf(lines: readonly string[]): Run[] {
  const runs: Run[] = [];
  for (const line of lines) {
    const kind = bullet.test(line) ? 'bullets' : numbered.test(line) ? 'numbers' : 'paragraph';
    const words = line
      .replace(bullet, '')
      .replace(numbered, '')
      .replace(/^#{1,6}\s+/, '');
    const last = runs.at(-1);
    if (last?.kind !== kind) runs.push({ kind, lines: [words] });
    else if (kind === 'paragraph') last.lines[0] = `${last.lines[0] ?? ''} ${words.trim()}`;
    else last.lines.push(words);
  }
  return runs;
}

const marks = /\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|`([^`]+)`/g;

function readInline(line: string): Inline[] {
  const found: Inline[] = [];
  let from = 0;
  for (const match of line.matchAll(marks)) {
    const [whole, strong, emphasis, code] = match;
    if (match.index > from) found.push({ kind: 'plain', text: line.slice(from, match.index) });
    if (strong !== undefined) found.push({ kind: 'strong', text: strong });
    else if (emphasis !== undefined) found.push({ kind: 'emphasis', text: emphasis });
    else found.push({ kind: 'code', text: code ?? '' });
    from = match.index + whole.length;
  }
  if (from < line.length) found.push({ kind: 'plain', text: line.slice(from) });
  return found;
}
