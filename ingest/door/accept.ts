import type { Clock } from '#platform/clock';
import type { EventLog, NewRecord } from '#platform/event-log';
import type { Ids } from '#platform/ids';
import { rawHeaders, rawTopic, rejectedTopic } from '../raw.ts';
import type { Measures } from '../measures.ts';
import type { SourceHeaders } from '../source.ts';
import type { DoorCounters } from './counters.ts';
import type { OpenEndpoint } from './directory.ts';
import type { ParsedBodies } from './parsed-bodies.ts';
import { notParsed, notStored } from './refusal.ts';

export interface AcceptorDeps {
  log: Pick<EventLog, 'append'>;
  counters: DoorCounters;
  measures: Measures;
  /** Left out, whoever reads the body next parses it again. */
  parsedBodies?: ParsedBodies;
  clock: Clock;
  ids: Ids;
}

/**
 * Parses a believed body and appends it to `raw.{vendor}`; resolves with the delivery's id when it is durable. Throws
 * `ingest.body_unreadable` (400), `ingest.body_unexpected` (422, the body is kept in `rejected.{vendor}`) and
 * `ingest.not_stored` (503).
 */
export type Accept = (endpoint: OpenEndpoint, rawBody: Buffer, headers: SourceHeaders) => Promise<string>;

/**
 * Vendors give up after some ten seconds and must hear before that. What is appended later all the same is a delivery like
 * any other: the vendor's next try has the same dedupe keys, and each key takes effect once.
 */
const answerWithinMs = 6000;

export function createAcceptor({ log, counters, measures, clock, ids, parsedBodies }: AcceptorDeps): Accept {
  async function store(record: NewRecord): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('the log did not answer in time')), answerWithinMs);
    });
    try {
      await Promise.race([log.append([record]), tooLate]);
    } catch (error) {
      throw notStored(error);
    } finally {
      clearTimeout(timer);
    }
  }

  return async (endpoint, rawBody, headers) => {
    const { source } = endpoint;
    const receivedAtMs = clock.nowMs();
    const deliveryId = ids.next('delivery');
    const kept = rawHeaders({ endpoint, deliveryId, receivedAtMs, headers });
    const parsed = source.parse(rawBody, headers);
    if (!parsed.ok) {
      if (parsed.stage === 'schema') {
        const rejected = { ...kept, reason: parsed.detail.replaceAll('\0', '').slice(0, 500) };
        await store({
          topic: rejectedTopic(source.vendor),
          key: deliveryId,
          value: rawBody,
          headers: rejected,
        });
      }
      throw notParsed(parsed, source.title);
    }
    parsedBodies?.keep(rawBody, parsed.value);
    const order = source.orderKey(parsed.value)?.replaceAll('\0', '').slice(0, 200);
    await store({
      topic: rawTopic(source.vendor),
      key: `${endpoint.id}:${order || deliveryId}`,
      value: rawBody,
      headers: kept,
    });
    counters.accepted(endpoint, receivedAtMs);
    measures.webhook(source.vendor, 'accepted');
    return deliveryId;
  };
}
