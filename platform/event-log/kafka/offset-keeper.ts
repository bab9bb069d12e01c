import type { Log } from '#platform/log';
import type { LogRecord } from '../index.ts';
import { partitionId, type Position } from './port.ts';

/** Saves how far a group is, after the effects: one request at a time, which carries all that gathered meanwhile. */
export interface OffsetKeeper {
  handled(last: LogRecord): void;
  /** Resolves when everything handled until now was saved, or could not be: then it comes again. */
  saved(): Promise<void>;
}

export function createOffsetKeeper(
  commit: (positions: readonly Position[]) => Promise<void>,
  log: Log,
): OffsetKeeper {
  let gathered = new Map<string, Position>();
  let running: Promise<void> | undefined;

  async function save(): Promise<void> {
    while (gathered.size > 0) {
      // One turn later: the partitions of a batch share a request.
      await Promise.resolve();
      const positions = [...gathered.values()];
      gathered = new Map();
      try {
        await commit(positions);
      } catch (err) {
        log.warn({ err, count: positions.length }, 'offsets were not saved; records come again');
      }
    }
    running = undefined;
  }

  return {
    handled: ({ topic, partition, offset }) => {
      gathered.set(partitionId({ topic, partition }), { topic, partition, offset: offset + 1n });
    },
    saved: () => {
      if (gathered.size > 0) running ??= save();
      return running ?? Promise.resolve();
    },
  };
}
