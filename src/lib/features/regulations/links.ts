const labels = /((?:\([A-Za-z0-9]{1,6}\)){1,8})$/;

/** Where a citation opens: its section, at the paragraph, as of the day that was asked for. */
export function regulationHref(citation: string, asOf: string | null = null): string {
  const paragraph = labels.exec(citation)?.[1] ?? '';
  const section = citation.slice(0, citation.length - paragraph.length).trim();
  const day = asOf === null || asOf === '' ? '' : `?asOf=${encodeURIComponent(asOf)}`;
  return `/regulations/${encodeURIComponent(section)}${day}${paragraph === '' ? '' : `#${anchorOf(paragraph)}`}`;
}

/** `(b)(1)` → `p-b-1`. */
export const anchorOf = (place: string): string => `p-${place.slice(1, -1).replaceAll(')(', '-')}`;
