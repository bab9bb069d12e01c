/** What a reader is told beside the file: what the file may not say itself. */
export interface Reading {
  /** Title of the CFR, `49`. */
  readonly title?: string | undefined;
  /** Date of the text (ISO day). */
  readonly asOf?: string | undefined;
  readonly group?: string | undefined;
  /** Of the file, without its ending: names the sections of a text that has no numbers. */
  readonly name: string;
}

/** No law in the corpus is that old. */
export const unknownDay = '1900-01-01';

const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

/** `2026-03-17`, `Dec. 29, 2022(fm)`, `May 2, 2018`, `July 18, 2026` → ISO day; `unknownDay` when there is none. */
export function dayOf(text: string): string {
  const iso = /\d{4}-\d{2}-\d{2}/.exec(text)?.[0];
  if (iso !== undefined) return iso;
  const words = /([A-Za-z]{3})[a-z]*\.?\s+(\d{1,2}),?\s+(\d{4})/.exec(text);
  const month = months.indexOf(words?.[1]?.toLowerCase() ?? '') + 1;
  if (words === null || month === 0) return unknownDay;
  return `${words[3]}-${String(month).padStart(2, '0')}-${(words[2] ?? '').padStart(2, '0')}`;
}

/** Whose field a section of the law belongs to. */
export function groupOf(citation: string): string {
  if (citation.startsWith('49 CFR')) return 'DOT';
  if (/^29 CFR (?:Appendix .* Part )?19\d\d/.test(citation)) return 'OSHA';
  if (/^45 CFR (?:Appendix .* Part )?16[024]/.test(citation)) return 'HIPAA';
  if (/^15 U\.S\.C\. 1681|^12 CFR 1022/.test(citation)) return 'FCRA';
  return 'other';
}
