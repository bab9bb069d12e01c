import { PlumblineError } from '#platform/errors';
import type { NewRecord } from './index.ts';

/** One call of `append` that waits for its commit. */
export interface AppendCall {
  records: readonly NewRecord[];
  bytes: number;
  resolve(): void;
  reject(error: unknown): void;
}

export interface CallQueue {
  /** Resolves when somebody took the call and resolved it. Throws `event_log.overloaded` when too much waits. */
  add(records: readonly NewRecord[]): Promise<void>;
  /** The first calls that fit into one commit; at least one if there is any. */
  takeCommit(): AppendCall[];
  takeAll(): AppendCall[];
  isEmpty(): boolean;
}

interface CommitLimits {
  records: number;
  bytes: number;
}

const defaultLimits: CommitLimits = { records: 2000, bytes: 8 * 1024 * 1024 };
const queueLimits = { records: 100_000, bytes: 128 * 1024 * 1024 };

export function createCallQueue(commitLimits: CommitLimits = defaultLimits): CallQueue {
  let calls: AppendCall[] = [];
  let records = 0;
  let bytes = 0;

  function take(count: number): AppendCall[] {
    const taken = calls.slice(0, count);
    calls = calls.slice(count);
    for (const call of taken) {
      records -= call.records.length;
      bytes -= call.bytes;
    }
    return taken;
  }

  return {
    add: async (added) => {
      if (records >= queueLimits.records || bytes >= queueLimits.bytes) throw overloaded();
      const size = added.reduce((sum, record) => sum + record.value.length, 0);
      records += added.length;
      bytes += size;
      return new Promise<void>((resolve, reject) => {
        calls.push({ records: added, bytes: size, resolve, reject });
      });
    },
    takeCommit: () => take(countForCommit(calls, commitLimits)),
    takeAll: () => take(calls.length),
    isEmpty: () => calls.length === 0,
  };
}

function countForCommit(calls: readonly AppendCall[], commitLimits: CommitLimits): number {
  let count = 0;
  let records = 0;
  let bytes = 0;
  for (const call of calls) {
    records += call.records.length;
    bytes += call.bytes;
    if (count > 0 && (records > commitLimits.records || bytes > commitLimits.bytes)) break;
    count += 1;
  }
  return count;
}

function overloaded(): PlumblineError {
  return new PlumblineError({
    kind: 'unavailable',
    code: 'event_log.overloaded',
    detail: 'More events arrive than can be stored. Send them again shortly.',
    retryAfterS: 2,
  });
}
