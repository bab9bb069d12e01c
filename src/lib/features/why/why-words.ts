/** A reason's message as its first sentence, which says what is so, and the rest, which says what to do. */
export function splitVerdict(message: string): { so: string; then: string } {
  // A full stop ends the sentence only before a space and a capital: "49 CFR 391.45(b)" holds two that do not.
  const end = /\.\s+(?=\p{Lu})/u.exec(message);
  if (end === null) return { so: message, then: '' };
  return { so: message.slice(0, end.index + 1), then: message.slice(end.index + end[0].length) };
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
