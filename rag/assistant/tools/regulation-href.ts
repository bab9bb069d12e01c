import { parseCitation } from '../../corpus/citation.ts';

/** Path within the app that opens the section of a citation, at its paragraph. */
export function regulationHref(citation: string, asOf: string | null = null): string {
  const { section } = parseCitation(citation);
  const paragraph = citation.slice(section.length).trim();
  const day = asOf === null ? '' : `?asOf=${asOf}`;
  const anchor = paragraph.startsWith('(') ? `#p-${paragraph.slice(1, -1).replaceAll(')(', '-')}` : '';
  return `/regulations/${encodeURIComponent(section)}${day}${anchor}`;
}
