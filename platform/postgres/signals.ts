import type { PoolClient } from 'pg';
import type { Log } from '#platform/log';
import type { Postgres, Signals } from './index.ts';

/** One channel of the database carries all of ours: `<channel> <payload>`. */
const databaseChannel = 'plumbline';

interface Listener {
  onSignal: (payload: string) => void;
  onMissed: () => void;
}

type Listeners = Map<string, Set<Listener>>;

function tell(listeners: Listeners, message: string): void {
  const space = message.indexOf(' ');
  for (const { onSignal } of listeners.get(message.slice(0, space)) ?? []) onSignal(message.slice(space + 1));
}

/** Opens it; throws when the database is away. On a server by LISTEN and NOTIFY over one connection of the pool; the embedded engine has one process only. */
export async function openSignals({ postgres, log }: { postgres: Postgres; log: Log }): Promise<Signals> {
  const listeners: Listeners = new Map();
  const ear =
    postgres.mode === 'embedded'
      ? null
      : await openEar({
          postgres,
          log,
          onMessage: (message) => tell(listeners, message),
          onMissed: () => {
            for (const each of [...listeners.values()].flatMap((some) => [...some])) each.onMissed();
          },
        });

  return {
    send: async (channel, payload) => {
      const message = `${channel} ${payload}`;
      if (ear === null) return queueMicrotask(() => tell(listeners, message));
      await postgres.pool
        .query('select pg_notify($1, $2)', [databaseChannel, message])
        .catch((err: unknown) => log.warn({ err, kind: channel }, 'other processes could not be told'));
    },
    listen: (channel, onSignal, onMissed = () => {}) => {
      const own = { onSignal, onMissed };
      const some = listeners.get(channel) ?? new Set();
      listeners.set(channel, some.add(own));
      return () => void some.delete(own);
    },
    close: async () => {
      await ear?.close();
    },
  };
}

interface EarDeps {
  postgres: Postgres;
  log: Log;
  onMessage: (message: string) => void;
  /** It listens again after it could not. */
  onMissed: () => void;
}

const firstRetryMs = 100;
const longestRetryMs = 5000;

/** Holds a connection that listens, and makes a new one when it breaks. */
async function openEar({ postgres, log, onMessage, onMissed }: EarDeps): Promise<{ close(): Promise<void> }> {
  let held: PoolClient | undefined;
  let retry: NodeJS.Timeout | undefined;
  let opening: Promise<void> = Promise.resolve();
  let closed = false;
  let failures = 0;

  function lost(client: PoolClient, err: Error): void {
    if (held !== client) return;
    held = undefined;
    client.release(err);
    again(err);
  }

  function again(err: unknown): void {
    if (closed) return;
    failures += 1;
    const retryInMs = Math.min(firstRetryMs * 2 ** failures, longestRetryMs);
    log.warn({ err, retryInMs }, 'messages of other processes cannot be heard; it will be tried again');
    retry = setTimeout(() => {
      opening = open().then(onMissed, again);
    }, retryInMs);
  }

  async function open(): Promise<void> {
    const client = await postgres.pool.connect();
    try {
      client.on('error', (err) => lost(client, err));
      client.on('end', () => lost(client, new Error('the connection ended')));
      client.on('notification', ({ payload }) => onMessage(payload ?? ''));
      await client.query(`listen ${databaseChannel}`);
      held = client;
      failures = 0;
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  await open();
  return {
    close: async () => {
      closed = true;
      clearTimeout(retry);
      await opening;
      const client = held;
      held = undefined;
      // Destroyed, not handed back: it listens.
      client?.release(true);
    },
  };
}
