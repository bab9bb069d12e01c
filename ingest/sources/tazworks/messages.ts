import * as z from 'zod';
import { charsetOf, looksFormEncoded, readForm } from '../../formats/form.ts';
import { toInstant } from '../../formats/instants.ts';
import { readJson, schemaFailure, syntaxFailure } from '../../formats/json.ts';
import { checkSchema, isObject } from '../../formats/schema.ts';
import { decodeText } from '../../formats/text.ts';
import { child, childText, readXml, readXmlText, type XmlElement, type XmlRead } from '../../formats/xml.ts';
import type { Identity, Parsed, SourceHeaders } from '../../source.ts';

const identifier = z.union([z.string(), z.int()]).nullish();

const webhookSchema = z.object({
  event: z.string().min(1).max(200),
  resourceGuid: z.string().min(1),
  resourcePath: z.string().min(1),
  /** Seen in seconds and in milliseconds. */
  timestamp: z
    .union([z.number(), z.string()])
    .refine((value) => toInstant(value) !== null, 'expected epoch seconds or milliseconds'),
  externalIdentifier: identifier,
  baseClientGuid: z.string().nullish(),
});

/** JSON webhook "v2": a pointer to something that changed. */
export interface TazWebhook extends z.infer<typeof webhookSchema> {
  readonly form: 'webhook';
}

/** One `BackgroundReportPackage` of the older XML postback. */
export interface TazPackage {
  readonly orderId: string | null;
  readonly referenceId: string | null;
  /** As sent, e.g. `x:pending`. */
  readonly status: string | null;
  /** Attribute `flag` of the status: TRUE = something was found. */
  readonly flag: string | null;
  readonly error: string | null;
  readonly email: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly birthDate: string | null;
}

interface TazPostback {
  readonly form: 'postback';
  readonly packages: readonly TazPackage[];
}

export type TazMessage = TazWebhook | TazPostback;

export function parseTazworks(rawBody: Buffer, headers: SourceHeaders): Parsed<TazMessage> {
  if (firstCharacter(rawBody) !== '<' && !looksFormEncoded(rawBody, headers['content-type'])) {
    return parseWebhook(rawBody);
  }
  const xml = readPostbackXml(rawBody, headers);
  return xml.ok ? parsePostback(xml.root) : xml;
}

function parseWebhook(rawBody: Buffer): Parsed<TazMessage> {
  const json = readJson(rawBody);
  if (!json.ok) return json;
  const other =
    isObject(json.value) && ('resourcePath' in json.value || 'event' in json.value)
      ? null
      : describe(json.value);
  if (other) return schemaFailure('event', `expected a TazWorks webhook, got ${other}`);
  const webhook = checkSchema(webhookSchema, json.value, 'a TazWorks webhook');
  return webhook.ok ? { ok: true, value: { ...webhook.value, form: 'webhook' } } : webhook;
}

/** The XML of a postback: the body itself, or the one form field that holds it. */
export function readPostbackXml(rawBody: Buffer, headers: SourceHeaders): XmlRead {
  if (firstCharacter(rawBody) === '<') return readXml(rawBody);
  const fields = readForm(rawBody);
  const field = fields.find((one) => firstCharacter(one.bytes) === '<');
  if (!field) {
    const names = fields.map((one) => one.name.slice(0, 40)).join(', ');
    return syntaxFailure('form', `no form field holds XML (fields: ${names || 'none'})`);
  }
  const text = decodeField(field.bytes, headers['content-type']);
  const xml = readXmlText(text);
  if (xml.ok) return xml;
  const path = `form field ${field.name.slice(0, 40)}, ${xml.places[0]?.path ?? ''}`;
  return syntaxFailure(path, xml.places[0]?.message ?? xml.detail);
}

/** The vendor posts ISO-8859-1, also where the XML inside declares UTF-8; bytes that are good UTF-8 are taken as such. */
function decodeField(bytes: Buffer, contentType: string | undefined): string {
  const charset = charsetOf(contentType);
  const utf8 = charset === null || charset.startsWith('utf') ? decodeText(bytes) : null;
  if (utf8?.ok) return utf8.text;
  const latin = decodeText(bytes, 'iso-8859-1');
  return latin.ok ? latin.text : bytes.toString('latin1');
}

function parsePostback(root: XmlElement): Parsed<TazMessage> {
  if (root.name !== 'BackgroundReports') {
    const what =
      root.name === 'BackgroundCheck'
        ? 'BackgroundCheck, an order or status question that we send'
        : root.name;
    return schemaFailure(root.place, `expected BackgroundReports, got ${what}`);
  }
  const packages = root.children.filter((one) => one.name === 'BackgroundReportPackage');
  if (packages.length === 0)
    return schemaFailure(root.place, 'BackgroundReports holds no BackgroundReportPackage');
  const nameless = packages.find((one) => !childText(one, 'OrderId') && !childText(one, 'ReferenceId'));
  if (nameless) return schemaFailure(nameless.place, 'the package has neither OrderId nor ReferenceId');
  const silent = packages.find((one) => !child(one, 'ScreeningStatus'));
  if (silent) return schemaFailure(silent.place, 'the package has no ScreeningStatus');
  return { ok: true, value: { form: 'postback', packages: packages.map(readPackage) } };
}

function readPackage(element: XmlElement): TazPackage {
  const status = child(child(element, 'ScreeningStatus') ?? element, 'OrderStatus');
  const error = child(element, 'ErrorReport');
  const person = child(element, 'PersonalData') ?? element;
  const name = child(person, 'PersonName') ?? person;
  const details = child(person, 'DemographicDetail') ?? person;
  return {
    orderId: childText(element, 'OrderId'),
    referenceId: childText(element, 'ReferenceId'),
    status: status?.text || null,
    flag: status?.attributes.get('flag') ?? null,
    error: error
      ? [childText(error, 'ErrorCode'), childText(error, 'ErrorDescription')].filter(Boolean).join(': ')
      : null,
    email: childText(person, 'EmailAddress'),
    firstName: childText(name, 'GivenName'),
    lastName: childText(name, 'FamilyName'),
    birthDate: childText(details, 'DateOfBirth'),
  };
}

/** What a body is in TazWorks' words, null when nothing about it is TazWorks'. */
export function identifyTazworks(rawBody: Buffer): Identity | null {
  if (firstCharacter(rawBody) === '<' || looksFormEncoded(rawBody, undefined)) {
    const xml = readPostbackXml(rawBody, {});
    if (!xml.ok) return null;
    if (xml.root.name === 'BackgroundReports')
      return { what: 'XML postback BackgroundReports', message: true };
    return xml.root.name === 'BackgroundCheck'
      ? { what: 'XML request BackgroundCheck', message: false }
      : null;
  }
  const json = readJson(rawBody);
  if (!json.ok) return null;
  if (isObject(json.value) && ('resourcePath' in json.value || 'resourceGuid' in json.value)) {
    return { what: `webhook ${String(json.value['event'])}`, message: true };
  }
  const what = apiAnswer(json.value);
  return what ? { what, message: false } : null;
}

/** Names of the API's objects by the id that each carries, the most telling first. */
const apiObjects = [
  ['orderGuid', 'order'],
  ['orderDetail', 'order status'],
  ['applicantGuid', 'applicant'],
  ['clientProductGuid', 'client product'],
  ['clientGuid', 'client'],
  ['resultsUrl', 'order results as PDF'],
] as const;

function apiAnswer(value: unknown): string | null {
  if (Array.isArray(value)) {
    const inner = apiAnswer(value[0]);
    return inner ? `${inner}, and ${value.length - 1} more in a list` : null;
  }
  if (!isObject(value)) return null;
  const { request } = value;
  if (isObject(request) && typeof request['uri'] === 'string' && 'response' in value) {
    const method = typeof request['method'] === 'string' ? request['method'] : '';
    return `a recorded API exchange: ${method} ${request['uri']}`.slice(0, 200);
  }
  const known = apiObjects.find(([key]) => key in value);
  return known ? `an API answer: ${known[1]}` : null;
}

function describe(value: unknown): string {
  if (Array.isArray(value))
    return apiAnswer(value) ?? `a list of ${value.length} values (send one webhook per request)`;
  if (!isObject(value)) return `a bare ${value === null ? 'null' : typeof value}`;
  return apiAnswer(value) ?? 'a JSON object without event and resourcePath';
}

function firstCharacter(bytes: Buffer): string {
  // Byte order marks and the zeros of UTF-16 come before or inside the first character.
  return bytes
    .subarray(0, 64)
    .toString('latin1')
    .replace(/^[\u00ef\u00bb\u00bf\u00fe\u00ff\0\s]+/, '')
    .charAt(0);
}
