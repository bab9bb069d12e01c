import type { FlagChanged } from '#contracts/live';
import type { Scope } from '#domain/identity';
import { maskChange, scopeKey, type Pseudonyms } from '../visibility.ts';
import { createBurst } from './burst.ts';
import { createHistory, type ChangeHistory } from './history.ts';
import { encodeFrame, trackedId, type EncodedFrame } from './wire.ts';

/** Someone who watches a room: a socket, or a generator. */
export interface Subscriber {
  readonly scope: Scope;
  deliver(frame: EncodedFrame): void;
}

export interface RoomDeps {
  readonly tenantId: string;
  readonly history: ChangeHistory;
  readonly pseudonyms: Pseudonyms;
  /**
   * After a frame, further changes are gathered for at most this long, less with few viewers; the first change after a
   * pause goes out at once.
   */
  readonly coalesceMs: number;
  /** A viewer who missed more than this many changes re-reads the page instead. */
  readonly maxReplay: number;
  /** A change that others overtook is looked up in the database after this long. */
  readonly repairMs: number;
  readonly onError: (error: unknown) => void;
  /** Told of changes that went out to somebody, once each. */
  readonly onSent: (changes: readonly FlagChanged[]) => void;
}

/** Most changes in one frame; more go out as several frames. */
const maxPerFrame = 250;

/** Half a frame of a display: nobody sees a shorter wait. */
const shortestMs = 8;
/** Sending to one viewer takes some 8 µs: waiting this long for each keeps a room under a tenth of a core. */
const msPerViewer = 0.1;

interface Group {
  readonly scope: Scope;
  readonly subscribers: Set<Subscriber>;
}

/**
 * One tenant's viewers in this process. Changes may arrive out of order and twice (they come over a partitioned
 * log); each goes out once, and the resume id never passes a change that has not gone out.
 */
export function createRoom(deps: RoomDeps) {
  const groups = new Map<string, Group>();
  const past = createHistory(deps.history, deps.tenantId, deps.maxReplay);
  const burst = createBurst<FlagChanged>(
    () => windowMsOf(groups.values(), deps.coalesceMs),
    (changes) => {
      let told = false;
      for (const group of groups.values()) told = deliver(group.scope, changes, group.subscribers) || told;
      if (told) deps.onSent(changes);
    },
  );
  let repair: NodeJS.Timeout | null = null;

  /** @returns whether there was anything to tell. */
  function deliver(scope: Scope, changes: readonly FlagChanged[], to: Iterable<Subscriber>): boolean {
    const frames = framesFor(scope, changes, past.watermark(), deps.pseudonyms);
    for (const frame of frames) {
      for (const subscriber of to) subscriber.deliver(frame);
    }
    return frames.length > 0;
  }

  function scheduleRepair(): void {
    if (repair !== null || !past.hasGap()) return;
    repair = setTimeout(() => {
      repair = null;
      past.fillGap().then(accept, deps.onError).finally(scheduleRepair);
    }, deps.repairMs);
  }

  function accept(changes: readonly FlagChanged[]): void {
    burst.add(changes.filter((change) => past.add(change)));
    scheduleRepair();
  }

  function enter(subscriber: Subscriber): () => void {
    const key = scopeKey(subscriber.scope);
    const group = groups.get(key) ?? { scope: subscriber.scope, subscribers: new Set() };
    group.subscribers.add(subscriber);
    groups.set(key, group);
    return () => {
      group.subscribers.delete(subscriber);
      if (group.subscribers.size === 0 && groups.get(key) === group) groups.delete(key);
    };
  }

  return {
    /** Reads where the tenant stands. To be awaited once before the rest. */
    open: () => past.open(),
    /** Takes changes from the log. */
    publish: accept,
    /**
     * Joins after having seen everything up to `after`; null = from now on. What was missed comes first.
     * @returns how to leave.
     */
    async join(subscriber: Subscriber, after: number | null, signal: AbortSignal): Promise<() => void> {
      const known = after === null || (await past.reach(after));
      if (signal.aborted) return () => undefined;
      // From here on nothing awaits: what was missed and what comes next meet without a gap or an overlap.
      burst.flush();
      if (!known || (after !== null && !past.covers(after)))
        subscriber.deliver(resyncFrame(past.watermark(), 'gap too old'));
      else if (after !== null) deliver(subscriber.scope, past.since(after), [subscriber]);
      return enter(subscriber);
    },
    /** The frame that tells a viewer to read everything again. */
    resync: (reason: string) => resyncFrame(past.watermark(), reason),
    close: () => {
      burst.stop();
      if (repair !== null) clearTimeout(repair);
      groups.clear();
    },
  };
}

export type Room = ReturnType<typeof createRoom>;

function windowMsOf(groups: Iterable<Group>, coalesceMs: number): number {
  let viewers = 0;
  for (const group of groups) viewers += group.subscribers.size;
  return Math.min(coalesceMs, Math.max(shortestMs, viewers * msPerViewer));
}

function resyncFrame(watermark: number, reason: string): EncodedFrame {
  return encodeFrame(String(watermark), { type: 'resync', reason });
}

/** Filters and encodes once for all who share the scope. No frame when nothing is for them. */
function framesFor(
  scope: Scope,
  changes: readonly FlagChanged[],
  watermark: number,
  pseudonyms: Pseudonyms,
): EncodedFrame[] {
  const visible = changes
    .map((change) => maskChange(scope, change, pseudonyms))
    .filter((change) => change !== null);
  const frames: EncodedFrame[] = [];
  for (let at = 0; at < visible.length; at += maxPerFrame) {
    const part = visible.slice(at, at + maxPerFrame);
    const highest = Math.max(...part.map((change) => change.sequence));
    // Only the last frame may claim the watermark: a viewer who drops in between resumes before the first.
    const last = at + maxPerFrame >= visible.length;
    const reached = last ? watermark : Math.min(watermark, firstSequence(visible) - 1);
    frames.push(encodeFrame(trackedId(reached, highest), { type: 'flags', changes: part }));
  }
  return frames;
}

function firstSequence(changes: readonly FlagChanged[]): number {
  return Math.min(...changes.map((change) => change.sequence));
}
