/** One word of a question: as written and as compared. */
export interface Word {
  readonly written: string;
  /** Lower case, without a possessive `'s`. */
  readonly plain: string;
}

/** Splits a question into words; ids, section numbers, hyphens and apostrophes within a name hold together. */
export function wordsOf(text: string): Word[] {
  return [
    ...text
      .normalize('NFC')
      .replaceAll('’', "'")
      .matchAll(/[\p{L}\p{N}_]+(?:[.'&-][\p{L}\p{N}_]+)*/gu),
  ].map(([written]) => ({ written, plain: written.toLowerCase().replace(/'s?$/, '') }));
}

/** Words of the question with what each was understood as; a word is understood once. */
export interface Marked {
  readonly words: readonly Word[];
  /** Same length as `words`; true = understood. */
  readonly taken: boolean[];
}

export const mark = (text: string): Marked => {
  const words = wordsOf(text);
  return { words, taken: words.map(() => false) };
};

/** Words that nothing has understood yet. */
export const leftOf = ({ words, taken }: Marked): Word[] => words.filter((_, at) => taken[at] !== true);

/** Place of the phrase among the words that are not taken, or -1. */
export function placeOf({ words, taken }: Marked, phrase: readonly string[]): number {
  const last = words.length - phrase.length;
  for (let at = 0; at <= last; at += 1) {
    const isHere = phrase.every((part, by) => taken[at + by] !== true && words[at + by]?.plain === part);
    if (isHere) return at;
  }
  return -1;
}

/** Takes the phrase where it stands first; false when it does not. */
export function take(marked: Marked, phrase: string): boolean {
  const parts = wordsOf(phrase).map(({ plain }) => plain);
  if (parts.length === 0) return false;
  const at = placeOf(marked, parts);
  if (at === -1) return false;
  parts.forEach((_, by) => (marked.taken[at + by] = true));
  return true;
}

/** A meaning with the phrases that say it. */
export interface Said<T> {
  readonly means: T;
  readonly says: readonly string[];
}

/** All meanings that are said, the longest phrase first, so that "medical card" is not read as "medical". */
export function takeAll<T>(marked: Marked, table: readonly Said<T>[]): T[] {
  const phrases = table
    .flatMap(({ means, says }) => says.map((phrase) => ({ means, phrase })))
    .toSorted((a, b) => b.phrase.length - a.phrase.length);
  const found: T[] = [];
  for (const { means, phrase } of phrases) {
    while (take(marked, phrase)) if (!found.includes(means)) found.push(means);
  }
  return found;
}
