import * as z from 'zod';
import { readJson, schemaFailure } from '../../formats/json.ts';
import { toInstant } from '../../formats/instants.ts';
import { checkSchema, entryOf, isObject, issuePlaces } from '../../formats/schema.ts';
import type { Identity, Parsed } from '../../source.ts';

const word = z.string().nullish();
const instant = z
  .string()
  .refine((value) => toInstant(value) !== null, 'expected an ISO 8601 time')
  .nullish();
const embedded = z.union([z.string(), z.looseObject({ id: z.string() })]).nullish();

/** What we read of a report. Everything may be missing: a thin event carries `id`, `object` and `uri` alone. */
export const reportSchema = z.object({
  id: z.string().min(1),
  status: word,
  result: word,
  adjudication: word,
  includes_canceled: z.boolean().nullish(),
  created_at: instant,
  completed_at: instant,
  revised_at: instant,
  upgraded_at: instant,
  package: z.union([z.string(), z.looseObject({ slug: z.string() })]).nullish(),
  source: word,
  candidate_id: z.string().nullish(),
  drug_screening: embedded,
  motor_vehicle_report: embedded,
  drug_alcohol_clearinghouse: embedded,
  occupational_health_screening: embedded,
});
export type Report = z.infer<typeof reportSchema>;

export const adverseActionSchema = z.object({
  id: z.string().min(1),
  status: word,
  created_at: instant,
  report_id: z.string().nullish(),
  candidate_id: z.string().nullish(),
  delivery: z.object({ state: word, updated_at: instant }).nullish(),
});

export const candidateSchema = z.object({
  id: z.string().min(1),
  first_name: word,
  last_name: word,
  email: word,
  dob: word,
  custom_id: word,
  report_ids: z.array(z.string()).nullish(),
});

export const invitationSchema = z.object({
  id: z.string().min(1),
  status: word,
  candidate_id: z.string().nullish(),
  report_id: z.string().nullish(),
});

/** Parts of a report that can come as an object of their own. */
export const screeningKinds = [
  'drug_screening',
  'drug_alcohol_clearinghouse',
  'drug_alcohol_clearinghouse_search',
  'motor_vehicle_report',
  'occupational_health_screening',
] as const;

/** The object schema by the first word of the event type. Types that are dropped anyway are not held to one. */
const objectSchemas: Readonly<Record<string, z.ZodType>> = {
  report: reportSchema,
  adverse_action: adverseActionSchema,
  candidate: candidateSchema,
  invitation: invitationSchema,
};

const envelopeSchema = z.object({
  id: z.string().min(1),
  object: z.literal('event'),
  type: z.string().min(1).max(200),
  created_at: z.string().refine((value) => toInstant(value) !== null, 'expected an ISO 8601 time'),
  data: z.object({ object: z.looseObject({ id: z.string().min(1), object: z.string().nullish() }) }),
  account_id: z.string().nullish(),
});

/** One event of Checkr. `created_at` was checked to be an instant. */
export type CheckrEvent = z.infer<typeof envelopeSchema>;

/** The first word of an event type: `report.completed` → `report`. */
export function family(event: CheckrEvent): string {
  return event.type.slice(0, event.type.indexOf('.') >>> 0).toLowerCase();
}

/** Reads one webhook body. */
export function parseCheckr(rawBody: Buffer): Parsed<CheckrEvent> {
  const json = readJson(rawBody);
  if (!json.ok) return json;
  const other = isObject(json.value) && json.value['object'] === 'event' ? null : describe(json.value);
  if (other) return schemaFailure('object', `expected a Checkr event, got ${other}`);
  const envelope = checkSchema(envelopeSchema, json.value, 'a Checkr event');
  if (!envelope.ok) return envelope;
  const schema = entryOf(objectSchemas, family(envelope.value));
  const kind = envelope.value.data.object.object;
  if (schema && kind && kind !== family(envelope.value) && !screeningKinds.some((one) => one === kind)) {
    return schemaFailure(
      'data.object.object',
      `expected ${family(envelope.value)}, got ${kind.slice(0, 60)}`,
    );
  }
  const object = schema?.safeParse(envelope.value.data.object);
  if (object && !object.success) {
    const places = issuePlaces(object.error.issues, 'data.object.');
    const detail = `not a Checkr ${envelope.value.type}: ${places[0]?.path}: ${places[0]?.message}`;
    return { ok: false, stage: 'schema', detail, places };
  }
  return envelope;
}

/** What a JSON body is in Checkr's words, null when nothing about it is Checkr's. */
export function identifyCheckr(rawBody: Buffer): Identity | null {
  const json = readJson(rawBody);
  if (!json.ok) return null;
  if (Array.isArray(json.value)) {
    const [first] = json.value as readonly unknown[];
    const events = isObject(first) && first['object'] === 'event';
    return events ? { what: `a list of ${json.value.length} events`, message: false } : null;
  }
  if (!isObject(json.value)) return null;
  const { object, type } = json.value;
  // Other vendors' shapes also say `type`; only Checkr names the kind of object.
  if (object === 'event') return { what: `event ${String(type)}`, message: true };
  const what = apiAnswer(json.value);
  return what ? { what, message: false } : null;
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length} values (send one event per request)`;
  if (!isObject(value)) return `a bare ${value === null ? 'null' : typeof value}`;
  return apiAnswer(value) ?? 'a JSON object without "object": "event"';
}

function apiAnswer(value: Readonly<Record<string, unknown>>): string | null {
  const { object, data, id } = value;
  if (object === 'list')
    return `an API answer: page of a list, ${Array.isArray(data) ? data.length : 0} objects`;
  if (typeof object === 'string')
    return `an API answer: ${object} ${typeof id === 'string' ? id : ''}`.trim();
  return 'X-Checkr-Signature' in value ? 'a signature test vector, no message' : null;
}
