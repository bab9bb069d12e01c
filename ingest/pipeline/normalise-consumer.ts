import type { BatchHandler, Consumer, EventLog, NewRecord } from '#platform/event-log';
import type { Log } from '#platform/log';
import type { FetchRequest, Outcome, VendorApi } from '../source.ts';
import { PlumblineError } from '#platform/errors';
import { createSettle, type Judged, type SettleDeps } from './settle.ts';
import { createReadStep, fetchRequests, normaliseArrival, type Arrival, type ReadDeps } from './steps.ts';

/** The API client of an endpoint, null when none is set up. */
export type FindVendorApi = (endpointId: string, vendor: string) => VendorApi | null;

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
        if (wantsFetch(deps, result.value, outcomes)) redirected.push(toFetch(result.value));
        else judged.push({ arrival: result.value, outcomes });
      }
    }
    if (redirected.length > 0) await deps.log.append(redirected);
    await settle(judged);
  };

  return started(deps, 'normalise', ['raw.*'], handle);
}

/** fetch.* → ask the vendor → normalise the answer → match → compliance.*. */
export function createFetchConsumer(deps: NormaliseDeps): NormaliseConsumer {
  const read = createReadStep(deps);
  const settle = createSettle(deps);

  const handle: BatchHandler = async (records, signal) => {
    for (const record of records) {
      const result = await read(record);
      if (result.outcome === 'dead_letter') await settle([asLetter(result)]);
      if (result.outcome !== 'ok') continue;
      const outcomes = await fetched(deps, result.value, signal);
      await settle([{ arrival: result.value, outcomes }]);
    }
  };

  return started(deps, 'fetch', ['fetch.*'], handle);
}

function started(
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

function asLetter(
  result: Extract<Awaited<ReturnType<ReturnType<typeof createReadStep>>>, { outcome: 'dead_letter' }>,
): Judged {
  const { failed, reason, detail } = result;
  return { arrival: failed, outcomes: [{ kind: 'dead_letter', reason, detail }] };
}

function wantsFetch(deps: NormaliseDeps, arrival: Arrival, outcomes: readonly Outcome[]): boolean {
  return fetchRequests(outcomes).length > 0 && deps.findApi(arrival.endpointId, arrival.vendor) !== null;
}

function toFetch({ record, vendor, rawRef }: Arrival): NewRecord {
  const { key, value, headers } = record;
  return { topic: fetchTopic(vendor), key, value, headers: { ...headers, rawRef } };
}

async function fetched(deps: NormaliseDeps, arrival: Arrival, signal: AbortSignal): Promise<Outcome[]> {
  const outcomes = normaliseArrival(arrival);
  const [request] = fetchRequests(outcomes);
  const api = deps.findApi(arrival.endpointId, arrival.vendor);
  if (!request || !api) return outcomes;
  const answer = await ask(api, request, signal);
  if ('letter' in answer) return [answer.letter];
  // An answer that is again only a pointer would go round for ever.
  return normaliseArrival(arrival, { fetched: answer.value }).map((outcome) =>
    outcome.kind === 'fetch'
      ? { kind: 'dead_letter', reason: 'fetch_mismatch', detail: 'the API answered another pointer' }
      : outcome,
  );
}

type Answer = { readonly value: unknown } | { readonly letter: Outcome };

/** A vendor that cannot be reached now is asked again with the whole batch; any other failure is final. */
async function ask(api: VendorApi, request: FetchRequest, signal: AbortSignal): Promise<Answer> {
  try {
    return { value: await api.fetch(request, signal) };
  } catch (error) {
    if (error instanceof PlumblineError && (error.kind === 'unavailable' || error.kind === 'limited'))
      throw error;
    const said = error instanceof PlumblineError ? error.detail : 'unexpected failure';
    return { letter: { kind: 'dead_letter', reason: 'fetch_failed', detail: `${request.path}: ${said}` } };
  }
}
