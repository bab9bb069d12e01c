/**
 * Regular expressions that the analysis finds slower than linear, or cannot judge (look-behinds, large repetitions): each
 * with the longest text that reaches it, and what bounds that text. The test tries each of them at that length.
 */
export interface Examined {
  /** Begins as the expression stands in the code. */
  readonly starts: string;
  /** Characters. */
  readonly most: number;
  readonly because: string;
}

const ours = 'a text of our own, not of a tenant or a vendor';

const block = 'a block of a document of the corpus, read by a job';

export const examined: readonly Examined[] = [
  {
    starts: String.raw`/(?:Nullable|LowCardinality)\(`,
    most: 500,
    because: 'the name of a type of the engine',
  },
  { starts: String.raw`/^(Appendix\s+.+?`, most: 2000, because: block },
  { starts: String.raw`/^\[\d+ FR \d+.*\]$/s`, most: 5000, because: block },
  { starts: String.raw`/^(?:Editorial Note:|Effective`, most: 5000, because: block },
  { starts: String.raw`/(?:last scraped|up to date as of`, most: 5000, because: block },
  { starts: String.raw`/!?\[((?:[^[\]\\]|`, most: 2000, because: block },
  { starts: String.raw`/(\*\*|__)(.+?)\1/g`, most: 5000, because: block },
  { starts: String.raw`/(^|[^\w])[_*]([^_*]+)[_*]`, most: 5000, because: block },
  { starts: String.raw`/^(#{1,6})\s+(.*?)\s*#*$/`, most: 1000, because: block },
  { starts: String.raw`/([A-Za-z]{3})[a-z]*\.?\s+`, most: 2000, because: block },
  { starts: String.raw`/(\d+)$/`, most: 200, because: ours },
  { starts: String.raw`/\n|(?<=[.;:])\s+(?=[A-Z(`, most: 20_000, because: 'a section of the corpus' },
  { starts: String.raw`/((?:\([A-Za-z0-9]{1,6}\))+)$/`, most: 1000, because: 'one citation' },
  { starts: String.raw`/(?:\b(\d{1,2})\s*(?:CFR|`, most: 4000, because: 'one question' },
  { starts: String.raw`/^([A-Z][^()]{0,90}?[.:`, most: 20_000, because: 'a paragraph of the corpus' },
  { starts: String.raw`/\b(\d+) (CFR|USC) (?=\d)/gu`, most: 4000, because: 'one citation' },
  { starts: String.raw`/\.\s+(?=\p{Lu})/u`, most: 4000, because: ours },
  {
    starts: String.raw`/(?<name>"(?:[^"\\]|\\.)*"(?=\s*:))`,
    most: 1200,
    because: 'the preview of a payload',
  },
  { starts: String.raw`/(?<note><!--[\s\S]*?-->)`, most: 1200, because: 'the preview of a payload' },
  { starts: String.raw`/\{\{engine (\w+)`, most: 4000, because: ours },
  { starts: String.raw`/[\p{Cc}--[\t\n\r]]/v`, most: 100_000, because: 'one class of characters: linear' },
  {
    starts: String.raw`/^constant_value: '(.*)'`,
    most: 20_000,
    because: 'one line of the engine about a bounded query',
  },
  { starts: String.raw`/<(?:[\w.-]+:)?(updateOrder`, most: 10_000, because: 'the head of a body; see there' },
  { starts: String.raw`/^[^\s@]+@[^\s@]+\.[^\s@]+$/`, most: 4000, because: 'one cell' },
  { starts: String.raw`/^[^\s@]{1,64}@[^\s@]{1,190}`, most: 4000, because: 'one field' },
  { starts: String.raw`/^(\d{4})-(\d{2})-(\d{2})[T ]`, most: 4000, because: 'one field' },
  { starts: String.raw`/^(\d{1,2})\/(\d{1,2})\/(\d{4})[ T,]+`, most: 4000, because: 'one field' },
  { starts: String.raw`/^\s*<\?xml[^>]*?\bencoding`, most: 200, because: 'the first bytes of a body' },
  { starts: String.raw`/("([^"\\]{1,60})"\s*:\s*)"`, most: 4800, because: 'the start of a body' },
  { starts: String.raw`/(<([\w:.-]{1,60})[^<>]*>)([^<]+)/g`, most: 4800, because: 'the start of a body' },
  { starts: String.raw`/(&lt;([\w:.-]{1,60})&gt;)`, most: 4800, because: 'the start of a body' },
  { starts: String.raw`/\b([\w:.-]{1,60})(\s*=\s*)`, most: 4800, because: 'the start of a body' },
  { starts: String.raw`/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g`, most: 4800, because: 'the start of a body' },
  { starts: String.raw`/^(?:[a-z0-9](?:[a-z0-9-]{0,61}`, most: 4000, because: 'one name of a domain' },
  { starts: String.raw`/^[A-Z]{2,4}[0-9T]*[0-9]*`, most: 200, because: ours },
  { starts: String.raw`/pass(word|phrase|code)|secret`, most: 20_000, because: 'one name of a field' },
  { starts: String.raw`/(?:ssn|social|dob|birth|`, most: 4800, because: 'one name of a field' },
  { starts: String.raw`/=\([^)]*\)/g`, most: 4000, because: 'a message is cut before' },
  { starts: String.raw`/: "[^"]*"/g`, most: 4000, because: 'a message is cut before' },
  { starts: String.raw`/[\w.+-]+@[\w-]+\.[\w.-]+/g`, most: 4000, because: 'a message is cut before' },
  { starts: String.raw`/\bFORMAT\s+(\w+)\s*;?\s*$/i`, most: 20_000, because: 'a query, bounded before' },
];
