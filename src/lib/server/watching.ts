import type { AccessTally } from '#domain/incidents';
import type { Lifecycle } from '#platform/lifecycle';
import type { Log } from '#platform/log';
import type { ViewerSession } from './context.ts';

/** What the watch is told of requests. */
export interface AccessWatch {
  denied(asked: Asked): void;
  opened(asked: Asked, employeeId: string): void;
}

export interface Asked {
  readonly session: ViewerSession;
  readonly ip: string | null;
  /** The procedure. */
  readonly what: string;
}

/** Procedures that hand out one person's whole record. */
const records = new Set(['person.page', 'person.why']);

/** The person whose record such a request hands out; null for all others. */
export function recordAsked(path: string, input: unknown): string | null {
  if (!records.has(path) || typeof input !== 'object' || input === null) return null;
  return 'employeeId' in input && typeof input.employeeId === 'string' ? input.employeeId : null;
}

const flushMs = 10_000;

/** Counts access, and writes the sums down every ten seconds and at the end. */
export function createAccessWatch(
  tally: AccessTally,
  { lifecycle, log }: { lifecycle: Lifecycle; log: Log },
): AccessWatch {
  const flush = () =>
    tally
      .flush()
      .catch((err: unknown) =>
        log.error({ err }, 'what was counted of access was not written; it will be tried again'),
      );
  const timer = setInterval(() => void flush(), flushMs);
  timer.unref();
  lifecycle.onClose('access tally', async () => {
    clearInterval(timer);
    await flush();
  });
  return {
    denied: (asked) => tally.denied(noteOf(asked)),
    opened: (asked, employeeId) => tally.opened(noteOf(asked), employeeId),
  };
}

function noteOf({ session: { viewer }, ip, what }: Asked) {
  return { tenantId: viewer.actingTenantId, userId: viewer.user.id, userName: viewer.user.name, ip, what };
}
