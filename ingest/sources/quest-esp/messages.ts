import { toInstant } from '../../formats/instants.ts';
import { schemaFailure, syntaxFailure } from '../../formats/json.ts';
import { charsetOf, looksFormEncoded, readForm } from '../../formats/form.ts';
import { entryOf } from '../../formats/schema.ts';
import { decodeText } from '../../formats/text.ts';
import { childText, readXml, readXmlText, walk, type XmlElement, type XmlRead } from '../../formats/xml.ts';
import type { Identity, ParseFailure, Parsed, SourceHeaders } from '../../source.ts';

/** One `OrderStatus` or `OrderResult`. Words are as sent. */
export interface QuestItem {
  readonly kind: 'status' | 'result';
  readonly questOrderId: string;
  readonly referenceTestId: string | null;
  readonly clientReferenceId: string | null;
  /** `drug`, `alcohol`, `physical`; null when the message does not say. */
  readonly screenType: string | null;
  /** OrderStatusID or OrderResultID. */
  readonly word: string;
  readonly specimenId: string | null;
  readonly accession: string | null;
  readonly collectedAt: string | null;
  readonly occurredAt: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly birthDate: string | null;
  readonly primaryId: string | null;
}

export interface QuestMessage {
  readonly items: readonly QuestItem[];
}

/** Inner documents can be escaped as text once or twice; more is not an interface but an attack. */
const maxUnwraps = 3;

export function parseQuest(rawBody: Buffer, headers: SourceHeaders): Parsed<QuestMessage> {
  const documents = questDocuments(rawBody, headers);
  if (!documents.ok) return documents;
  const found = documents.roots.flatMap((root) => [...messagesIn(root)]);
  if (found.length === 0) {
    const root = documents.roots.at(-1) ?? documents.roots[0];
    return schemaFailure(
      root?.place ?? '',
      `expected OrderStatus or OrderResult, got ${describe(documents.roots)}`,
    );
  }
  const items: QuestItem[] = [];
  for (const element of found) {
    const item = readItem(element);
    if (!item.ok) return item;
    items.push(item.value);
  }
  return { ok: true, value: { items } };
}

type Documents = { ok: true; roots: XmlElement[] } | ParseFailure;

/** The outer document and every document that is escaped inside one of its texts. */
export function questDocuments(rawBody: Buffer, headers: SourceHeaders): Documents {
  const outer = readOuter(rawBody, headers);
  if (!outer.ok) return outer;
  const roots = [outer.root];
  for (let depth = 0; depth < maxUnwraps; depth += 1) {
    const last = roots.at(-1);
    const inner = last && escapedDocument(last);
    if (!inner) break;
    const read = readXmlText(inner.text);
    if (!read.ok) {
      const place = read.places[0];
      return syntaxFailure(
        `inside ${inner.name} (${inner.place}): ${place?.path}`,
        place?.message ?? read.detail,
      );
    }
    roots.push(read.root);
  }
  return { ok: true, roots };
}

function readOuter(rawBody: Buffer, headers: SourceHeaders): XmlRead {
  if (!looksFormEncoded(rawBody, headers['content-type'])) return readXml(rawBody);
  const field = readForm(rawBody).find((one) => one.bytes.toString('latin1').trimStart().startsWith('<'));
  if (!field) return syntaxFailure('form', 'no form field holds XML');
  const text = decodeText(field.bytes, charsetOf(headers['content-type']) ?? 'utf-8');
  return text.ok ? readXmlText(text.text) : syntaxFailure(`form field ${field.name}`, text.message);
}

/** The first element whose text is itself a document. A byte order mark may have been escaped with it. */
function escapedDocument(root: XmlElement): { text: string; name: string; place: string } | null {
  for (const element of walk(root)) {
    const text = unescaped(element.text.replace(/^\ufeff/, '').trimStart());
    if (/^<[?!\w]/.test(text)) return { text, name: element.name, place: element.place };
  }
  return null;
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

/** Elements of that name which carry an order id or a status word of their own. `OrderStatus` is also a field's name elsewhere. */
function* messagesIn(root: XmlElement): Generator<XmlElement> {
  for (const element of walk(root)) {
    const name = element.name.toLowerCase();
    if ((name === 'orderstatus' || name === 'orderresult') && element.children.length > 0) yield element;
  }
}

function readItem(element: XmlElement): Parsed<QuestItem> {
  const kind = element.name.toLowerCase() === 'orderresult' ? 'result' : 'status';
  const questOrderId = childText(element, 'QuestOrderID');
  if (!questOrderId) return schemaFailure(element.place, `${element.name}/QuestOrderID is missing or blank`);
  const wordName = kind === 'result' ? 'OrderResultID' : 'OrderStatusID';
  const word = childText(element, wordName);
  if (!word) return schemaFailure(element.place, `${element.name}/${wordName} is missing or blank`);
  const times = kind === 'result' ? ['OrderResultDateTime', 'OrderStatusDateTime'] : ['OrderStatusDateTime'];
  const instants = readTimes(element, [...times, 'CollectedDateTime']);
  if (!instants.ok) return instants;
  const own = times.map((name) => instants.value.get(name)).find((one) => one !== undefined);
  const collectedAt = instants.value.get('CollectedDateTime') ?? null;
  return {
    ok: true,
    value: {
      kind,
      questOrderId,
      word,
      referenceTestId: childText(element, 'ReferenceTestID'),
      clientReferenceId: childText(element, 'ClientReferenceID'),
      screenType: childText(element, 'ScreenType'),
      specimenId: childText(element, 'SpecimenID'),
      accession: childText(element, 'LabAccessionNumber'),
      collectedAt,
      occurredAt: own ?? null,
      firstName: deepText(element, 'FirstName'),
      lastName: deepText(element, 'LastName'),
      birthDate: deepText(element, 'DOB'),
      primaryId: deepText(element, 'PrimaryID'),
    },
  };
}

function readTimes(element: XmlElement, names: readonly string[]): Parsed<ReadonlyMap<string, string>> {
  const instants = new Map<string, string>();
  for (const name of names) {
    const given = childText(element, name);
    if (!given) continue;
    const instant = toInstant(given);
    if (!instant)
      return schemaFailure(element.place, `${element.name}/${name} "${given.slice(0, 40)}" is no time`);
    instants.set(name, instant);
  }
  return { ok: true, value: instants };
}

function deepText(element: XmlElement, name: string): string | null {
  for (const inner of walk(element)) {
    if (inner.name.toLowerCase() === name.toLowerCase() && inner.text) return inner.text;
  }
  return null;
}

const otherDocuments: Readonly<Record<string, string>> = {
  order: 'Order, the document that we send to place an order',
  questmethodresponse: 'QuestMethodResponse, the answer to a call of ours',
  envelope: 'a SOAP envelope without one',
};

function describe(roots: readonly XmlElement[]): string {
  const root = roots.at(-1);
  if (!root) return 'nothing';
  const inner = [...walk(root)].find((one) =>
    ['order', 'questmethodresponse'].includes(one.name.toLowerCase()),
  );
  const name = (inner ?? root).name;
  return entryOf(otherDocuments, name.toLowerCase()) ?? name.slice(0, 80);
}

/** What a body is in Quest's words, null when nothing about it is Quest's. */
export function identifyQuest(rawBody: Buffer): Identity | null {
  const documents = questDocuments(rawBody, {});
  if (!documents.ok) return null;
  const message = documents.roots.flatMap((root) => [...messagesIn(root)])[0];
  if (message) return { what: message.name, message: true };
  const what = describe(documents.roots);
  const isQuests =
    what.startsWith('QuestMethodResponse') ||
    [...walk(documents.roots[0] as XmlElement)].some((one) => one.name === 'DonorInfo');
  return isQuests ? { what, message: false } : null;
}
