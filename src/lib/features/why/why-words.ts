import { formatDate } from '#ui/format.ts';

/**
 * Text of a rule as a person reads it: its ISO dates become `18 Feb 2027`, and never break across lines. Calendar
 * dates have no zone, so they are read as they stand.
 */
export function readable(text: string): string {
  return text.replaceAll(/\b(\d{4}-\d{2}-\d{2})(?: (\d{2}:\d{2}))?\b/g, (_, day: string, time?: string) => {
    const date = formatDate(day, 'UTC');
    return time === undefined ? date : `${date}, ${time}`;
  });
}

/** A fact's value: codes lose their underscores. */
export function factWords(value: string): string {
  return readable(/^[a-z]+(?:_[a-z0-9]+)+$/.test(value) ? value.replaceAll('_', ' ') : value);
}

/** A reason's message as its first sentence, which says what is so, and the rest, which says what to do. */
export function splitVerdict(message: string): { so: string; act: string } {
  // A full stop ends the sentence only before a space and a capital: "49 CFR 391.45(b)" holds two that do not.
  const plain = readable(message);
  const end = /\.\s+(?=\p{Lu})/u.exec(plain);
  if (end === null) return { so: plain, act: '' };
  return { so: plain.slice(0, end.index + 1), act: plain.slice(end.index + end[0].length) };
}

/** Where the cited section can be read in force: the eCFR, or the House's code for 15 USC; null = no public text. */
export function lawHref(citation: string): string | null {
  const cfr = /^(\d+) CFR (\d+)(\.\d+[a-z]?)?/.exec(citation);
  if (cfr !== null) {
    const [, title = '', part = '', section = ''] = cfr;
    return section === ''
      ? `https://www.ecfr.gov/current/title-${title}/part-${part}`
      : `https://www.ecfr.gov/current/title-${title}/section-${part}${section}`;
  }
  const usc = /^(\d+) USC (\d+[a-z]?(?:-\d+)?)/.exec(citation);
  if (usc === null) return null;
  const [, title = '', section = ''] = usc;
  return `https://uscode.house.gov/view.xhtml?req=granuleid:USC-prelim-title${title}-section${section}`;
}
