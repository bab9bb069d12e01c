import type { EndpointId } from '#contracts/ids';
import type { VendorCard } from '#contracts/screens/integrations';
import { reasonWords } from './words.ts';

/** An endpoint and what the door counted there, as the ingest floor tells it. */
export interface EndpointState {
  readonly id: EndpointId;
  readonly vendor: string;
  readonly name: string;
  readonly kind: 'webhook' | 'file';
  readonly active: boolean;
  readonly silenceLimitMs: number;
  readonly accepted: number;
  readonly refused: number;
  readonly lastAcceptedAt: string | null;
  readonly lastRefusedAt: string | null;
  readonly lastRefusedReason: string | null;
  readonly failingSince: string | null;
  readonly admitsPeople: boolean | null;
}

export interface CardInput {
  readonly endpoint: EndpointState;
  /** Events per slice of time, oldest first; empty = none at all. */
  readonly counts: readonly number[];
  readonly deadLetters: number;
  /** Absent = not looked at. */
  readonly lag?: VendorCard['lag'];
  /** People without data whose flag rests on this vendor's messages. */
  readonly stalePeople?: number;
  readonly nowMs: number;
  readonly bucketMs: number;
}

const bucketsShown = 48;

/** What one vendor does, as its card says it. */
export function cardOf(input: CardInput): VendorCard {
  const { endpoint, counts, deadLetters, nowMs, bucketMs } = input;
  const filled = Array.from({ length: bucketsShown }, (_, index) => counts.at(index - bucketsShown) ?? 0);
  const lastMs = endpoint.lastAcceptedAt === null ? null : Date.parse(endpoint.lastAcceptedAt);
  const state = stateOf(endpoint, lastMs, nowMs);
  return {
    endpointId: endpoint.id,
    vendor: endpoint.vendor,
    name: endpoint.name,
    kind: endpoint.kind,
    state,
    lastMessageAt: endpoint.lastAcceptedAt,
    silenceLimitMs: endpoint.silenceLimitMs,
    events24h: filled.reduce((total, count) => total + count, 0),
    accepted: endpoint.accepted,
    refused: endpoint.refused,
    lastRefusedAt: endpoint.lastRefusedAt,
    lastRefusedReason: endpoint.lastRefusedReason === null ? null : reasonWords(endpoint.lastRefusedReason),
    failingSince: endpoint.failingSince,
    deadLetters,
    lag: input.lag ?? null,
    stalePeople: state === 'silent' || state === 'refusing' ? (input.stalePeople ?? 0) : 0,
    admitsPeople: endpoint.admitsPeople,
    buckets: filled.map((count, index) => {
      const endsMs = nowMs - (bucketsShown - 1 - index) * bucketMs;
      return { count, silent: count === 0 && isSilent(endpoint, lastMs, endsMs) };
    }),
  };
}

/** A door that refuses is named before silence: it says what to mend. */
function stateOf(endpoint: EndpointState, lastMs: number | null, nowMs: number): VendorCard['state'] {
  if (!endpoint.active) return 'disabled';
  if (endpoint.failingSince !== null) return 'refusing';
  if (lastMs === null) return 'waiting';
  return isSilent(endpoint, lastMs, nowMs) ? 'silent' : 'flowing';
}

function isSilent(endpoint: EndpointState, lastMs: number | null, atMs: number): boolean {
  return lastMs !== null && atMs - lastMs > endpoint.silenceLimitMs;
}
