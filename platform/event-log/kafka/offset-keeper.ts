import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '#platform/log';
import type { LogRecord } from '../index.ts';
import { partitionId, type Position } from './port.ts';

/** Saves how far a group is, after the effects: one request at a time, which carries all that gathered meanwhile. */
export interface OffsetKeeper {
  handled(last: LogRecord): void;
  /** Resolves when everything handled until now was saved, or could not be: then it comes again. */
  saved(): Promise<void>;
}

const mostTries = 4;
const firstPauseMs = 250;

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
      await insist(positions);
    }
    running = undefined;
  }

  /** The group's coordinator may be moving to another broker. Not for long: a rebalance waits for this. */
  async function insist(positions: readonly Position[], tries = 1): Promise<void> {
    try {
      await commit(positions);
    } catch (err) {
      if (tries >= mostTries) {
        log.warn({ err, count: positions.length }, 'offsets were not saved; records come again');
        return;
      }
      await sleep(firstPauseMs * 2 ** (tries - 1));
      await insist(positions, tries + 1);
    }
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
