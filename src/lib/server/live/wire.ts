import { TRPC_ERROR_CODES_BY_KEY, type TRPC_ERROR_CODE_KEY } from '@trpc/server/rpc';
import * as z from 'zod';
import type { LiveFrame } from '#contracts/live';

/**
 * The messages of tRPC's WebSocket link that a viewer's page uses, so that the stock `wsLink` works, while a frame
 * is encoded once for all viewers who see the same: the request id is the only part that differs.
 */
const livePath = 'live.flags';

const requestId = z.union([z.int().nonnegative(), z.string().max(64)]);
export type RequestId = z.infer<typeof requestId>;

const subscribeSchema = z.object({
  id: requestId,
  method: z.literal('subscription'),
  params: z.object({
    path: z.string().max(200),
    input: z.object({ after: z.int().nonnegative().optional() }).nullish(),
    lastEventId: z.string().max(64).nullish(),
  }),
});
const stopSchema = z.object({ id: requestId, method: z.literal('subscription.stop') });
const otherSchema = z.object({ id: requestId, method: z.string() });
const messageSchema = z.union([subscribeSchema, stopSchema, otherSchema]);

export type ClientMessage =
  | { readonly type: 'subscribe'; readonly id: RequestId; readonly after: number | null }
  | { readonly type: 'stop'; readonly id: RequestId }
  | { readonly type: 'refused'; readonly id: RequestId; readonly code: TRPC_ERROR_CODE_KEY };

/** Null when the text is not a message at all. One text may carry several messages. */
export function parseMessages(text: string): ClientMessage[] | null {
  const parsed = z.union([messageSchema, z.array(messageSchema).max(20)]).safeParse(readJson(text));
  if (!parsed.success) return null;
  return [parsed.data].flat().map(toMessage);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function toMessage(message: z.infer<typeof messageSchema>): ClientMessage {
  if (message.method === 'subscription.stop') return { type: 'stop', id: message.id };
  if (!('params' in message)) return { type: 'refused', id: message.id, code: 'METHOD_NOT_SUPPORTED' };
  if (message.params.path !== livePath) return { type: 'refused', id: message.id, code: 'NOT_FOUND' };
  const after = parseTrackedId(message.params.lastEventId) ?? message.params.input?.after ?? null;
  return { type: 'subscribe', id: message.id, after };
}

/**
 * The resume id of a frame: the sequence up to which everything has been sent. A frame that ran ahead of a change
 * still on its way adds its own sequence, because the client takes equal ids for one and the same frame.
 */
export function trackedId(watermark: number, highest: number): string {
  return watermark === highest ? String(watermark) : `${watermark}.${highest}`;
}

export function parseTrackedId(id: string | null | undefined): number | null {
  const watermark = /^(\d{1,15})(?:\.\d{1,15})?$/.exec(id ?? '')?.[1];
  return watermark === undefined ? null : Number(watermark);
}

/** A frame for all viewers of one scope; bytes are made once per request id. */
export interface EncodedFrame {
  readonly id: string;
  readonly frame: LiveFrame;
  bytes(id: RequestId): Buffer;
}

export function encodeFrame(id: string, frame: LiveFrame): EncodedFrame {
  const body = JSON.stringify(frame);
  const made = new Map<RequestId, Buffer>();
  return {
    id,
    frame,
    bytes: (request) => {
      const found = made.get(request);
      if (found !== undefined) return found;
      const head = `{"id":${JSON.stringify(request)},"result":{"type":"data","id":"${id}","data":{"id":"${id}","data":`;
      const bytes = Buffer.from(`${head}${body}}}}`);
      made.set(request, bytes);
      return bytes;
    },
  };
}

export const encodeStarted = (id: RequestId): string => JSON.stringify({ id, result: { type: 'started' } });
export const encodeStopped = (id: RequestId): string => JSON.stringify({ id, result: { type: 'stopped' } });
export const reconnectNotice = JSON.stringify({ id: null, method: 'reconnect' });

export function encodeError(id: RequestId | null, key: TRPC_ERROR_CODE_KEY, message: string): string {
  return JSON.stringify({
    id,
    error: { message, code: TRPC_ERROR_CODES_BY_KEY[key], data: { code: key, path: livePath } },
  });
}
