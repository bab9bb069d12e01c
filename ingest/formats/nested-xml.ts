import type { ParseFailure, SourceHeaders } from '../source.ts';
import { charsetOf, looksFormEncoded, readForm } from './form.ts';
import { syntaxFailure } from './json.ts';
import { decodeText } from './text.ts';
import { readXml, readXmlText, walk, type XmlElement, type XmlRead } from './xml.ts';

/** Inner documents can be escaped as text once or twice; more is not an interface but an attack. */
const maxDepth = 3;
const maxDocuments = 200;

export type NestedDocuments =
  | {
      readonly ok: true;
      /** The outer document first, then every document that is escaped inside a text, in order. */
      readonly roots: readonly XmlElement[];
      /** A text that begins like a document and is none. It may be a remark; without a message it is the fault. */
      readonly broken: ParseFailure | null;
    }
  | ParseFailure;

/** Reads XML that may be wrapped: in SOAP, in a form field, and with documents escaped as text inside it. */
export function readNestedXml(rawBody: Buffer, headers: SourceHeaders): NestedDocuments {
  const outer = readOuter(rawBody, headers);
  if (!outer.ok) return outer;
  const roots = [outer.root];
  let broken: ParseFailure | null = null;
  let level: readonly XmlElement[] = roots;
  for (let depth = 0; depth < maxDepth && level.length > 0; depth += 1) {
    const next: XmlElement[] = [];
    for (const inner of level.flatMap((root) => [...escapedDocuments(root)])) {
      const read = readXmlText(inner.text);
      if (read.ok) next.push(read.root);
      else if (isDeclaration(read)) return inside(inner, read);
      else broken ??= inside(inner, read);
    }
    roots.push(...next);
    if (roots.length > maxDocuments)
      return syntaxFailure(outer.root.place, `more than ${maxDocuments} documents inside`);
    level = next;
  }
  return { ok: true, roots, broken };
}

function readOuter(rawBody: Buffer, headers: SourceHeaders): XmlRead {
  if (!looksFormEncoded(rawBody, headers['content-type'])) return readXml(rawBody);
  const field = readForm(rawBody).find((one) => one.bytes.toString('latin1').trimStart().startsWith('<'));
  if (!field) return syntaxFailure('form', 'no form field holds XML');
  const text = decodeText(field.bytes, charsetOf(headers['content-type']) ?? 'utf-8');
  return text.ok
    ? readXmlText(text.text)
    : syntaxFailure(`form field ${field.name.slice(0, 40)}`, text.message);
}

interface Escaped {
  readonly text: string;
  readonly name: string;
  readonly place: string;
}

/** Elements whose text is itself a document. A byte order mark may have been escaped with it. */
function* escapedDocuments(root: XmlElement): Generator<Escaped> {
  for (const element of walk(root)) {
    const text = unescaped(element.text.replace(/^\ufeff/, '').trimStart());
    if (/^<[?!a-z]/i.test(text)) yield { text, name: element.name, place: element.place };
  }
}

const escapes: readonly (readonly [string, string])[] = [
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&apos;', "'"],
  ['&amp;', '&'],
];

/** Some senders escape an escaped document again: then the text still begins with an escaped bracket. */
function unescaped(text: string): string {
  if (!text.startsWith('&lt;')) return text;
  return escapes.reduce((plain, [from, to]) => plain.replaceAll(from, to), text);
}

/** A document type or entity is an attack wherever it stands. */
function isDeclaration(failure: ParseFailure): boolean {
  return /^(DOCTYPE|ENTITY) /.test(failure.places[0]?.message ?? '');
}

function inside(inner: Escaped, failure: ParseFailure): ParseFailure {
  const place = failure.places[0];
  return syntaxFailure(
    `inside ${inner.name} (${inner.place}): ${place?.path}`,
    place?.message ?? failure.detail,
  );
}

/** The text of the first element of that name (any case) in a document, the element itself included. */
export function deepText(element: XmlElement, name: string): string | null {
  const wanted = name.toLowerCase();
  for (const inner of walk(element)) {
    if (inner.name.toLowerCase() === wanted && inner.text) return inner.text;
  }
  return null;
}

/** `user:password` of elements that stand side by side anywhere in the documents. */
export function credentialsIn(documents: NestedDocuments): string[] {
  if (!documents.ok) return [];
  for (const element of documents.roots.flatMap((root) => [...walk(root)])) {
    const texts = new Map(element.children.map((one) => [one.name.toLowerCase(), one.text]));
    const user = texts.get('username') || texts.get('userid') || texts.get('user');
    const password = texts.get('password');
    if (user && password) return [`${user}:${password}`];
  }
  return [];
}
