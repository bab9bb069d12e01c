/** The only place that reads the system clock. Everything else takes a `Clock` or an instant as an argument. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  nowMs(): number;
  /** The same instant as ISO 8601 UTC with milliseconds. */
  now(): string;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  now: () => new Date().toISOString(),
};

export interface FrozenClock extends Clock {
  set(instant: string): void;
  advanceMs(ms: number): void;
}

/** A clock for tests: stands still until told. */
export function createFrozenClock(instant: string): FrozenClock {
  let ms = Date.parse(instant);
  return {
    nowMs: () => ms,
    now: () => new Date(ms).toISOString(),
    set: (next) => {
      ms = Date.parse(next);
    },
    advanceMs: (by) => {
      ms += by;
    },
  };
}
