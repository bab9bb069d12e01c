/** Waits of one loop that can be cut short. */
export interface Sleeper {
  /** Ends a wait, or the next one if none is on. */
  wake: () => void;
  /** Ends all waits for good. */
  stop(): void;
  stopped(): boolean;
  /** Waits until woken, also if that happened just before; at most `ms`. */
  untilWoken(ms: number): Promise<void>;
  /** Waits the full time; only `stop` ends it. */
  through(ms: number): Promise<void>;
}

export function createSleeper(): Sleeper {
  let woken = false;
  let over = false;
  const endings = new Set<() => void>();

  async function wait(ms: number, endedByWake: boolean): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      const end = () => {
        if (!endedByWake && !over) return;
        clearTimeout(timer);
        resolve();
      };
      endings.add(end);
    });
    endings.clear();
  }

  function endWaits(): void {
    for (const end of endings) end();
  }

  return {
    wake: () => {
      woken = true;
      endWaits();
    },
    stop: () => {
      over = true;
      endWaits();
    },
    stopped: () => over,
    untilWoken: async (ms) => {
      if (!woken && !over) await wait(ms, true);
      woken = false;
    },
    through: async (ms) => {
      if (!over) await wait(ms, false);
    },
  };
}
