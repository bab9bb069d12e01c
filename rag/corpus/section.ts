import { createHash } from 'node:crypto';

/** One section of a text as a source gave it. */
export interface Section {
  /** `49 CFR 382.305`, `15 U.S.C. 1681b`, `Company policy 4`. One per document and date. */
  readonly citation: string;
  readonly title: string;
  /** Headings above it, outermost first: title, chapter, part, subpart. */
  readonly path: readonly string[];
  /** What it belongs to, for filters: `DOT`, `OSHA`, `FCRA`, `HIPAA`, a company's own word. */
  readonly group: string;
  /** `summary`: written by us, not the law's own words; `reserved`: a number without a text. */
  readonly status: 'text' | 'reserved' | 'summary';
  /** Date of the text (ISO day): it was so on this day. */
  readonly asOf: string;
  /** Pending amendments, suspensions, effective dates, as the source printed them. */
  readonly notices: readonly string[];
  /** One paragraph or more a line, labels in front. */
  readonly text: string;
}

/** Changes when the words do, and not with white space or the date. */
export function sectionHash(section: Section): string {
  const words = [section.title, section.status, section.text].join('\n').replaceAll(/\s+/g, ' ').trim();
  return createHash('sha256').update(words).digest('hex').slice(0, 32);
}
