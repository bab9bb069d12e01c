import type { BatchHandler, Consumer, EventLog, NewRecord } from '#platform/event-log';
import type { Log } from '#platform/log';
import type { Outcome, VendorApi } from '../source.ts';
import { createSettle, type Judged, type SettleDeps } from './settle.ts';
import { createReadStep, fetchRequests, normaliseArrival, type Arrival, type ReadDeps } from './steps.ts';

/** The API client of an endpoint, null when none is set up. */
export type FindVendorApi = (endpointId: string, vendor: string) => Promise<VendorApi | null>;

export interface NormaliseDeps extends ReadDeps, SettleDeps {
  log: EventLog;
  logger: Log;
  findApi: FindVendorApi;
  /** Most bodies of one batch; 500 when absent. */
  maxBatch?: number;
}

export interface NormaliseConsumer {
  /** One batch, as the log would hand it over. Throws when it must come again. */
  handle: BatchHandler;
  stop(): Promise<void>;
  /** Bodies accepted and not yet normalised. */
  lag(): Promise<number>;
}

/** Bodies of thin messages wait here for the vendor's API, so that a slow API never holds up the others. */
const fetchTopic = (vendor: string) => `fetch.${vendor}`;

/** What the consumer groups of this floor read. */
export const ingestTopics = { normalise: ['raw.*'], fetch: ['fetch.*'] } as const;

/** raw.* → parse → tenant → normalise → match → compliance.*; what does not pass is dropped, filed or sent to be fetched. */
export function createNormaliseConsumer(deps: NormaliseDeps): NormaliseConsumer {
  const read = createReadStep(deps);
  const settle = createSettle(deps);

  const handle: BatchHandler = async (records) => {
    const judged: Judged[] = [];
    const redirected: NewRecord[] = [];
    for (const record of records) {
      const result = await read(record);
      if (result.outcome === 'drop')
        deps.logger.warn({ topic: record.topic, reason: result.reason }, 'record left out');
      else if (result.outcome === 'dead_letter') judged.push(asLetter(result));
      else {
        const outcomes = normaliseArrival(result.value);
        if (await wantsFetch(deps, result.value, outcomes)) redirected.push(toFetch(result.value));
        else judged.push({ arrival: result.value, outcomes });
      }
    }
    if (redirected.length > 0) await deps.log.append(redirected);
    await settle(judged);
  };

  return started(deps, 'normalise', ingestTopics.normalise, handle);
}

export function started(
  deps: NormaliseDeps,
  group: string,
  topics: readonly string[],
  handle: BatchHandler,
): NormaliseConsumer {
  const consumer: Consumer = deps.log.consume(
    { group, topics, maxBatch: deps.maxBatch ?? 500, from: 'earliest' },
    handle,
  );
  return { handle, stop: () => consumer.stop(), lag: () => consumer.lag() };
}

export function asLetter(
  result: Extract<Awaited<ReturnType<ReturnType<typeof createReadStep>>>, { outcome: 'dead_letter' }>,
): Judged {
  const { failed, reason, detail } = result;
  return { arrival: failed, outcomes: [{ kind: 'dead_letter', reason, detail }] };
}

async function wantsFetch(
  deps: NormaliseDeps,
  arrival: Arrival,
  outcomes: readonly Outcome[],
): Promise<boolean> {
  if (fetchRequests(outcomes).length === 0) return false;
  return (await deps.findApi(arrival.endpointId, arrival.vendor)) !== null;
}

function toFetch({ record, vendor, rawRef }: Arrival): NewRecord {
  const { key, value, headers } = record;
  return { topic: fetchTopic(vendor), key, value, headers: { ...headers, rawRef } };
}
