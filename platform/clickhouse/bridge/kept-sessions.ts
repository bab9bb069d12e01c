import type { Session } from 'chdb';
import { EngineError } from './engine-error.ts';

/** Sessions that live across requests (`session_id`): temporary tables and settings stay in them. */
export interface KeptSessions {
  /** Throws SESSION_NOT_FOUND (372) or, while another request uses the session, SESSION_IS_LOCKED (373). */
  take(wanted: { id: string; timeoutMs: number; mustExist: boolean }): {
    session: Session;
    giveBack: () => void;
  };
  close(): void;
}

export function createKeptSessions(open: () => Session): KeptSessions {
  const sessions = new Map<string, { session: Session; busy: boolean; expiry?: NodeJS.Timeout }>();

  return {
    take: ({ id, timeoutMs, mustExist }) => {
      let entry = sessions.get(id);
      if (entry === undefined) {
        if (mustExist) throw new EngineError(372, 'SESSION_NOT_FOUND', 'Session not found');
        entry = { session: open(), busy: false };
        sessions.set(id, entry);
      }
      if (entry.busy) {
        throw new EngineError(373, 'SESSION_IS_LOCKED', 'Session is locked by a concurrent client');
      }
      const held = entry;
      held.busy = true;
      clearTimeout(held.expiry);
      return {
        session: held.session,
        giveBack: () => {
          held.busy = false;
          held.expiry = setTimeout(() => {
            sessions.delete(id);
            held.session.close();
          }, timeoutMs);
          held.expiry.unref();
        },
      };
    },
    close: () => {
      for (const { session, expiry } of sessions.values()) {
        clearTimeout(expiry);
        session.close();
      }
      sessions.clear();
    },
  };
}
