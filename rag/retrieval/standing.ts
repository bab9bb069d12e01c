interface Titled {
  readonly citation: string;
  readonly title: string;
}

const asksForMeaning = /\b(mean|means|meant|definition|defined?|what is an?|what counts as|what are)\b/i;
const defines = /^(definitions?\b|what do the terms)/i;
const frames =
  /^(purpose|scope|applicability|general\.?$|coverage|who does this|explanation|incorporation by|omb control|statutory basis)/i;
const appended = /(Appendix|App[A-Z]+$)/;
/** `§ 390.3T`: stands in for a section that is suspended. */
const temporary = /\dT$/;

/**
 * How far a section is likely to be what a question asks for, from what it is: sections of definitions and of scope hold
 * every word of their part and decide nothing.
 */
export function standing({ citation, title }: Titled, question: string): number {
  const definition = defines.test(title) && !asksForMeaning.test(question) ? 0.8 : 1;
  const frame = frames.test(title) ? 0.85 : 1;
  const appendix = appended.test(citation) ? 0.85 : 1;
  return definition * frame * appendix * (temporary.test(citation) ? 0.9 : 1);
}
