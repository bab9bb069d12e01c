import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';

/** Vendors that the simulator speaks for. */
export const simulatedVendors = ['checkr', 'quest-esp', 'tazworks', 'standard-webhooks'] as const;
export type SimulatedVendor = (typeof simulatedVendors)[number];

/** Where a vendor posts and how it proves itself: what an administrator would give the vendor. */
export interface SimulatedEndpoint {
  url: string;
  secret: string;
}

export interface Message {
  vendor: SimulatedVendor;
  /** The vendor's own id of this delivery; the same for a duplicate. */
  id: string;
  contentType: string;
  body: string;
  /** Sent with a proof that cannot be right: the door must refuse it. */
  forged?: boolean;
  /** A few words for the log: "Quest: random test of HP-00042, Negative". */
  about: string;
}

/** The headers that the vendor sends with this body, its signature among them. */
export function proofHeaders(message: Message, secret: string, nowMs: number): Record<string, string> {
  const key = message.forged ? `${secret}-forged` : secret;
  switch (message.vendor) {
    case 'checkr':
      return {
        'user-agent': 'Checkr-Webhook/1.0',
        'x-checkr-signature': createHmac('sha256', key).update(message.body).digest('hex'),
      };
    case 'quest-esp':
    case 'tazworks':
      // A static value agreed when the endpoint was set up; neither vendor signs the body.
      return { authorization: key };
    case 'standard-webhooks': {
      const at = new Date(Math.floor(nowMs / 1000) * 1000);
      const signed = new Webhook(secret).sign(
        message.id,
        at,
        message.forged ? `${message.body} ` : message.body,
      );
      return {
        'webhook-id': message.id,
        'webhook-timestamp': String(at.getTime() / 1000),
        'webhook-signature': signed,
      };
    }
  }
}

export interface Answer {
  status: number;
  retryAfterS: number | null;
}

/** Posts one message as its vendor would. Throws when the door cannot be reached. */
export async function post(
  endpoints: Readonly<Record<SimulatedVendor, SimulatedEndpoint>>,
  message: Message,
  nowMs: number,
  signal?: AbortSignal,
): Promise<Answer> {
  const endpoint = endpoints[message.vendor];
  const response = await fetch(endpoint.url, {
    method: 'POST',
    headers: { 'content-type': message.contentType, ...proofHeaders(message, endpoint.secret, nowMs) },
    body: message.body,
    ...(signal ? { signal } : {}),
  });
  await response.arrayBuffer();
  const retryAfter = response.headers.get('retry-after');
  return { status: response.status, retryAfterS: retryAfter === null ? null : Number(retryAfter) };
}
