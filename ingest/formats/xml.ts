import { SaxesParser } from 'saxes';
import type { ParseFailure } from '../source.ts';
import { syntaxFailure } from './json.ts';
import { decodeText, lineAndColumn } from './text.ts';

/** An element without namespaces: local names only. `text` is the character data directly inside it, trimmed. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  text: string;
  /** `line 3, column 14` of the start tag. */
  readonly place: string;
}

export type XmlRead = { readonly ok: true; readonly root: XmlElement } | ParseFailure;

const maxDepth = 40;
const maxElements = 20_000;

/** Reads a body as XML. A DOCTYPE or entity declaration is refused before any parsing. */
export function readXml(rawBody: Buffer): XmlRead {
  const decoded = decodeText(rawBody, declaredEncoding(rawBody));
  if (!decoded.ok) return syntaxFailure(decoded.path, decoded.message);
  return readXmlText(decoded.text);
}

/** Reads a text as XML; what its declaration says of the encoding no longer matters. */
export function readXmlText(text: string): XmlRead {
  if (text.trim() === '') return syntaxFailure('line 1, column 1', 'the body is empty');
  const declared = /<!(DOCTYPE|ENTITY)/i.exec(text);
  if (declared) {
    return syntaxFailure(
      lineAndColumn(text, declared.index),
      `${declared[1]?.toUpperCase()} is refused: documents must not declare types or entities`,
    );
  }
  // White space before the declaration is not XML, but senders put it there.
  const lead = text.length - text.trimStart().length;
  return parse(text.slice(lead), lead === 0 ? 1 : text.slice(0, lead).split('\n').length);
}

/** The encoding that the declaration names, read from the first bytes; null without one. */
function declaredEncoding(rawBody: Buffer): string | null {
  const start = rawBody.subarray(0, 200).toString('latin1');
  return /^\s*<\?xml[^>]*?\bencoding\s*=\s*["']([^"']+)["']/.exec(start)?.[1] ?? null;
}

class RefusedDocument extends Error {}

function parse(text: string, firstLine: number): XmlRead {
  const parser = new SaxesParser({ position: true });
  const open: XmlElement[] = [];
  let root: XmlElement | null = null;
  let elements = 0;
  let start = '';
  const at = () => `line ${parser.line + firstLine - 1}, column ${parser.column + 1}`;
  parser.on('opentagstart', (tag) => {
    // The parser has just read the name and one character more.
    const column = parser.column - tag.name.length - 1;
    start = column > 0 ? `line ${parser.line + firstLine - 1}, column ${column}` : at();
  });
  parser.on('opentag', (tag) => {
    if (open.length >= maxDepth) throw new RefusedDocument(`nested deeper than ${maxDepth} levels`);
    if ((elements += 1) > maxElements) throw new RefusedDocument(`more than ${maxElements} elements`);
    const element = newElement(tag.name, Object.entries(tag.attributes), start);
    const parent = open.at(-1);
    if (parent) parent.children.push(element);
    else root = element;
    open.push(element);
  });
  const addText = (part: string) => {
    const current = open.at(-1);
    if (current) current.text += part;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const closed = open.pop();
    if (closed) closed.text = closed.text.trim();
  });
  parser.on('error', (error) => {
    throw new RefusedDocument(error.message.replace(/^(\d+:\d+: )?/, ''));
  });
  try {
    parser.write(text).close();
  } catch (error) {
    const message = error instanceof Error ? error.message : 'unreadable';
    return syntaxFailure(at(), `not XML: ${message}`);
  }
  return root ? { ok: true, root } : syntaxFailure('line 1, column 1', 'not XML: no element');
}

function newElement(name: string, attributes: readonly [string, string][], place: string): XmlElement {
  return {
    name: localName(name),
    attributes: new Map(attributes.map(([key, value]) => [localName(key), value])),
    children: [],
    text: '',
    place,
  };
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/** The text of the first child of that name (any case), null when it is absent or blank. */
export function childText(element: XmlElement, name: string): string | null {
  const text = child(element, name)?.text;
  return text ? text : null;
}

export function child(element: XmlElement, name: string): XmlElement | undefined {
  const wanted = name.toLowerCase();
  return element.children.find((one) => one.name.toLowerCase() === wanted);
}

/** The element itself and all below it, in document order. */
export function* walk(element: XmlElement): Generator<XmlElement> {
  yield element;
  for (const inner of element.children) yield* walk(inner);
}
