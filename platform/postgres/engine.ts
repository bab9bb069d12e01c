import type { PGlite } from '@electric-sql/pglite';
import { fatalIn } from './protocol.ts';

/** A running embedded engine: one session that speaks Postgres' wire protocol. */
export interface Engine {
  /**
   * Runs whole protocol messages and resolves with the engine's answer, bytes as they came. Calls run one after the
   * other. Rejects only when the engine is dead: SQL errors are answers.
   */
  exec(messages: Uint8Array): Promise<Uint8Array>;
  /** Writes what is left and stops. */
  close(): Promise<void>;
}

/** PGlite as an engine in this thread: it blocks the thread while it works. */
export function createEngine(db: PGlite): Engine {
  return {
    exec: async (messages) => {
      const parts: Uint8Array[] = [];
      await db.execProtocolRawStream(messages, {
        syncToFs: false,
        // The bytes are the engine's own memory: valid during the call only.
        onRawData: (bytes) => parts.push(bytes.slice()),
      });
      const answer = joined(parts);
      const fatal = fatalIn(answer);
      if (fatal !== null) throw new Error(fatal);
      return answer;
    },
    close: () => db.close(),
  };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
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
