import { sql, type RawBuilder } from 'kysely';
import type { Postgres, Tx } from '#platform/postgres';

/**
 * What the instrumented program asks at each guard: as written, or as if the guard were not there. One for the process, as
 * the program's files reach it by `globalThis` alone.
 */
export interface GuardSwitch {
  ask<T>(id: string, asWritten: () => T, loosened: () => T): T;
  /** Row security by the viewer's scope; off = by the company alone. */
  asViewer<T>(
    id: string,
    postgres: Pick<Postgres, 'asViewer' | 'asTenant'>,
    scope: Parameters<Postgres['asViewer']>[0],
    work: (tx: Tx) => Promise<T>,
  ): Promise<T>;
  /** Runs a call with the refusals inside `authorize.ts` off. */
  lax<T>(call: () => T): T;
  readonly anyRow: RawBuilder<boolean>;
  /** Guards that are off now. */
  readonly off: Set<string>;
  /** Guards that were asked since it was cleared. */
  readonly asked: Set<string>;
  /** Part of every cache key that is made of a scope: what was kept under other guards is not found again. */
  generation: number;
}

declare global {
  var guardSwitch: GuardSwitch;
}

const insideAuthorize = 'domain/identity/authorize.ts · authorize';

export function installGuardSwitch(): GuardSwitch {
  let isLax = false;
  const guardSwitch: GuardSwitch = {
    anyRow: sql<boolean>`true`,
    off: new Set(),
    asked: new Set(),
    generation: 0,
    ask: (id, asWritten, loosened) => {
      guardSwitch.asked.add(id);
      const isOff = guardSwitch.off.has(id) || (isLax && id.startsWith(insideAuthorize));
      return isOff ? loosened() : asWritten();
    },
    asViewer: (id, postgres, scope, work) => {
      guardSwitch.asked.add(id);
      return guardSwitch.off.has(id)
        ? postgres.asTenant(scope.tenantId, work)
        : postgres.asViewer(scope, work);
    },
    lax: (call) => {
      const before = isLax;
      isLax = true;
      try {
        return call();
      } finally {
        isLax = before;
      }
    },
  };
  globalThis.guardSwitch = guardSwitch;
  return guardSwitch;
}
