import { sql } from 'kysely';
import type { EndpointId } from '#contracts/ids';
import type { Sources, SourceState } from '#domain/flags';
import type { Log } from '#platform/log';
import type { Postgres, Tx } from '#platform/postgres';
import type { DoorCounters } from '../door/counters.ts';
import type { Source } from '../source.ts';
import { addHealth } from './store.postgres.ts';

export interface HealthFlusher {
  /** Writes what was counted since the last time. */
  flush(): Promise<void>;
  /** Stops the timer and writes the rest. */
  stop(): Promise<void>;
}

/** Writes the door's counters each second or so; what cannot be written now is written with the next. */
export function createHealthFlusher(deps: {
  postgres: Postgres;
  counters: DoorCounters;
  logger: Log;
  everyMs?: number;
}): HealthFlusher {
  let writing: Promise<void> = Promise.resolve();

  async function write(): Promise<void> {
    const counts = deps.counters.take();
    if (counts.length === 0) return;
    try {
      await deps.postgres.asSystem((tx) => addHealth(tx, counts));
    } catch (err) {
      deps.counters.giveBack(counts);
      deps.logger.warn({ component: 'ingest.health', err }, 'endpoint counters not written, kept for later');
    }
  }

  function flush(): Promise<void> {
    writing = writing.then(write);
    return writing;
  }

  const timer = setInterval(() => void flush(), deps.everyMs ?? 1_000);
  timer.unref();
  return {
    flush,
    stop: () => {
      clearInterval(timer);
      return flush();
    },
  };
}

/** How a vendor's line to us stands. */
export interface EndpointHealth {
  readonly id: EndpointId;
  readonly vendor: string;
  readonly name: string;
  readonly kind: 'webhook' | 'file';
  readonly active: boolean;
  /** Whether whom it hires is added to the people; null = no personnel system, so never. */
  readonly admitsPeople: boolean | null;
  /** Silence beyond this turns dependent flags stale, ms. */
  readonly silenceLimitMs: number;
  readonly accepted: number;
  readonly refused: number;
  /** Refused requests by reason. */
  readonly refusals: Readonly<Record<string, number>>;
  readonly lastAcceptedAt: string | null;
  readonly lastRefusedAt: string | null;
  /** Code, e.g. `signature_mismatch`. */
  readonly lastRefusedReason: string | null;
  /** Since when nobody could prove themselves; null = verification works. */
  readonly failingSince: string | null;
}

interface Row {
  id: EndpointId;
  vendor: string;
  name: string;
  status: 'active' | 'disabled';
  admits_people: boolean;
  silence_h: number;
  accepted: string | null;
  refused: string | null;
  last_accepted_at: Date | null;
  last_refused_at: Date | null;
  last_refused_reason: string | null;
  failing_since: Date | null;
  refusals: Record<string, number> | null;
}

const hourMs = 3_600_000;

/** All endpoints of the transaction's tenant with their health. */
export async function listEndpointHealth(tx: Tx, sources: readonly Source[]): Promise<EndpointHealth[]> {
  const { rows } = await sql<Row>`
    select e.id, e.vendor, e.name, e.status, e.admits_people, e.silence_h, h.accepted, h.refused, h.last_accepted_at,
      h.last_refused_at, h.last_refused_reason, h.failing_since,
      (select jsonb_object_agg(r.reason, r.refused) from ingest_endpoint_refusals r
        where r.tenant_id = e.tenant_id and r.endpoint_id = e.id) as refusals
    from ingest_endpoints e left join ingest_endpoint_health h on h.tenant_id = e.tenant_id and h.endpoint_id = e.id
    order by e.vendor, e.id`.execute(tx);
  const known = new Map(sources.map((source) => [source.vendor, source]));
  return rows.map((row) => ({
    id: row.id,
    vendor: row.vendor,
    name: row.name,
    kind: known.get(row.vendor)?.kind ?? 'webhook',
    active: row.status === 'active',
    admitsPeople: known.get(row.vendor)?.personnel === true ? row.admits_people : null,
    silenceLimitMs: row.silence_h * hourMs,
    accepted: Number(row.accepted ?? 0),
    refused: Number(row.refused ?? 0),
    refusals: row.refusals ?? {},
    lastAcceptedAt: row.last_accepted_at?.toISOString() ?? null,
    lastRefusedAt: row.last_refused_at?.toISOString() ?? null,
    lastRefusedReason: row.last_refused_reason,
    failingSince: row.failing_since?.toISOString() ?? null,
  }));
}

/**
 * The vendors' feeds as the rules ask about them. With several endpoints of one vendor the newest message counts, and
 * the vendor fails only while every endpoint does.
 */
export function sourcesOfHealth(endpoints: readonly EndpointHealth[]): Sources {
  const active = endpoints.filter((endpoint) => endpoint.active);
  return Object.fromEntries(
    [...Map.groupBy(active, (endpoint) => endpoint.vendor)].map(([vendor, group]) => [
      vendor,
      sourceState(group),
    ]),
  );
}

function sourceState(group: readonly EndpointHealth[]): SourceState {
  const heard = group.flatMap((one) => (one.lastAcceptedAt === null ? [] : [Date.parse(one.lastAcceptedAt)]));
  const failing = group.flatMap((one) => (one.failingSince === null ? [] : [Date.parse(one.failingSince)]));
  return {
    lastEventAtMs: heard.length === 0 ? null : Math.max(...heard),
    failingSinceMs: failing.length === group.length ? Math.min(...failing) : null,
    silenceMs: Math.min(...group.map((one) => one.silenceLimitMs)),
  };
}
