import { PlumblineError } from '#platform/errors';
import type { Engine } from './engine.ts';
import { simpleQuery } from './protocol.ts';

/** Runs whole protocol messages. Rejects with `postgres.engine_broken` once the engine that it began on is gone. */
export type Exec = (messages: Uint8Array) => Promise<Uint8Array>;

/** The one session of an embedded engine, mended after the engine's death. */
export interface Session {
  /** Begins anew for a client: nothing of the client before is left, be it a transaction, a role or a statement. */
  connect(): Promise<Exec>;
  close(): Promise<void>;
}

export interface SessionDeps {
  /** Opens the engine again after it died. Null when that is impossible (in memory). */
  reopen: (() => Promise<Engine>) | null;
  /** The engine died, or could not be opened again; it will be tried again. */
  onBroken: (error: Error) => void;
  onReopened: () => void;
  /** Pause before each try to open the engine again; 2 s when absent. */
  reopenEveryMs?: number;
}

/**
 * After a PANIC (a full disk while writing WAL) the engine must not be called again: it would spin for ever. The
 * failure is thrown, which makes the pool drop its client and with it the open transaction; calls fail as
 * `postgres.engine_broken` until a new engine has recovered the folder from its WAL.
 */
export function createMendingSession(first: Engine, deps: SessionDeps): Session {
  let current: Engine | undefined = first;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;

  function breakDown(cause: Error): void {
    current = undefined;
    deps.onBroken(cause);
    if (deps.reopen !== null) mendLater(deps.reopen);
  }

  async function mend(reopen: () => Promise<Engine>): Promise<void> {
    const opened = await reopen();
    if (closed) {
      await opened.close();
      return;
    }
    current = opened;
    deps.onReopened();
  }

  function mendLater(reopen: () => Promise<Engine>): void {
    timer = setTimeout(() => {
      mend(reopen).catch((error: unknown) => {
        deps.onBroken(toError(error));
        if (!closed) mendLater(reopen);
      });
    }, deps.reopenEveryMs ?? 2000);
  }

  async function execOn(engine: Engine, messages: Uint8Array): Promise<Uint8Array> {
    if (current !== engine) throw brokenError();
    try {
      return await engine.exec(messages);
    } catch (error) {
      const cause = toError(error);
      if (current === engine) breakDown(cause);
      throw brokenError(cause);
    }
  }

  return {
    connect: async () => {
      const engine = current;
      if (engine === undefined) throw brokenError();
      await execOn(engine, simpleQuery('rollback'));
      await execOn(engine, simpleQuery('discard all'));
      return (messages) => execOn(engine, messages);
    },
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await current?.close();
    },
  };
}

const toError = (thrown: unknown) => (thrown instanceof Error ? thrown : new Error(String(thrown)));

function brokenError(cause?: Error): PlumblineError {
  return new PlumblineError({
    kind: 'unavailable',
    code: 'postgres.engine_broken',
    detail: 'The database stopped after a failure and is being opened again. Try again shortly.',
    retryAfterS: 5,
    ...(cause === undefined ? {} : { internal: cause.message, cause }),
  });
}
