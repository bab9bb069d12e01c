import { LRUCache } from 'lru-cache';
import type { FlagChanged } from '#contracts/live';
import { latencyEdgesMs, type Latencies } from '#contracts/screens/status';
import type { Clock } from '#platform/clock';
import { createLatencyWindow, type LatencyWindow, type Telemetry } from '#platform/telemetry';

/** How long flags take from the door to the screen: for Prometheus, for traces and for the status screen. */
export interface FlagLatency {
  /** In the process that decides: the transaction has committed. */
  committed(changes: readonly FlagChanged[]): void;
  /** In a process with viewers: the changes came, once each, whoever watches. */
  heard(changes: readonly FlagChanged[]): void;
  /** In a process with viewers: called where the trace of the changes is known, before they are gathered for frames. */
  published(changes: readonly FlagChanged[]): void;
  /** In a process with viewers: a frame with the changes went to at least one socket. */
  sent(changes: readonly FlagChanged[]): void;
  /** Changes of the last hour of one company. What only the DER may know of is left out. */
  ofTenant(tenantId: string): Latencies;
  ofAll(): Latencies;
  readonly measuredSince: string;
}

interface Windows {
  readonly decided: LatencyWindow;
  readonly screen: LatencyWindow;
}

const hourMs = 3_600_000;
const slices = 12;
/** Companies whose windows are kept, some 15 KB each. */
const maxTenants = 500;
const maxTraced = 1000;

const secondsBuckets = [0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

export function createFlagLatency(deps: Telemetry & { clock: Clock }): FlagLatency {
  const { clock, tracing } = deps;
  const instruments = createInstruments(deps);
  const all = createWindows();
  const tenants = new LRUCache<string, Windows>({ max: maxTenants, memoMethod: createWindows });
  const traced = new LRUCache<string, { parent: string; atMs: number }>({ max: maxTraced });

  /** Older than the hour: a replay, or a letter that a person sent round again. It says nothing of the last hour. */
  function note(change: FlagChanged, stage: keyof Windows, endedMs: number): void {
    const receivedMs = receivedMsOf(change);
    const tookMs = Math.max(0, endedMs - receivedMs);
    if (!(tookMs < hourMs)) return;
    all[stage].record(tookMs, endedMs);
    if (change.audience !== 'der') tenants.memo(change.tenantId)[stage].record(tookMs, endedMs);
  }

  const latencies = (windows: Windows): Latencies => {
    const nowMs = clock.nowMs();
    return { decided: windows.decided.summary(nowMs), screen: windows.screen.summary(nowMs) };
  };

  return {
    measuredSince: clock.now(),
    committed: (changes) => instruments.committed(changes, clock.nowMs()),
    heard: (changes) => {
      for (const change of changes) note(change, 'decided', Date.parse(change.decidedAt));
    },
    published: (changes) => {
      if (!tracing.on) return;
      const atMs = clock.nowMs();
      for (const { id, employeeId } of changes) {
        const parent = tracing.outgoing({ key: employeeId, headers: {} });
        if (parent !== undefined && !traced.has(id)) traced.set(id, { parent, atMs });
      }
    },
    sent: (changes) => {
      const nowMs = clock.nowMs();
      instruments.sent(changes, nowMs);
      for (const change of changes) {
        note(change, 'screen', nowMs);
        const trace = traced.get(change.id);
        if (trace === undefined) continue;
        traced.delete(change.id);
        tracing.note(trace.parent, 'live frame', trace.atMs, { 'plumbline.frame.changes': changes.length });
      }
    },
    ofTenant: (tenantId) => latencies(tenants.get(tenantId) ?? createWindows()),
    ofAll: () => latencies(all),
  };
}

function createWindows(): Windows {
  const options = { edgesMs: latencyEdgesMs, spanMs: hourMs, slices };
  return { decided: createLatencyWindow(options), screen: createLatencyWindow(options) };
}

/** NaN when time alone made the change. */
function receivedMsOf({ receivedAt }: FlagChanged): number {
  return receivedAt === null ? Number.NaN : Date.parse(receivedAt);
}

function createInstruments({ meter }: Telemetry) {
  const decided = meter.histogram({
    name: 'plumbline_event_to_flag_seconds',
    help: 'From the acceptance of a message to the commit of the flag it changed; replays and requeued letters count too.',
    labels: {},
    buckets: secondsBuckets,
  });
  const screen = meter.histogram({
    name: 'plumbline_event_to_screen_seconds',
    help: 'From the acceptance of a message to the frame that told sockets of the flag it changed.',
    labels: {},
    buckets: secondsBuckets,
  });
  const handedOver = meter.histogram({
    name: 'plumbline_flag_to_screen_seconds',
    help: 'From the decision of a flag to the frame that told sockets of it.',
    labels: {},
    buckets: secondsBuckets,
  });
  const flags = meter.counter({
    name: 'plumbline_flag_changes_total',
    help: 'Flags decided anew; to=same when only the outlook moved.',
    labels: { to: ['green', 'yellow', 'red', 'stale', 'same'] },
  });

  return {
    committed: (changes: readonly FlagChanged[], nowMs: number): void => {
      if (!meter.on) return;
      for (const change of changes) {
        const moved = change.from.flag !== change.to.flag || change.from.hold !== change.to.hold;
        flags.add(1, { to: moved ? change.to.flag : 'same' });
        if (change.receivedAt !== null) decided.record(secondsBetween(receivedMsOf(change), nowMs), {});
      }
    },
    sent: (changes: readonly FlagChanged[], nowMs: number): void => {
      if (!meter.on) return;
      for (const change of changes) {
        handedOver.record(secondsBetween(Date.parse(change.decidedAt), nowMs), {});
        if (change.receivedAt !== null) screen.record(secondsBetween(receivedMsOf(change), nowMs), {});
      }
    },
  };
}

const secondsBetween = (fromMs: number, toMs: number): number => Math.max(0, toMs - fromMs) / 1000;
