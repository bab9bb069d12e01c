import type { EmployeeId, EndpointId, TenantId } from '#contracts/ids';
import type { LogRecord } from '#platform/event-log';
import { bounded } from '../draft.ts';
import { checkedOutcome } from '../payload.ts';
import { keptHeaders, readRawHeaders } from '../raw.ts';
import type { FetchRequest, Outcome, Source } from '../source.ts';
import type { EndpointDirectory, OpenEndpoint } from '../door/directory.ts';
import type { ParsedBodies } from '../door/parsed-bodies.ts';

/** One body from the log with all that is known of it. */
export interface Arrival {
  readonly record: LogRecord;
  readonly tenantId: TenantId;
  readonly endpointId: EndpointId;
  readonly vendor: string;
  readonly receivedAt: string;
  /** `topic/partition/offset` of the body. */
  readonly rawRef: string;
  readonly deliveryKey: string;
  /** Whom this endpoint hires is added to the people. */
  readonly admitsPeople: boolean;
  /** Employees that a person gave to parts of this body, by item. */
  readonly matched: Readonly<Record<string, EmployeeId>>;
  readonly source: Source;
  readonly value: unknown;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Outcome of a step over one body. Named outputs; only the wiring knows topics. */
export type StepResult<T> =
  | { readonly outcome: 'ok'; readonly value: T }
  | { readonly outcome: 'drop'; readonly reason: string }
  | {
      readonly outcome: 'dead_letter';
      readonly failed: FailedArrival;
      readonly reason: string;
      readonly detail: string;
    }
  | { readonly outcome: 'redirect'; readonly to: 'fetch'; readonly value: T };

/** A body that could not be read: what is left to file it under. */
export type FailedArrival = Omit<Arrival, 'source' | 'value' | 'settings'>;

export interface ReadDeps {
  readonly sources: readonly Source[];
  readonly directory: EndpointDirectory;
  /** Left out, each body is parsed here. */
  readonly parsedBodies?: ParsedBodies;
}

/** parse → resolve tenant and endpoint. A record that did not come through the door is dropped: it has no owner. */
export function createReadStep({ sources, directory, parsedBodies }: ReadDeps) {
  const byVendor = new Map(sources.map((source) => [source.vendor, source]));
  return async function read(record: LogRecord): Promise<StepResult<Arrival>> {
    const headers = readRawHeaders(record.headers);
    if (!headers) return { outcome: 'drop', reason: 'not_from_the_door' };
    const rawRef = record.headers['rawRef'] ?? `${record.topic}/${record.partition}/${record.offset}`;
    const failed: FailedArrival = {
      record,
      tenantId: headers.tenantId,
      endpointId: headers.endpointId,
      vendor: headers.vendor,
      receivedAt: new Date(headers.receivedAtMs).toISOString(),
      rawRef,
      deliveryKey: headers.deliveryId,
      admitsPeople: false,
      matched: headers.matched ?? {},
    };
    const endpoint = await findEndpoint(directory, headers.endpointId);
    const source = byVendor.get(headers.vendor);
    if (!endpoint || !source || endpoint.tenantId !== headers.tenantId) {
      const detail = `endpoint ${headers.endpointId} of vendor ${headers.vendor} no longer exists`;
      return { outcome: 'dead_letter', failed, reason: 'endpoint_gone', detail };
    }
    const admitsPeople = endpoint.admitsPeople && source.personnel === true;
    const known = parsedBodies?.take(record.value);
    return parsed({ ...failed, admitsPeople, source, settings: endpoint.settings, value: undefined }, known);
  };
}

/** Another process may have made the endpoint a moment ago: what is not known here is asked for once more. */
async function findEndpoint(directory: EndpointDirectory, id: string): Promise<OpenEndpoint | null> {
  const known = await directory.find(id);
  if (known) return known;
  await directory.refresh();
  return directory.find(id);
}

function parsed(arrival: Arrival, known: { readonly value: unknown } | undefined): StepResult<Arrival> {
  const body = bytesOf(arrival.record);
  const { source, record } = arrival;
  const result = known ? { ok: true as const, ...known } : source.parse(body, keptHeaders(record.headers));
  if (!result.ok) {
    const detail = `no longer readable: ${result.detail}`;
    return { outcome: 'dead_letter', failed: arrival, reason: 'parse_failed', detail };
  }
  const deliveryKey = bounded(arrival.source.deliveryKey(result.value, body));
  return { outcome: 'ok', value: { ...arrival, deliveryKey, value: result.value } };
}

/** The body as a Buffer over the same memory. */
export function bytesOf({ value }: LogRecord): Buffer {
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

/** The source's own reading, held to the module contracts. A source that throws is our mistake: it must not stop the line. */
export function normaliseArrival(arrival: Arrival, answer?: { readonly fetched: unknown }): Outcome[] {
  const { source, value, settings, receivedAt } = arrival;
  const context = { settings, receivedAt };
  try {
    const outcomes =
      answer === undefined
        ? source.normalise(value, context)
        : (source.normaliseFetched?.(value, answer.fetched, context) ?? []);
    return outcomes.map(checkedOutcome);
  } catch (error) {
    const detail = error instanceof Error ? error.message : 'unknown error';
    return [{ kind: 'dead_letter', reason: 'normalise_failed', detail }];
  }
}

/** The pointers of a body that only a vendor's API can resolve. */
export function fetchRequests(outcomes: readonly Outcome[]): FetchRequest[] {
  return outcomes.flatMap((outcome) => (outcome.kind === 'fetch' ? [outcome.request] : []));
}
