import * as z from 'zod';
import { idSchema } from '#contracts/ids';
import type { SourceHeaders } from './source.ts';
import type { OpenEndpoint } from './door/directory.ts';

/** Topic of believed bodies, as received. */
export function rawTopic(vendor: string): string {
  return `raw.${vendor}`;
}

/** Topic of believed bodies that did not fit the vendor's schema (answered with 422). */
export function rejectedTopic(vendor: string): string {
  return `rejected.${vendor}`;
}

const kept = 'http.';

export interface Delivery {
  readonly endpoint: Pick<OpenEndpoint, 'id' | 'tenantId' | 'source'>;
  readonly deliveryId: string;
  readonly receivedAtMs: number;
  readonly headers: SourceHeaders;
}

/** What travels with a body: whose it is, when it came, and the HTTP headers that its parser reads. */
export function rawHeaders({
  endpoint,
  deliveryId,
  receivedAtMs,
  headers,
}: Delivery): Record<string, string> {
  const record: Record<string, string> = {
    deliveryId,
    tenantId: endpoint.tenantId,
    endpointId: endpoint.id,
    vendor: endpoint.source.vendor,
    receivedAtMs: String(receivedAtMs),
  };
  for (const name of endpoint.source.parseHeaders) {
    const value = headers[name];
    if (value !== undefined) record[kept + name] = value.replaceAll('\0', '').slice(0, 1000);
  }
  return record;
}

const headersSchema = z.object({
  deliveryId: z.string().min(1),
  tenantId: idSchema('tenant'),
  endpointId: idSchema('endpoint'),
  vendor: z.string().min(1),
  receivedAtMs: z.coerce.number().int().positive(),
  /** Set by a person's requeue: employee by item, so that an unmatched part finds its person. */
  matched: z
    .string()
    .transform((text) => JSON.parse(text) as unknown)
    .pipe(z.record(z.string(), idSchema('employee')))
    .optional(),
  /** The dead letter that a person sent round again. */
  requeueOf: z.string().optional(),
});
export type RawHeaders = z.infer<typeof headersSchema>;

/** Reads back what `rawHeaders` wrote; null when the record did not come through the door. */
export function readRawHeaders(headers: Readonly<Record<string, string>>): RawHeaders | null {
  const parsed = headersSchema.safeParse(headers);
  return parsed.success ? parsed.data : null;
}

/** The HTTP headers that were kept. */
export function keptHeaders(headers: Readonly<Record<string, string>>): SourceHeaders {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name.startsWith(kept))
      .map(([name, value]) => [name.slice(kept.length), value]),
  );
}
