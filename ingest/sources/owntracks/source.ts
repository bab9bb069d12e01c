import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Fix } from '#contracts/events/geofence';
import { deadLetter, drop, givenRef, make, ref, subjectOf, type DraftFrame } from '../../draft.ts';
import { toInstant } from '../../formats/instants.ts';
import { readJson, schemaFailure } from '../../formats/json.ts';
import { checkSchema, isObject } from '../../formats/schema.ts';
import { createBearerVerifier } from '../../proofs/bearer.ts';
import type { NormaliseContext, Outcome, Parsed, Source, SourceHeaders } from '../../source.ts';

const seconds = z.number().refine((value) => toInstant(value) !== null, 'expected Unix seconds');
const position = {
  lat: z.number().min(-90).max(90),
  lon: z.number().min(-180).max(180),
  /** Radius in metres; phones leave it out when they do not know it. */
  acc: z.number().nonnegative().nullish(),
  /** Time of the fix. */
  tst: seconds,
  topic: z.string().nullish(),
};

const messageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('location'), ...position }),
  z.object({
    kind: z.literal('transition'),
    ...position,
    // A leave or enter without coordinates happens when a beacon told it.
    lat: position.lat.nullish(),
    lon: position.lon.nullish(),
    event: z.enum(['enter', 'leave']),
    rid: z.string().nullish(),
    desc: z.string().nullish(),
  }),
  z.object({ kind: z.literal('encrypted') }),
]);
type OwnTracksMessage = z.infer<typeof messageSchema>;

/** Kinds of the same app that say nothing about where somebody is. */
const otherKinds: ReadonlySet<string> = new Set([
  'waypoint',
  'waypoints',
  'card',
  'cmd',
  'configuration',
  'lwt',
  'status',
  'steps',
  'request',
  'beacon',
]);

interface Received {
  readonly message: OwnTracksMessage | { readonly kind: 'other'; readonly word: string };
  readonly user: string;
}

/** The user of HTTP mode is in the headers, of a bridge from MQTT in the topic `owntracks/{user}/{device}`. */
function userOf(headers: SourceHeaders, body: unknown): string | null {
  const given = headers['x-limit-u']?.trim();
  if (given) return given;
  const topic = isObject(body) && typeof body['topic'] === 'string' ? body['topic'] : '';
  return /^owntracks\/([^/]+)\//.exec(topic)?.[1] ?? null;
}

function parse(rawBody: Buffer, headers: SourceHeaders): Parsed<Received> {
  const json = readJson(rawBody);
  if (!json.ok) return json;
  const user = userOf(headers, json.value);
  if (!user) {
    return schemaFailure('X-Limit-U', 'names no user, and the body has no topic owntracks/{user}/{device}');
  }
  const kind = isObject(json.value) ? json.value['_type'] : null;
  if (typeof kind === 'string' && otherKinds.has(kind)) {
    return { ok: true, value: { message: { kind: 'other', word: kind }, user } };
  }
  // The vendor's word for the kind of message stands under `_type`.
  const body = isObject(json.value) ? { ...json.value, kind } : json.value;
  const checked = checkSchema(messageSchema, body, 'an OwnTracks message');
  return checked.ok ? { ok: true, value: { message: checked.value, user } } : checked;
}

type Positioned = Extract<OwnTracksMessage, { tst: number }>;

function fixOf(message: Positioned, context: NormaliseContext): Fix | null {
  if (typeof message.lat !== 'number' || typeof message.lon !== 'number') return null;
  return {
    lat: message.lat,
    lon: message.lon,
    accM: message.acc ?? null,
    fixAt: toInstant(message.tst) ?? context.receivedAt,
    receivedAt: context.receivedAt,
    // The app does not say whether a position is simulated.
    mock: false,
  };
}

function frameOf(message: Positioned, user: string, context: NormaliseContext): DraftFrame {
  const own =
    message.kind === 'transition' ? `${message.event}:${message.rid ?? message.desc ?? ''}` : 'location';
  return {
    subjectRef: `owntracks:${user}`,
    occurredAt: toInstant(message.tst) ?? context.receivedAt,
    dedupeKey: `${user}:${own}:${message.tst}`,
    subject: subjectOf({
      refs: [ref('owntracks.user', user), givenRef('employee.external_id', user)],
      email: user,
    }),
  };
}

/** Entering is an attempt to check in; leaving is only a position outside: nobody checked out. */
function transition(
  message: Extract<OwnTracksMessage, { kind: 'transition' }>,
  user: string,
  context: NormaliseContext,
): Outcome[] {
  const frame = frameOf(message, user, context);
  const zoneId = message.rid ?? message.desc ?? null;
  if (!zoneId) return [deadLetter('payload_unreadable', 'a transition that names no region', frame.subject)];
  const fix = fixOf(message, context);
  if (message.event === 'leave') {
    return fix
      ? [make.geofence('fix.received', { zoneId, fix }, frame)]
      : [drop('no_compliance_fact', 'left a region, told by a beacon without a position')];
  }
  const late = fix !== null && Date.parse(fix.receivedAt) - Date.parse(fix.fixAt) > offlineAfterMs;
  return [
    make.geofence(
      'check_in.attempted',
      {
        zoneId,
        zone: null,
        fix,
        qr: null,
        deviceForged: false,
        shift: null,
        requirements: [],
        offline: late,
      },
      frame,
    ),
  ];
}

/** The app keeps what it could not send: a message older than this was made without network. */
const offlineAfterMs = 120_000;

function normalise({ message, user }: Received, context: NormaliseContext): Outcome[] {
  switch (message.kind) {
    case 'other':
      return [drop('no_compliance_fact', `OwnTracks "${message.word}" says nothing about a person's place`)];
    case 'encrypted':
      return [
        deadLetter(
          'payload_encrypted',
          'the app encrypts its payload: switch that off, TLS protects the way',
        ),
      ];
    case 'location': {
      const fix = fixOf(message, context);
      const frame = frameOf(message, user, context);
      return fix ? [make.geofence('fix.received', { zoneId: null, fix }, frame)] : [];
    }
    case 'transition':
      return transition(message, user, context);
  }
}

/** Phones with OwnTracks in HTTP mode, or a bridge that forwards its MQTT messages. */
export const owntracks: Source<Received> = {
  vendor: 'owntracks',
  title: 'OwnTracks positions',
  kind: 'webhook',
  contentTypes: ['application/json'],
  parseHeaders: ['x-limit-u', 'x-limit-d'],
  createVerifier: createBearerVerifier,
  parse,
  identify: (rawBody) => {
    const json = readJson(rawBody);
    const kind = json.ok && isObject(json.value) ? json.value['_type'] : null;
    if (typeof kind !== 'string') return null;
    const known = kind === 'location' || kind === 'transition' || kind === 'encrypted';
    return known || otherKinds.has(kind) ? { what: `OwnTracks ${kind}`, message: known } : null;
  },
  deliveryKey: ({ user }, rawBody) =>
    createHash('sha256').update(user).update('\0').update(rawBody).digest('hex'),
  orderKey: ({ user }) => user,
  normalise,
};
