import type { Signals } from '#platform/postgres';

const channel = 'approvals-changed';

/** Longest wait for news, ms: hints may be lost, so whoever follows looks now and then. */
const lookAgainMs = 60_000;

/** News between processes that a company's requests changed. */
export function createApprovalChanges(signals: Pick<Signals, 'send' | 'listen'>) {
  return {
    tell: (tenantId: string): void => void signals.send(channel, tenantId),
    /** Resolves at the next change of the company's requests, after a minute, or when given up. */
    next: (tenantId: string, given: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          stop();
          given.removeEventListener('abort', done);
          resolve();
        };
        const hear = (changed: string): void => (changed === tenantId ? done() : undefined);
        const stop = signals.listen(channel, hear, done);
        const timer = setTimeout(done, lookAgainMs);
        timer.unref();
        given.addEventListener('abort', done, { once: true });
        if (given.aborted) done();
      }),
  };
}
