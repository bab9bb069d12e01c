import { toInstant } from '../../formats/instants.ts';
import { schemaFailure } from '../../formats/json.ts';
import { deepText, readNestedXml } from '../../formats/nested-xml.ts';
import { entryOf } from '../../formats/schema.ts';
import { childText, walk, type XmlElement } from '../../formats/xml.ts';
import type { Identity, Parsed, SourceHeaders } from '../../source.ts';

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

export function parseQuest(rawBody: Buffer, headers: SourceHeaders): Parsed<QuestMessage> {
  const documents = readNestedXml(rawBody, headers);
  if (!documents.ok) return documents;
  const found = documents.roots.flatMap((root) => [...messagesIn(root)]);
  if (found.length === 0 && documents.broken) return documents.broken;
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
  const documents = readNestedXml(rawBody, {});
  if (!documents.ok) return null;
  const message = documents.roots.flatMap((root) => [...messagesIn(root)])[0];
  if (message) return { what: message.name, message: true };
  const what = describe(documents.roots);
  const isQuests =
    what.startsWith('QuestMethodResponse') ||
    [...walk(documents.roots[0] as XmlElement)].some((one) => one.name === 'DonorInfo');
  return isQuests ? { what, message: false } : null;
}
