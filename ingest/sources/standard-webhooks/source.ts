import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { EventModule } from '#contracts/compliance-event';
import { eventCatalogue, payloadSchema } from '#contracts/events/catalogue';
import { idSchema } from '#contracts/ids';
import { drop, make, givenRef, subjectOf } from '../../draft.ts';
import { toDate, toInstant } from '../../formats/instants.ts';
import { readJson, schemaFailure } from '../../formats/json.ts';
import { checkSchema, isObject, issuePlaces } from '../../formats/schema.ts';
import type { Outcome, Parsed, Source, SourceHeaders } from '../../source.ts';
import { createStandardVerifier } from './signature.ts';

const maxEvents = 500;
const word = z.string().min(1).max(300);

const employeeSchema = z
  .object({
    id: idSchema('employee').optional(),
    /** The employer's own number of the person. */
    externalId: word.optional(),
    email: word.optional(),
    firstName: word.optional(),
    lastName: word.optional(),
    birthDate: z
      .string()
      .refine((value) => toDate(value) !== null, 'expected YYYY-MM-DD')
      .optional(),
    refs: z
      .array(z.object({ system: word, value: word }))
      .max(20)
      .optional(),
  })
  .refine(
    (one) => Object.values(one).some((part) => part !== undefined),
    'names nobody: give id, externalId, email, refs or a name',
  );

const eventSchema = z.object({
  /** The sender's own id of the event; left out, the delivery's id stands in. */
  id: word.optional(),
  module: word,
  type: word,
  subjectRef: word,
  occurredAt: z.string().refine((value) => toInstant(value) !== null, 'expected an ISO 8601 time'),
  version: z.int().nonnegative().optional(),
  employee: employeeSchema,
  payload: z.record(z.string(), z.unknown()),
});
type OwnEvent = z.infer<typeof eventSchema>;

const batchSchema = z.object({ events: z.array(eventSchema).min(1).max(maxEvents) });

/** The events of one delivery and what identifies the delivery. */
export interface StandardMessage {
  readonly deliveryId: string;
  readonly events: readonly OwnEvent[];
}

function parse(rawBody: Buffer, headers: SourceHeaders): Parsed<StandardMessage> {
  const json = readJson(rawBody);
  if (!json.ok) return json;
  if (!isObject(json.value)) return schemaFailure('', 'expected one event, or an object with "events"');
  const batch = 'events' in json.value;
  const read: Parsed<readonly OwnEvent[]> = batch ? readBatch(json.value) : readOne(json.value);
  if (!read.ok) return read;
  for (const [index, event] of read.value.entries()) {
    const schema = isModule(event.module) ? payloadSchema(event.module, event.type) : undefined;
    const payload = schema?.safeParse(event.payload);
    if (payload && !payload.success) {
      const places = issuePlaces(payload.error.issues, batch ? `events[${index}].payload.` : 'payload.');
      const detail = `${event.module}.${event.type}: ${places[0]?.path}: ${places[0]?.message}`;
      return { ok: false, stage: 'schema', detail, places };
    }
  }
  const deliveryId = headers['webhook-id'] ?? createHash('sha256').update(rawBody).digest('hex');
  return { ok: true, value: { deliveryId, events: read.value } };
}

function readBatch(value: unknown): Parsed<readonly OwnEvent[]> {
  const batch = checkSchema(batchSchema, value, 'a batch of events');
  return batch.ok ? { ok: true, value: batch.value.events } : batch;
}

function readOne(value: unknown): Parsed<readonly OwnEvent[]> {
  const event = checkSchema(eventSchema, value, 'an event');
  return event.ok ? { ok: true, value: [event.value] } : event;
}

function isModule(name: string): name is EventModule {
  return Object.hasOwn(eventCatalogue, name);
}

function ofEvent(event: OwnEvent, index: number, deliveryId: string): Outcome {
  const { module, type, employee } = event;
  if (!isModule(module) || !payloadSchema(module, type)) {
    return drop('unknown_event_type', `${module}.${type} is not an event type known here`);
  }
  return make.checked(module, type, event.payload, {
    subjectRef: event.subjectRef,
    occurredAt: toInstant(event.occurredAt) ?? event.occurredAt,
    version: event.version ?? 0,
    dedupeKey: event.id ?? `${deliveryId}#${index}`,
    subject: subjectOf({
      employeeId: employee.id ?? null,
      refs: [
        ...(employee.refs ?? []).map(({ system, value }) => givenRef(system, value)),
        givenRef('employee.external_id', employee.externalId),
      ],
      email: employee.email,
      firstName: employee.firstName,
      lastName: employee.lastName,
      birthDate: toDate(employee.birthDate),
    }),
  });
}

/** Any sender that signs by Standard Webhooks and speaks our own event shape. */
export const standardWebhooks: Source<StandardMessage> = {
  vendor: 'standard-webhooks',
  title: 'Standard Webhooks',
  kind: 'webhook',
  contentTypes: ['application/json'],
  parseHeaders: ['webhook-id'],
  createVerifier: createStandardVerifier,
  parse,
  identify: (rawBody) => {
    const json = readJson(rawBody);
    if (!json.ok || !isObject(json.value)) return null;
    const first: unknown = Array.isArray(json.value['events']) ? json.value['events'][0] : json.value;
    if (!isObject(first) || typeof first['module'] !== 'string' || typeof first['type'] !== 'string')
      return null;
    return { what: `event ${first['module']}.${first['type']}`, message: true };
  },
  deliveryKey: (message) => message.deliveryId,
  orderKey: (message) => {
    const employee = message.events[0]?.employee;
    return employee?.id ?? employee?.externalId ?? employee?.email ?? null;
  },
  normalise: (message) => message.events.map((event, index) => ofEvent(event, index, message.deliveryId)),
};
