/** Whether something that comes and goes is there now, and a way to wait for it. */
export interface Readiness {
  up(): void;
  down(): void;
  /** No one will come again: all waiters, and all who ask later, get `error`. */
  end(error: Error): void;
  /** Rejects after `timeoutMs` with an error that carries `explain()`. */
  wait(timeoutMs: number, explain: () => string): Promise<void>;
}

export function createReadiness(): Readiness {
  let isUp = false;
  let ended: Error | null = null;
  const waiting = new Set<(error: Error | null) => void>();

  function settle(error: Error | null): void {
    for (const done of waiting) done(error);
    waiting.clear();
  }

  return {
    up: () => {
      isUp = true;
      settle(null);
    },
    down: () => {
      isUp = false;
    },
    end: (error) => {
      isUp = false;
      ended = error;
      settle(error);
    },
    wait: (timeoutMs, explain) => {
      if (isUp) return Promise.resolve();
      if (ended !== null) return Promise.reject(ended);
      return new Promise((resolve, reject) => {
        const done = (error: Error | null) => {
          clearTimeout(timer);
          waiting.delete(done);
          if (error === null) resolve();
          else reject(error);
        };
        const timer = setTimeout(() => done(new Error(explain())), timeoutMs);
        waiting.add(done);
      });
    },
  };
}
