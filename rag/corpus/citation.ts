/** A place in the law: `49 CFR 382.305` and the paragraph `(b)(1)` in it. */
export interface Citation {
  /** Without paragraphs: `49 CFR 382.305`, `15 U.S.C. 1681b`, `49 CFR Appendix A to Part 40`. */
  readonly section: string;
  /** Labels from the outside in: `['b', '1']`; empty = the whole section. */
  readonly paragraph: readonly string[];
}

const trailingLabels = /((?:\([A-Za-z0-9]{1,6}\))+)$/;

/** Reads a citation as written in the field: `49 CFR § 382.305(b)(1)`, `15 USC 1681b(b)(3)`, `49 CFR 382.305`. */
export function parseCitation(text: string): Citation {
  const tidy = text
    .replaceAll('§', ' ')
    .replace(/\bU\.?\s?S\.?\s?C\.?(?=\s)/i, 'U.S.C.')
    .replace(/\bC\.?F\.?R\.?(?=\s)/i, 'CFR')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\) \(/g, ')(')
    .trim();
  const labels = trailingLabels.exec(tidy);
  if (labels?.[1] === undefined) return { section: tidy, paragraph: [] };
  return { section: tidy.slice(0, labels.index).trim(), paragraph: labelsOf(labels[1]) };
}

/** `(b)(1)` → `['b', '1']`. */
export const labelsOf = (text: string): string[] =>
  [...text.matchAll(/\(([A-Za-z0-9]{1,6})\)/g)].map((match) => match[1] ?? '');

/** `['b', '1']` → `(b)(1)`. */
export const paragraphText = (labels: readonly string[]): string =>
  labels.map((label) => `(${label})`).join('');

/** True when `inner` is the same place as `outer` or lies within it. */
export function within(inner: Citation, outer: Citation): boolean {
  return (
    inner.section.toLowerCase() === outer.section.toLowerCase() &&
    outer.paragraph.every((label, at) => inner.paragraph[at] === label)
  );
}

const mentioned =
  /(?:\b(\d{1,2})\s*(?:CFR|U\.?S\.?C\.?|C\.F\.R\.)\s*(?:part|§+|sec(?:tion)?\.?)?\s*)?(?:§+\s*|\bsec(?:tion|\.)?\s*)?\b(\d{2,4}\.\d{1,4}[a-zA-Z]?|1681[a-x]?(?:-\d)?)((?:\([A-Za-z0-9]{1,6}\))*)/gi;

/** A section named in a question. `title` is null when only its number was said. */
export interface Mention {
  readonly title: string | null;
  readonly number: string;
  readonly paragraph: readonly string[];
}

/** Sections that a question names by number: `what does 382.305(b) require`. */
export function mentionsIn(question: string): Mention[] {
  return [...question.matchAll(mentioned)].map((match) => ({
    title: match[1] ?? null,
    number: match[2] ?? '',
    paragraph: labelsOf(match[3] ?? ''),
  }));
}
