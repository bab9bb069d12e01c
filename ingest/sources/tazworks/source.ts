import * as z from 'zod';
import { createHash } from 'node:crypto';
import { deadLetter, drop, make, ref, subjectOf } from '../../draft.ts';
import { toInstant } from '../../formats/instants.ts';
import { authorizationCandidates, checkStaticCredentials } from '../../proofs/static-credentials.ts';
import type { NormaliseContext, Outcome, Source, Verifier } from '../../source.ts';
import {
  identifyTazworks,
  parseTazworks,
  readPostbackXml,
  type TazMessage,
  type TazWebhook,
} from './messages.ts';
import { externalRefs, orderOutcomes, orderSchema, packageOutcomes } from './order.ts';

const orderPath = /^\/clients\/([\w-]{1,80})\/orders\/([\w-]{1,80})(?:\/|$)/;

/**
 * TazWorks signs nothing. The webhook carries the fixed `Authorization` value that was configured with the vendor; the
 * older postback carries user and password as attributes of its XML.
 */
function createTazVerifier(secrets: readonly string[]): Verifier {
  const known = secrets.filter((secret) => secret !== '');
  return (rawBody, headers) => {
    const presented = authorizationCandidates(headers);
    const where = 'the configured Authorization header, or userId and password in the XML postback';
    return checkStaticCredentials(
      presented.length > 0 ? presented : xmlCredentials(rawBody, headers),
      known,
      where,
    );
  };
}

function xmlCredentials(rawBody: Buffer, headers: Parameters<Verifier>[1]): string[] {
  if (rawBody[0] === 0x7b) return [];
  const xml = readPostbackXml(rawBody, headers);
  if (!xml.ok) return [];
  const [user, password] = [xml.root.attributes.get('userId'), xml.root.attributes.get('password')];
  return user && password ? [`${user}:${password}`] : [];
}

function normalise(message: TazMessage, context: NormaliseContext): Outcome[] {
  if (message.form === 'postback') return message.packages.flatMap((item) => packageOutcomes(item, context));
  switch (message.event) {
    case 'order.created':
    case 'order.canceled':
    case 'order.cancelled':
      return ofOrder(message, context);
    case 'order.completed':
      return [pointer(message)];
    case 'order.search.created':
    case 'order.search.completed':
      return [
        drop(
          'no_compliance_fact',
          `${message.event}: one search of an order; the order itself tells its result`,
        ),
      ];
    case 'client.created':
    case 'client.updated':
    case 'client.deleted':
      return [
        drop('no_compliance_fact', `${message.event}: the vendor account changed; no person is concerned`),
      ];
    default:
      return [drop('unknown_event_type', `TazWorks event "${message.event}" is not known here`)];
  }
}

/** Created and cancelled say all there is to say; only a completed order has to be read for its result. */
function ofOrder(message: TazWebhook, context: NormaliseContext): Outcome[] {
  const order = orderPath.exec(message.resourcePath)?.[2] ?? message.resourceGuid;
  const subjectRef = `tazworks:${order}`;
  const place = {
    subjectRef,
    occurredAt: toInstant(message.timestamp) ?? context.receivedAt,
    subject: subjectOf({
      refs: [ref('tazworks.order', order), ...externalRefs(message.externalIdentifier, context)],
    }),
  };
  const placed = make.background(
    'order.placed',
    { source: 'order' },
    { ...place, dedupeKey: `${subjectRef}:placed` },
  );
  if (message.event === 'order.created') return [placed];
  const dedupeKey = `${subjectRef}:canceled:${place.occurredAt}`;
  return [make.background('order.cancelled', { word: 'canceled' }, { ...place, version: 1, dedupeKey })];
}

function pointer(message: TazWebhook): Outcome {
  const match = orderPath.exec(message.resourcePath);
  if (!match?.[2]) {
    return deadLetter('order_missing', `resourcePath "${message.resourcePath.slice(0, 200)}" names no order`);
  }
  const request = { resource: 'orders', id: match[2], path: `/v1/clients/${match[1]}/orders/${match[2]}` };
  return {
    kind: 'fetch',
    request,
    detail: `${message.event} is only a pointer: it does not say what was found`,
  };
}

function normaliseFetched(message: TazMessage, answer: unknown, context: NormaliseContext): Outcome[] {
  const order = orderSchema.safeParse(answer);
  if (message.form !== 'webhook' || !order.success) {
    const issue = order.error?.issues[0];
    return [deadLetter('fetch_unreadable', `the API's order: ${issue?.path.join('.')}: ${issue?.message}`)];
  }
  if (order.data.orderGuid !== orderPath.exec(message.resourcePath)?.[2]) {
    return [deadLetter('fetch_mismatch', `the API answered order ${order.data.orderGuid}`)];
  }
  return orderOutcomes(order.data, toInstant(message.timestamp) ?? context.receivedAt, context);
}

export const tazworks: Source<TazMessage> = {
  vendor: 'tazworks',
  title: 'TazWorks',
  kind: 'webhook',
  contentTypes: ['application/json', 'application/x-www-form-urlencoded', 'text/xml', 'application/xml'],
  parseHeaders: ['content-type'],
  settings: z.looseObject({ externalIdentifier: z.enum(['employee', 'order']).optional() }),
  createVerifier: createTazVerifier,
  parse: parseTazworks,
  identify: identifyTazworks,
  deliveryKey: (message, rawBody) =>
    message.form === 'webhook'
      ? `${message.event}:${message.resourceGuid}:${message.timestamp}`
      : createHash('sha256').update(rawBody).digest('hex'),
  orderKey: (message) =>
    message.form === 'webhook'
      ? (orderPath.exec(message.resourcePath)?.[2] ?? message.resourceGuid)
      : (message.packages[0]?.orderId ?? message.packages[0]?.referenceId ?? null),
  normalise,
  api: {
    defaultUrl: 'https://api.instascreen.net',
    authorization: (key) => `Bearer ${key}`,
  },
  normaliseFetched,
};
