/** What happened at one endpoint since the last flush. */
export interface EndpointCounts {
  readonly tenantId: string;
  readonly endpointId: string;
  accepted: number;
  refused: Map<string, number>;
  lastAcceptedAtMs: number | null;
  lastRefusedAtMs: number | null;
  lastRefusedReason: string | null;
  /** First refusal for want of proof after the last accepted message of this span. */
  failingSinceMs: number | null;
}

export interface DoorCounters {
  accepted(endpoint: { tenantId: string; id: string }, atMs: number): void;
  /** `unproven` = the sender could not be verified. */
  refused(endpoint: { tenantId: string; id: string }, reason: string, atMs: number, unproven: boolean): void;
  /** Hands over what was counted and starts anew. */
  take(): EndpointCounts[];
  /** Puts back what could not be written. */
  giveBack(counts: readonly EndpointCounts[]): void;
}

/** Counts in memory, so that counting costs a request nothing. */
export function createDoorCounters(): DoorCounters {
  let counts = new Map<string, EndpointCounts>();

  function of(tenantId: string, endpointId: string): EndpointCounts {
    const known = counts.get(endpointId);
    if (known) return known;
    const fresh: EndpointCounts = {
      tenantId,
      endpointId,
      accepted: 0,
      refused: new Map(),
      lastAcceptedAtMs: null,
      lastRefusedAtMs: null,
      lastRefusedReason: null,
      failingSinceMs: null,
    };
    counts.set(endpointId, fresh);
    return fresh;
  }

  return {
    accepted(endpoint, atMs) {
      const count = of(endpoint.tenantId, endpoint.id);
      count.accepted += 1;
      count.lastAcceptedAtMs = atMs;
      count.failingSinceMs = null;
    },
    refused(endpoint, reason, atMs, unproven) {
      const count = of(endpoint.tenantId, endpoint.id);
      count.refused.set(reason, (count.refused.get(reason) ?? 0) + 1);
      count.lastRefusedAtMs = atMs;
      count.lastRefusedReason = reason;
      if (unproven) count.failingSinceMs ??= atMs;
    },
    take() {
      const taken = [...counts.values()];
      counts = new Map();
      return taken;
    },
    giveBack(earlier) {
      for (const one of earlier) merge(of(one.tenantId, one.endpointId), one);
    },
  };
}

/** Adds an earlier span to a later one. */
function merge(later: EndpointCounts, earlier: EndpointCounts): void {
  later.accepted += earlier.accepted;
  for (const [reason, count] of earlier.refused)
    later.refused.set(reason, (later.refused.get(reason) ?? 0) + count);
  if (later.lastAcceptedAtMs === null) {
    later.failingSinceMs = earlier.failingSinceMs ?? later.failingSinceMs;
    later.lastAcceptedAtMs = earlier.lastAcceptedAtMs;
  }
  later.lastRefusedAtMs ??= earlier.lastRefusedAtMs;
  later.lastRefusedReason ??= earlier.lastRefusedReason;
}
