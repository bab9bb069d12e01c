import { createContext } from 'svelte';
import { invalidateAll } from '$app/navigation';
import type { FlagChanged, LiveFrame } from '#contracts/live';
import { summarise } from './live-summary.ts';
import { createApiClient, type ApiClient } from './trpc.ts';

/** What is between the end of a session and the cookie of the one that takes its place, ms. */
const renewedMs = 1000;

/** Who hears of changes: a screen that shows flags. */
interface LiveListener {
  onChanges(changes: readonly FlagChanged[]): void;
  /** The server could not tell all that was missed: read everything again. */
  onResync(): void;
}

export interface Live {
  /** `off` before the script runs and on a past date. */
  readonly state: 'live' | 'connecting' | 'off';
  /** Event received by the server → seen here, milliseconds; null until one was seen. */
  readonly latencyMs: number | null;
  /** A sentence for screen readers about the newest changes. */
  readonly summary: string;
  /** The API as this tab speaks it. Only in the browser. */
  readonly api: ApiClient;
  /**
   * Tells the listener of changes from now on, and first of those newer than `after`, the sequence at which its page
   * was read: they may have come before the page was there to listen.
   */
  listen(listener: LiveListener, after?: number): () => void;
}

const [read, provide] = createContext<Live>();
export const useLive = read;

/** Older than this, a change comes from catching up and says nothing about the way from event to screen. */
const freshMs = 10_000;
const maxRemembered = 2_000;
/** Changes kept for screens that open while the feed runs. */
const maxRecent = 500;

export interface LiveSource {
  /** False on a past date: nothing changes there. */
  readonly active: boolean;
  /** The sequence at which the first page was read; undefined when the page shows no flags. */
  readonly after: number | undefined;
}

/** Opens the live feed for all parts below; call once, in the layout's script. */
export function provideLive(source: () => LiveSource): Live {
  let state = $state<Live['state']>('off');
  let latencyMs = $state<number | null>(null);
  let summary = $state('');
  let client: ApiClient | null = null;
  const listeners = new Set<LiveListener>();
  let recent: FlagChanged[] = [];

  function api(): ApiClient {
    client ??= createApiClient({
      onLiveClosed: (code) => {
        // Signed out elsewhere, or other rights: the pages themselves must be asked again.
        // A session that was renewed takes its sockets with it: the cookie of the next one comes with an answer that may
        // still be on its way.
        if (code === 4401) setTimeout(() => void invalidateAll(), renewedMs);
        if (code === 4403) void invalidateAll();
      },
    });
    return client;
  }

  $effect(() => {
    if (!source().active) {
      state = 'off';
      return undefined;
    }
    const follow = createFollower(api(), (frame, offsetMs) => {
      const fresh = frame.type === 'flags' ? frame.changes : [];
      recent = [...recent, ...fresh].slice(-maxRecent);
      for (const listener of listeners) {
        if (frame.type === 'flags') listener.onChanges(fresh);
        else listener.onResync();
      }
      if (fresh.length > 0) summary = summarise(fresh);
      measure(fresh, offsetMs, (ms) => (latencyMs = ms));
    });
    return follow(source().after, (next) => (state = next));
  });

  const live: Live = {
    get state() {
      return state;
    },
    get latencyMs() {
      return latencyMs;
    },
    get summary() {
      return summary;
    },
    get api() {
      return api();
    },
    listen(listener, after) {
      listeners.add(listener);
      const missed = after === undefined ? [] : recent.filter((change) => change.sequence > after);
      if (missed.length > 0) listener.onChanges(missed);
      return () => listeners.delete(listener);
    },
  };
  provide(live);
  return live;
}

/** Subscribes, leaves out what was seen before, and keeps the offset of the server's clock. */
function createFollower(api: ApiClient, onFrame: (frame: LiveFrame, offsetMs: number) => void) {
  return (after: number | undefined, onState: (state: Live['state']) => void): (() => void) => {
    let offsetMs = 0;
    const seen = new Set<string>();
    void readOffset(api).then((ms) => (offsetMs = ms));
    onState('connecting');
    const subscription = api.live.flags.subscribe(after === undefined ? undefined : { after }, {
      onData: ({ data }) => {
        if (data.type === 'resync') return onFrame(data, offsetMs);
        const changes = data.changes.filter((change) => !seen.has(change.id));
        for (const change of changes) seen.add(change.id);
        for (const id of seen) {
          if (seen.size <= maxRemembered) break;
          seen.delete(id);
        }
        return changes.length === 0 ? undefined : onFrame({ type: 'flags', changes }, offsetMs);
      },
      onConnectionStateChange: ({ state }) => {
        onState(state === 'pending' ? 'live' : state === 'connecting' ? 'connecting' : 'off');
      },
    });
    return () => subscription.unsubscribe();
  };
}

/** Server's clock minus ours, from one exchange; half the round trip is taken as the way back. */
async function readOffset(api: ApiClient): Promise<number> {
  try {
    const asked = Date.now();
    const { nowMs } = await api.live.clock.query();
    return nowMs - (asked + Date.now()) / 2;
  } catch {
    return 0;
  }
}

/** From the door of the server to the frame after the change was drawn. */
function measure(changes: readonly FlagChanged[], offsetMs: number, tell: (ms: number) => void): void {
  const received = changes.map((change) => change.receivedAt).filter((at) => at !== null);
  const newest = received.toSorted().at(-1);
  if (newest === undefined) return;
  requestAnimationFrame(() => {
    const ms = Date.now() + offsetMs - Date.parse(newest);
    if (ms >= 0 && ms < freshMs) tell(ms);
  });
}
