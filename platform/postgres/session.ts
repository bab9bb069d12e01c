import type { PGlite } from '@electric-sql/pglite';
import { PlumblineError } from '#platform/errors';

/** What the driver bridge uses of PGlite. */
export type Session = Pick<PGlite, 'execProtocolStream' | 'waitReady'>;

/** An engine that can be closed: PGlite. */
export interface Engine extends Session {
  close: () => Promise<void>;
}

export interface SessionDeps {
  /** Opens the engine, now and again after a PANIC. Null when it cannot be opened again (in memory). */
  reopen: (() => Promise<Engine>) | null;
  /** The engine died; it is being opened again. */
  onBroken: (error: Error) => void;
  /** A new engine took over: whatever the old one had prepared is gone. */
  onReopened: () => void;
}

/** First bytes of messages that get no answer of their own: parse, bind, describe, execute, close. */
const heldBack = new Set(Array.from('PBDEC', (letter) => letter.charCodeAt(0)));
const reopenEveryMs = 2000;

/**
 * The one session of an embedded engine, with two repairs.
 *
 * The driver sends a parameterised query as five messages and the bridge would run each on its own; sent together with
 * the sync that ends them they cost half.
 *
 * After a PANIC (a full disk while writing WAL) the engine must not be called again: it would spin for ever and stop
 * the whole process. The failure is thrown, which makes the pool drop its client and with it the open transaction;
 * calls fail as `postgres.unavailable` until a new engine has recovered the folder from its WAL.
 */
export function createMendingSession(first: Engine, deps: SessionDeps): Engine {
  let engine: Engine | undefined = first;
  let held: Uint8Array[] = [];
  let closed = false;
  let timer: NodeJS.Timeout | undefined;

  function breakDown(cause: Error): PlumblineError {
    engine = undefined;
    deps.onBroken(cause);
    if (deps.reopen !== null) mendLater(deps.reopen);
    return brokenError(cause);
  }

  async function mend(reopen: () => Promise<Engine>): Promise<void> {
    const opened = await reopen();
    if (closed) {
      await opened.close();
      return;
    }
    engine = opened;
    deps.onReopened();
  }

  function mendLater(reopen: () => Promise<Engine>): void {
    timer = setTimeout(() => {
      mend(reopen).catch((error: unknown) => {
        deps.onBroken(toError(error));
        if (!closed) mendLater(reopen);
      });
    }, reopenEveryMs);
  }

  return {
    waitReady: first.waitReady,
    execProtocolStream: async (message, options) => {
      held.push(message);
      if (heldBack.has(message[0] ?? 0)) return [];
      const whole = held.length === 1 ? message : Buffer.concat(held);
      held = [];
      if (engine === undefined) throw brokenError();
      const answers = await engine.execProtocolStream(whole, options).catch((error: unknown) => {
        throw breakDown(toError(error));
      });
      const fatal = answers.find((answer): unknown => isFatal(answer));
      if (fatal !== undefined) throw breakDown(toError(fatal));
      return answers;
    },
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await engine?.close();
    },
  };
}

const isFatal = (answer: object) =>
  'severity' in answer && (answer.severity === 'PANIC' || answer.severity === 'FATAL');

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
