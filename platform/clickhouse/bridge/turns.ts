/** Lets at most `limit` tasks run at once; the others wait in order. */
export interface Turns {
  /** Resolves with a function that gives the turn back. Rejects with the signal's reason when aborted while waiting. */
  take(signal: AbortSignal): Promise<() => void>;
}

export function createTurns(limit: number): Turns {
  let free = limit;
  const waiting = new Set<() => void>();

  function giveBack(): void {
    const [next] = waiting;
    if (next === undefined) {
      free += 1;
      return;
    }
    waiting.delete(next);
    next();
  }

  /** A turn given back twice would let too many run. */
  function once(): () => void {
    let given = false;
    return () => {
      if (given) return;
      given = true;
      giveBack();
    };
  }

  return {
    take: (signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        if (free > 0) {
          free -= 1;
          return resolve(once());
        }
        const start = () => {
          signal.removeEventListener('abort', leave);
          resolve(once());
        };
        const leave = () => {
          waiting.delete(start);
          reject(signal.reason);
        };
        waiting.add(start);
        signal.addEventListener('abort', leave, { once: true });
      }),
  };
}
