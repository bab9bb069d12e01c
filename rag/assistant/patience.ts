/** A signal that follows the asker's, and gives up by itself when nothing has come for too long. */
export interface Patience {
  readonly signal: AbortSignal;
  /** Waits from now on for so long. */
  start(ms: number): void;
  isOver(): boolean;
  stop(): void;
}

export function createPatience(outer: AbortSignal | undefined): Patience {
  const own = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let over = false;
  const giveUp = (): void => {
    over = true;
    own.abort();
  };
  return {
    signal: outer === undefined ? own.signal : AbortSignal.any([outer, own.signal]),
    start: (ms) => {
      clearTimeout(timer);
      timer = setTimeout(giveUp, ms);
    },
    isOver: () => over,
    stop: () => clearTimeout(timer),
  };
}
