import { labelsOf } from './citation.ts';

/** A paragraph of a section with its place: `['b', '1']`. Text before the first label has an empty place. */
export interface Paragraph {
  readonly labels: readonly string[];
  /** Without its own label; with its heading. */
  readonly text: string;
}

type Kind = 'lower' | 'digit' | 'roman' | 'upper' | 'upperRoman';

const romans =
  'i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx xxi xxii xxiii xxiv xxv'.split(
    ' ',
  );
const children: Readonly<Record<Kind, readonly Kind[]>> = {
  lower: ['digit', 'roman', 'upper'],
  digit: ['roman', 'upper', 'lower'],
  roman: ['upper', 'upperRoman', 'digit'],
  upper: ['digit', 'roman', 'lower'],
  upperRoman: ['lower', 'digit'],
};

function kindsOf(label: string): Kind[] {
  if (/^\d+$/.test(label)) return ['digit'];
  const lower = label.toLowerCase();
  const roman = romans.includes(lower);
  if (label === lower) return roman ? ['lower', 'roman'] : ['lower'];
  return roman ? ['upper', 'upperRoman'] : ['upper'];
}

/** Its number among its kind: a=1, b=2, … z=26, aa=27; i=1, ii=2. */
function ordinal(label: string, kind: Kind): number {
  if (kind === 'digit') return Number(label);
  if (kind === 'roman' || kind === 'upperRoman') return romans.indexOf(label.toLowerCase()) + 1;
  const letter = label.toLowerCase();
  const single = letter.charCodeAt(0) - 96;
  return letter.length === 1 ? single : 26 * (letter.length - 1) + single;
}

interface Level {
  readonly label: string;
  readonly kind: Kind;
}

const follows = (level: Level, label: string, gap: number): boolean => {
  if (!kindsOf(label).includes(level.kind)) return false;
  const step = ordinal(label, level.kind) - ordinal(level.label, level.kind);
  return step >= 1 && step <= gap;
};

/** Where a label belongs below or beside the open ones. The law writes (a)(1)(i)(A); the Code (a)(1)(A)(i). */
function place(open: readonly Level[], label: string): Level[] {
  const top = open.at(-1);
  if (top === undefined) return [{ label, kind: kindsOf(label)[0] ?? 'lower' }];
  const child = children[top.kind].find(
    (kind) => kindsOf(label).includes(kind) && ordinal(label, kind) === 1,
  );
  const beside = open.findLastIndex((level) => follows(level, label, 1));
  // (h) then (i): beside, unless (h)(1) is open, whose children are i, ii, …
  if (child !== undefined && !(beside === open.length - 1 && top.kind === 'lower')) {
    return [...open, { label, kind: child }];
  }
  // Gaps: repealed or reserved paragraphs.
  const near = beside >= 0 ? beside : open.findLastIndex((level) => follows(level, label, 30));
  if (near >= 0) return [...open.slice(0, near), { label, kind: open[near]?.kind ?? 'lower' }];
  const same = open.findIndex((level) => kindsOf(label).includes(level.kind));
  const at = same >= 0 ? same : open.length;
  return [...open.slice(0, at), { label, kind: kindsOf(label)[0] ?? 'lower' }];
}

const leading = /^\s*((?:\([A-Za-z0-9]{1,6}\)\s*)+)/;
/** `(b) Implementation —(1) How …`, `(a) General. (1) Fall …`: a heading between two labels. */
const headed = /^([A-Z][^()]{0,90}?[.:—–-]\s*)\((1|i|A)\)\s*/;
/** osha.gov puts the whole place on a line: `1910.1030(d)(2)(i)`. */
const wholePlace = /^\d{4}\.\d+((?:\([A-Za-z0-9]{1,6}\))+)\s*$/;

function levelsFrom(labels: readonly string[]): Level[] {
  return labels.reduce<Level[]>((open, label) => {
    const kind = open.at(-1) === undefined ? undefined : children[open.at(-1)?.kind ?? 'lower'];
    const fits = kind?.find((each) => kindsOf(label).includes(each)) ?? kindsOf(label)[0] ?? 'lower';
    return [...open, { label, kind: fits }];
  }, []);
}

/**
 * Cuts the text of a section into its paragraphs, one line or more each, and finds the place of each from the labels
 * at the lines' beginnings.
 */
export function paragraphsOf(text: string): Paragraph[] {
  const found: { labels: string[]; lines: string[] }[] = [{ labels: [], lines: [] }];
  let open: Level[] = [];
  const begin = () => found.push({ labels: open.map(({ label }) => label), lines: [] });
  for (const line of text
    .split('\n')
    .map((each) => each.trim())
    .filter((each) => each !== '')) {
    const whole = wholePlace.exec(line);
    if (whole?.[1] !== undefined) {
      open = levelsFrom(labelsOf(whole[1]));
      begin();
      continue;
    }
    let rest = line;
    for (let match = leading.exec(rest); match?.[1] !== undefined; match = leading.exec(rest)) {
      for (const label of labelsOf(match[1])) open = place(open, label);
      begin();
      rest = rest.slice(match[0].length);
      const heading = headed.exec(rest);
      if (heading?.[1] === undefined) break;
      found.at(-1)?.lines.push(heading[1].trim());
      rest = rest.slice(heading[1].length);
    }
    if (rest !== '') found.at(-1)?.lines.push(rest);
  }
  return found
    .filter(({ lines }) => lines.length > 0)
    .map(({ labels, lines }) => ({ labels, text: lines.join('\n') }));
}
