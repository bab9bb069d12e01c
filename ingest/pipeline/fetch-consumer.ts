import { setTimeout as sleep } from 'node:timers/promises';
import { PlumblineError } from '#platform/errors';
import type { BatchHandler } from '#platform/event-log';
import type { FetchRequest, Outcome, VendorApi } from '../source.ts';
import {
  asLetter,
  ingestTopics,
  started,
  type NormaliseConsumer,
  type NormaliseDeps,
} from './normalise-consumer.ts';
import { createSettle, type Judged } from './settle.ts';
import { createReadStep, fetchRequests, normaliseArrival, type Arrival } from './steps.ts';

/** Pauses before further tries; after the last one the message becomes a dead letter that can be sent round again. */
const pausesMs = [500, 2_000] as const;
/** Requests under way at once. Vendors allow some twenty a second. */
const atOnce = 8;

/**
 * fetch.* → ask the vendor → normalise the answer → match → compliance.*. An API that is away is tried again a few times
 * and then left, so that one tenant's wrong address never holds up the others.
 */
export function createFetchConsumer(deps: NormaliseDeps): NormaliseConsumer {
  const read = createReadStep(deps);
  const settle = createSettle(deps);

  const handle: BatchHandler = async (records, signal) => {
    // Endpoints whose API did not answer in this batch: their other messages are not kept waiting for it.
    const away = new Set<string>();
    for (let from = 0; from < records.length; from += atOnce) {
      const judged = await Promise.all(
        records.slice(from, from + atOnce).map(async (record): Promise<Judged[]> => {
          const result = await read(record);
          if (result.outcome === 'dead_letter') return [asLetter(result)];
          if (result.outcome !== 'ok') return [];
          return [{ arrival: result.value, outcomes: await fetched(deps, result.value, away, signal) }];
        }),
      );
      signal.throwIfAborted();
      await settle(judged.flat());
    }
  };

  return started(deps, 'fetch', ingestTopics.fetch, handle);
}

async function fetched(
  deps: NormaliseDeps,
  arrival: Arrival,
  away: Set<string>,
  signal: AbortSignal,
): Promise<Outcome[]> {
  const outcomes = normaliseArrival(arrival);
  const [request] = fetchRequests(outcomes);
  const api = await deps.findApi(arrival.endpointId, arrival.vendor);
  if (!request || !api) return outcomes;
  const pauses = away.has(arrival.endpointId) ? [] : pausesMs;
  const answer = await ask(api, request, pauses, signal);
  if ('letter' in answer) {
    if (answer.away) away.add(arrival.endpointId);
    return [answer.letter];
  }
  // An answer that is again only a pointer would go round for ever.
  return normaliseArrival(arrival, { fetched: answer.value }).map((outcome) =>
    outcome.kind === 'fetch'
      ? { kind: 'dead_letter', reason: 'fetch_mismatch', detail: 'the API answered another pointer' }
      : outcome,
  );
}

type Answer = { readonly value: unknown } | { readonly letter: Outcome; readonly away: boolean };

async function ask(
  api: VendorApi,
  request: FetchRequest,
  pauses: readonly number[],
  signal: AbortSignal,
): Promise<Answer> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return { value: await api.fetch(request, signal) };
    } catch (error) {
      const pauseMs = pauses[attempt];
      const passing = error instanceof PlumblineError && error.kind === 'unavailable';
      if (!passing || pauseMs === undefined)
        return { letter: letterOf(request, error, passing), away: passing };
      await sleep(pauseMs, undefined, { signal });
    }
  }
}

function letterOf(request: FetchRequest, error: unknown, passing: boolean): Outcome {
  const said = error instanceof PlumblineError ? error.detail : 'unexpected failure';
  const reason = passing ? 'vendor_api_away' : 'fetch_failed';
  return { kind: 'dead_letter', reason, detail: `${request.path}: ${said}` };
}
