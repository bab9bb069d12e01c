import type { Section } from '../corpus/section.ts';
import { dayOf, groupOf, type Reading } from './reading.ts';
import { elementsOf, readXml, tidy, wordsOf, type XmlElement } from './xml-tree.ts';

const levels = new Set(['subsection', 'paragraph', 'subparagraph', 'clause', 'subclause', 'item', 'subitem']);
/** History and notes of the editors, not the law. */
const apart = new Set(['num', 'heading', 'sourceCredit', 'notes', 'note', 'toc', 'meta']);
const above = new Set(['title', 'subtitle', 'chapter', 'subchapter', 'part', 'subpart']);

/** Sections of the United States Code as USLM XML: one file each, or a whole title. */
export function readUslmXml(text: string, reading: Reading): Section[] {
  const sections: Section[] = [];
  const asOf =
    reading.asOf ?? dayOf(/<docPublicationName>[^<]*|<dcterms:created>[^<]*/.exec(text)?.[0] ?? '');
  walk(readXml(text), [], (element, path) => {
    const where = /\/us\/usc\/t(\d+)\/s([^/]+)$/.exec(element.attributes['identifier'] ?? '');
    if (where === null) return;
    const citation = `${where[1]} U.S.C. ${where[2]}`;
    const lines = linesOf(element);
    const heading = childWords(element, 'heading');
    sections.push({
      citation,
      title: heading,
      path,
      group: reading.group ?? groupOf(citation),
      status: lines.length === 0 ? 'reserved' : 'text',
      asOf,
      notices: [],
      text: lines.join('\n'),
    });
  });
  return sections;
}

function walk(
  element: XmlElement,
  path: readonly string[],
  take: (element: XmlElement, path: readonly string[]) => void,
): void {
  for (const child of elementsOf(element)) {
    if (child.name === 'section') take(child, path);
    else if (above.has(child.name)) walk(child, [...path, headingOf(child)], take);
    else if (!apart.has(child.name)) walk(child, path, take);
  }
}

const childWords = (element: XmlElement, name: string): string => {
  const child = elementsOf(element).find((each) => each.name === name);
  return child === undefined ? '' : tidy(wordsOf(child));
};

const headingOf = (element: XmlElement): string =>
  tidy(`${childWords(element, 'num')} ${childWords(element, 'heading')}`);

/** `(b)` heading and text on one line, its paragraphs on lines of their own. */
function linesOf(element: XmlElement): string[] {
  return elementsOf(element).flatMap((child) => {
    if (apart.has(child.name)) return [];
    if (!levels.has(child.name)) {
      const words = tidy(wordsOf(child));
      return words === '' ? [] : [words];
    }
    const [first, ...rest] = linesOf(child);
    const label = childWords(child, 'num');
    const heading = childWords(child, 'heading');
    // A level without words of its own: its first line is that of a level below, with a label.
    const own = first !== undefined && !/^\([A-Za-z0-9]{1,6}\)/.test(first);
    const line = tidy(`${label} ${heading}${heading !== '' && own ? '. ' : ' '}${own ? first : ''}`);
    return [line, ...(own || first === undefined ? [] : [first]), ...rest];
  });
}
