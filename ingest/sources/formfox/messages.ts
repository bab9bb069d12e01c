import { toDate, toInstant } from '../../formats/instants.ts';
import { schemaFailure } from '../../formats/json.ts';
import { deepText, readNestedXml } from '../../formats/nested-xml.ts';
import { child, childText, walk, type XmlElement } from '../../formats/xml.ts';
import type { Identity, Parsed, SourceHeaders } from '../../source.ts';

/** Call `updateOrderStatus`: a step of one test. */
export interface FoxStatus {
  readonly kind: 'status';
  readonly testId: string;
  readonly word: string;
  readonly sampleType: string | null;
}

/** One `Screening` of a `ResultOrderResults` document. */
export interface FoxScreening {
  readonly kind: 'screening';
  readonly testId: string;
  readonly clientReferenceId: string | null;
  /** Attribute `type`, e.g. `Drug`. */
  readonly type: string | null;
  readonly dot: boolean | null;
  /** `IdName` of the reason, else its code. */
  readonly reason: string | null;
  readonly collectedAt: string | null;
  readonly collectionStatus: string | null;
  readonly observed: boolean;
  readonly specimenId: string | null;
  readonly result: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly birthDate: string | null;
  readonly donorId: string | null;
}

export type FoxItem = FoxStatus | FoxScreening;
export interface FoxMessage {
  readonly items: readonly FoxItem[];
}

/** Reads one SOAP call of FormFox to our service. */
export function parseFormfox(rawBody: Buffer, headers: SourceHeaders): Parsed<FoxMessage> {
  const documents = readNestedXml(rawBody, headers);
  if (!documents.ok) return documents;
  const elements = documents.roots.flatMap((root) => [...walk(root)]);
  const status = elements.find((one) => one.name.toLowerCase() === 'updateorderstatus');
  if (status) return readStatus(status);
  const results = elements.find((one) => one.name.toLowerCase() === 'resultorderresults');
  if (results) return readResults(results);
  const broken = documents.broken;
  if (broken) return broken;
  const [root] = documents.roots;
  return schemaFailure(
    root?.place ?? '',
    `expected updateOrderStatus or updateOrderResult, got ${root?.name.slice(0, 80)}`,
  );
}

function readStatus(call: XmlElement): Parsed<FoxMessage> {
  const testId = childText(call, 'ReferenceTestId') ?? childText(call, 'TestID');
  if (!testId) return schemaFailure(call.place, 'updateOrderStatus/ReferenceTestId is missing or blank');
  const word = childText(call, 'Status');
  if (!word) return schemaFailure(call.place, 'updateOrderStatus/Status is missing or blank');
  const sampleType = childText(call, 'SampleType');
  return { ok: true, value: { items: [{ kind: 'status', testId, word, sampleType }] } };
}

function readResults(document: XmlElement): Parsed<FoxMessage> {
  const testId = childText(document, 'ReferenceTestID');
  if (!testId) return schemaFailure(document.place, 'ResultOrderResults/ReferenceTestID is missing or blank');
  const screenings = [...walk(document)].filter((one) => one.name.toLowerCase() === 'screening');
  if (screenings.length === 0) return schemaFailure(document.place, 'ResultOrderResults holds no Screening');
  const items: FoxScreening[] = [];
  for (const screening of screenings) {
    const collected = childText(screening, 'DateCollected');
    const collectedAt = toInstant(collected) ?? noonOf(collected);
    if (collected && !collectedAt) {
      return schemaFailure(screening.place, `Screening/DateCollected "${collected.slice(0, 40)}" is no time`);
    }
    items.push(readScreening(document, screening, testId, collectedAt));
  }
  return { ok: true, value: { items } };
}

function readScreening(
  document: XmlElement,
  screening: XmlElement,
  testId: string,
  collectedAt: string | null,
): FoxScreening {
  const person = child(document, 'PersonalData');
  const reason = [...walk(document)].find((one) => one.name.toLowerCase() === 'reasonfortest');
  const dot = childText(screening, 'DOTTest')?.toUpperCase();
  return {
    kind: 'screening',
    testId,
    collectedAt,
    clientReferenceId: childText(document, 'ClientReferenceID'),
    type: screening.attributes.get('type') ?? null,
    dot: dot === 'Y' || dot === 'T' ? true : dot === 'N' || dot === 'F' ? false : null,
    reason: reason ? (childText(reason, 'IdName') ?? childText(reason, 'IdValue')) : null,
    collectionStatus: childText(screening, 'CollectionStatus'),
    observed: childText(screening, 'Observed')?.toUpperCase() === 'Y',
    specimenId: childText(screening, 'SpecimenID'),
    result: childText(screening, 'ScreenResult'),
    firstName: person ? (deepText(person, 'GivenName') ?? deepText(person, 'FirstName')) : null,
    lastName: person ? (deepText(person, 'FamilyName') ?? deepText(person, 'LastName')) : null,
    birthDate: person ? toDate(childText(person, 'DateofBirth')) : null,
    donorId:
      person && childText(person, 'PrimaryIdType')?.toUpperCase() !== 'SSN'
        ? childText(person, 'PrimaryId')
        : null,
  };
}

/** A date alone is taken as noon UTC, which is that day in every State. */
function noonOf(text: string | null): string | null {
  const date = toDate(text);
  return date ? `${date}T12:00:00.000Z` : null;
}

/** What a body is in FormFox' words, null when nothing about it is FormFox'. */
export function identifyFormfox(rawBody: Buffer): Identity | null {
  const documents = readNestedXml(rawBody, {});
  if (!documents.ok) return null;
  const names = ['updateorderstatus', 'updateorderresult', 'resultorderresults'];
  const found = documents.roots
    .flatMap((root) => [...walk(root)])
    .find((one) => names.includes(one.name.toLowerCase()));
  return found ? { what: `call ${found.name}`, message: true } : null;
}
