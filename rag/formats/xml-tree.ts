import { SaxesParser } from 'saxes';
import { PlumblineError } from '#platform/errors';

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: (XmlElement | string)[];
}

/** Reads XML; entities of a document type are not expanded. Throws `corpus.xml_unreadable` with the place. */
export function readXml(text: string): XmlElement {
  const root: XmlElement = { name: '', attributes: {}, children: [] };
  const open: XmlElement[] = [root];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw new PlumblineError({
      kind: 'malformed',
      code: 'corpus.xml_unreadable',
      detail: `This is no XML that can be read: ${error.message}`,
    });
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element = { name, attributes: { ...attributes }, children: [] };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on('closetag', () => void open.pop());
  const addText = (words: string) => void open.at(-1)?.children.push(words);
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.write(text).close();
  return root;
}

/** All of an element's words. */
export const wordsOf = (node: XmlElement | string): string =>
  typeof node === 'string' ? node : node.children.map(wordsOf).join('');

export const tidy = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

export const elementsOf = (element: XmlElement): XmlElement[] =>
  element.children.filter((child) => typeof child !== 'string');

/** The first element of that name below, in order of the text. */
export function findElement(element: XmlElement, name: string): XmlElement | undefined {
  for (const child of elementsOf(element)) {
    if (child.name === name) return child;
    const found = findElement(child, name);
    if (found !== undefined) return found;
  }
  return undefined;
}
