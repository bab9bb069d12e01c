import type { Section } from '../corpus/section.ts';
import { dayOf, groupOf, type Reading } from './reading.ts';
import { elementsOf, findElement, readXml, tidy, wordsOf, type XmlElement } from './xml-tree.ts';

/** DIV1 title, DIV3 chapter, DIV4 subchapter, DIV5 part, DIV6 subpart, DIV7 subject group, DIV8 section, DIV9 appendix. */
const divisions = /^DIV([1-9])$/;
const noted = new Set(['EFFDNOT', 'EFFDNOTP', 'EDNOTE', 'NOTE', 'CROSSREF']);
/** Not part of the text: headings, authorities, sources, history of the section, page numbers. */
const apart = new Set(['HEAD', 'CITA', 'AUTH', 'SOURCE', 'SECAUTH', 'PG', 'STARS', 'APPRO', 'PRTPAGE']);

interface Place {
  readonly title: string;
  readonly path: readonly string[];
  readonly part: string;
}

/**
 * The eCFR's XML in all its roots: a bulk file (DLPSTEXTCLASS), the versioner (ECFR), or a bare part (DIV5); and a
 * granule of the annual edition (CFRGRANULE). A bare part says neither its title nor its date: `reading` does.
 */
export function readEcfrXml(text: string, reading: Reading): Section[] {
  const root = readXml(text);
  const granule = findElement(root, 'CFRGRANULE');
  if (granule !== undefined) return readGranule(granule, reading);
  const amended = findElement(root, 'AMDDATE');
  const asOf = reading.asOf ?? dayOf(amended === undefined ? '' : tidy(wordsOf(amended)));
  const sections: Section[] = [];
  walk(root, { title: reading.title ?? '', path: [], part: '' }, (element, place) =>
    sections.push(...sectionOf(element, place, asOf, reading)),
  );
  return sections;
}

function walk(element: XmlElement, place: Place, take: (element: XmlElement, place: Place) => void): void {
  for (const child of elementsOf(element)) {
    const level = divisions.exec(child.name)?.[1];
    if (level === '8' || level === '9') take(child, place);
    if (level === undefined) walk(child, place, take);
    else if (level !== '8' && level !== '9') walk(child, below(child, level, place), take);
  }
}

function below(element: XmlElement, level: string, place: Place): Place {
  const head = headOf(element);
  const number = element.attributes['N'] ?? '';
  return {
    title: level === '1' && number !== '' ? number : place.title,
    part: level === '5' ? number : place.part,
    path: head === '' ? place.path : [...place.path, head],
  };
}

const headOf = (element: XmlElement): string => {
  const head = elementsOf(element).find(({ name }) => name === 'HEAD');
  return head === undefined ? '' : tidy(wordsOf(head));
};

function sectionOf(element: XmlElement, place: Place, asOf: string, reading: Reading): Section[] {
  const head = headOf(element);
  const number = tidy((element.attributes['N'] ?? '').replaceAll('§', ''));
  if (number === '') return [];
  const appendix = element.name === 'DIV9';
  const citation = `${place.title} CFR ${appendix ? appendixName(number, place.part) : number}`;
  const title = appendix ? head : tidy(head.replace(/^§+\s*\S+(?:\s*[-–—]\s*\S+)?\s*/, ''));
  const lines = linesOf(element);
  const reserved = /\[reserved\]/i.test(head) || lines.length === 0;
  return [
    {
      citation,
      title: title === '' ? number : title,
      path: place.path,
      group: reading.group ?? groupOf(citation),
      status: reserved ? 'reserved' : 'text',
      asOf,
      notices: noticesOf(element),
      text: reserved ? '' : lines.join('\n'),
    },
  ];
}

const appendixName = (number: string, part: string): string =>
  /\bpart\b/i.test(number) ? number : `${number} to Part ${part}`;

function linesOf(element: XmlElement): string[] {
  return elementsOf(element).flatMap((child) => {
    if (apart.has(child.name) || noted.has(child.name)) return [];
    // Tables and extracts hold paragraphs of their own.
    const inner = elementsOf(child).some(({ name }) => name === 'P' || name === 'TR' || name === 'FP');
    if (child.name === 'TR')
      return [
        tidy(
          elementsOf(child)
            .map((cell) => tidy(wordsOf(cell)))
            .join(' | '),
        ),
      ];
    if (inner || /^(DIV|TABLE|TBODY|THEAD|EXTRACT|GPOTABLE)$/i.test(child.name)) return linesOf(child);
    const words = tidy(wordsOf(child));
    return words === '' ? [] : [words];
  });
}

function noticesOf(element: XmlElement): string[] {
  return elementsOf(element)
    .filter(({ name }) => noted.has(name) && name.startsWith('E'))
    .map((note) => tidy(wordsOf(note)));
}

function readGranule(granule: XmlElement, reading: Reading): Section[] {
  const say = (name: string) => tidy(wordsOf(findElement(granule, name) ?? ''));
  const asOf = reading.asOf ?? dayOf(say('DATE'));
  const path = [say('TITLE')].filter((each) => each !== '');
  const found: XmlElement[] = [];
  const collect = (element: XmlElement): void => {
    for (const child of elementsOf(element)) {
      if (child.name === 'SECTION') found.push(child);
      else collect(child);
    }
  };
  collect(granule);
  return found.map((section) => {
    const number = tidy(wordsOf(findElement(section, 'SECTNO') ?? '').replaceAll('§', ''));
    const citation = `${say('CFRTITLE')} CFR ${number}`;
    const lines = elementsOf(section)
      .filter(({ name }) => name === 'P' || name === 'FP' || name === 'EXTRACT' || name === 'GPOTABLE')
      .map((each) => tidy(wordsOf(each)));
    const reserved = lines.length === 0;
    return {
      citation,
      title: tidy(wordsOf(findElement(section, 'SUBJECT') ?? findElement(section, 'RESERVED') ?? '')),
      path,
      group: reading.group ?? groupOf(citation),
      status: reserved ? ('reserved' as const) : ('text' as const),
      asOf,
      notices: [],
      text: lines.join('\n'),
    };
  });
}
