import { createHmac, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { PlumblineError } from '#platform/errors';
import type { Log } from '#platform/log';
import type { SourceHeaders } from '../source.ts';
import { createAcceptor, type Accept, type AcceptorDeps } from './accept.ts';
import { discardRest, readBody } from './body.ts';
import type { EndpointDirectory, OpenEndpoint } from './directory.ts';
import type { DoorRate } from './rate.ts';
import { notStored, notVerified, refusal, sendProblem } from './refusal.ts';

export interface ReceiverDeps extends AcceptorDeps {
  directory: EndpointDirectory;
  rate: DoorRate;
  logger: Log;
  /** Largest body in bytes; 1 MiB when absent. */
  bodyLimitBytes?: number;
}

export interface Receiver {
  /** Answers `POST /webhooks/{endpoint}`; false = the path is not the door's. Never rejects. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  /** The door's work without HTTP, for files that come through the app. Resolves when the body is durable. */
  accept: Accept;
}

const ours = /^\/webhooks(?:[/?]|$)/;
const path = /^\/webhooks\/([A-Za-z0-9_-]{1,100})\/?(?:\?|$)/;

/**
 * The door. Order: verify on the raw bytes → rate → parse and schema → append to `raw.{vendor}` → 202. Whatever is
 * acknowledged is durable; whatever is not stored is not acknowledged.
 */
export function createReceiver(deps: ReceiverDeps): Receiver {
  const { directory, rate, counters, measures, clock, ids, logger, bodyLimitBytes = 1024 * 1024 } = deps;
  const accept = createAcceptor(deps);
  const decoy = randomBytes(32);

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const url = request.url ?? '';
    if (!ours.test(url)) return false;
    let endpoint: OpenEndpoint | null = null;
    try {
      checkMethod(request);
      const body = await readBody(request, bodyLimitBytes);
      // The endpoint is looked up after the body in every case: an unknown one answers no faster.
      endpoint = await findEndpoint(directory, path.exec(url)?.[1] ?? '');
      if (body.kind === 'aborted') return true;
      if (body.kind === 'too_large') throw tooLarge(bodyLimitBytes);
      if (!endpoint?.active) {
        // As much work as a signature costs, so that the time does not tell which addresses exist.
        if (body.kind === 'bytes') createHmac('sha256', decoy).update(body.bytes).digest();
        throw unknownEndpoint();
      }
      const deliveryId = await admit(endpoint, body.bytes, request.headers as SourceHeaders);
      sendAccepted(response, endpoint.source.answer?.(body.bytes) ?? accepted(deliveryId));
    } catch (error) {
      refuse(request, response, endpoint, error);
    }
    return true;
  }

  async function admit(endpoint: OpenEndpoint, rawBody: Buffer, headers: SourceHeaders): Promise<string> {
    const verification = endpoint.verify(rawBody, headers, clock.nowMs());
    if (!verification.ok) throw notVerified(verification);
    const waitS = await rate.take(endpoint);
    if (waitS !== null) throw overRate(waitS);
    return accept(endpoint, rawBody, headers);
  }

  function refuse(
    request: IncomingMessage,
    response: ServerResponse,
    endpoint: OpenEndpoint | null,
    caught: unknown,
  ): void {
    const error = caught instanceof PlumblineError ? caught : unexpected(caught);
    const reference = ids.next('delivery');
    const reason = error.code.slice('ingest.'.length);
    measures.webhook(endpoint?.source.vendor ?? null, error.kind);
    if (endpoint) counters.refused(endpoint, reason, clock.nowMs(), error.kind === 'unauthenticated');
    if (error.kind === 'unavailable' || error.kind === 'internal') {
      logger.error(
        { reference, endpointId: endpoint?.id, code: error.code, err: error.cause ?? error },
        'message not accepted',
      );
    }
    const unread = !request.complete;
    if (!response.headersSent) sendProblem(response, error, reference, unread);
    if (unread) discardRest(request);
  }

  return { handle, accept };
}

async function findEndpoint(directory: EndpointDirectory, id: string): Promise<OpenEndpoint | null> {
  try {
    return await directory.find(id);
  } catch (error) {
    throw notStored(error);
  }
}

function checkMethod(request: IncomingMessage): void {
  if (request.method !== 'POST') {
    throw refusal(
      'not_allowed',
      'method_unexpected',
      `Messages come by POST, not ${request.method ?? 'this method'}.`,
    );
  }
  const encoding = request.headers['content-encoding'];
  if (encoding && encoding !== 'identity') {
    throw refusal(
      'malformed',
      'encoding_unexpected',
      'Send the body uncompressed: the signature is over plain bytes.',
    );
  }
}

function accepted(deliveryId: string) {
  return { status: 202, contentType: 'application/json', body: `{"deliveryId":"${deliveryId}"}` };
}

function sendAccepted(
  response: ServerResponse,
  { status, contentType, body }: { status: number; contentType: string; body: string },
): void {
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

function unknownEndpoint(): PlumblineError {
  return refusal(
    'not_found',
    'endpoint_unknown',
    'There is no such endpoint. Copy its address from the integration settings.',
  );
}

function tooLarge(limit: number): PlumblineError {
  return refusal(
    'too_large',
    'body_too_large',
    `The body is larger than ${limit} bytes. Send fewer events per request.`,
  );
}

function overRate(waitS: number): PlumblineError {
  return refusal('limited', 'rate_exceeded', `Too many requests this minute. Send again in ${waitS} s.`, {
    retryAfterS: waitS,
  });
}

function unexpected(cause: unknown): PlumblineError {
  return refusal(
    'internal',
    'failed',
    'Something failed here and the message was not accepted. Send it again later.',
    { cause },
  );
}
