import type { PGlite } from '@electric-sql/pglite';
import { deathIn } from './protocol.ts';

/** A running embedded engine: one session that speaks Postgres' wire protocol. */
export interface Engine {
  /**
   * Runs whole protocol messages, which it takes over, and resolves with the engine's answer, bytes as they came. Calls
   * run one after the other. Rejects only when the engine is dead: SQL errors are answers.
   */
  exec(messages: Uint8Array): Promise<Uint8Array<ArrayBuffer>>;
  /** Writes what is left and stops. */
  close(): Promise<void>;
}

/** PGlite as an engine in this thread: it blocks the thread while it works. */
export function createEngine(db: PGlite): Engine {
  return {
    exec: async (messages) => {
      const parts: Uint8Array<ArrayBuffer>[] = [];
      await db.execProtocolRawStream(messages, {
        syncToFs: false,
        // The bytes are the engine's own memory: valid during the call only.
        onRawData: (bytes) => parts.push(new Uint8Array(bytes)),
      });
      const answer = joined(parts);
      const death = deathIn(answer, messages);
      if (death !== null) throw new Error(death);
      return answer;
    },
    close: () => db.close(),
  };
}

function joined(parts: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return first;
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
