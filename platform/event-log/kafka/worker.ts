import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Log } from '#platform/log';
import type { BatchHandler, LogRecord } from '../index.ts';
import { handleUntilDone } from '../retrying.ts';
import { createSleeper } from '../sleeper.ts';
import type { MemberHooks, Position } from './port.ts';
import { createOffsetKeeper } from './offset-keeper.ts';

export interface WorkerDeps {
  handler: BatchHandler;
  maxBatch: number;
  commit: (positions: readonly Position[]) => Promise<void>;
  /** The member has let go of its partitions; the next records are of a new share. */
  onShared?: () => void;
  log: Log;
}

/** Gathers what the partitions of one member bring into batches for its handler, one batch at a time. */
export interface Worker extends MemberHooks {
  /** Resolves when everything that was handled is committed. */
  committed(): Promise<void>;
  /** Ends for good: the running batch is finished and committed, nothing is taken any more. */
  stop(): Promise<void>;
}

/** Records of one partition of which `at` are handled. */
interface Waiting {
  readonly records: readonly LogRecord[];
  at: number;
  resolve: (handled: number) => void;
}

/** A batch ends early here, so that big messages do not fill the memory. */
const batchBytes = 8 * 1024 * 1024;
/** How long a running handler may go on before its signal is aborted. */
const graceMs = 10_000;

export function createWorker({ handler, maxBatch, commit, onShared, log }: WorkerDeps): Worker {
  const offsets = createOffsetKeeper(commit, log);
  let waiting: Waiting[] = [];
  let pumping: Promise<void> | undefined;
  let interrupt: (() => void) | undefined;
  let stopped = false;

  /** Until nothing waits; false when it was interrupted. */
  async function handleWaiting(): Promise<void> {
    const abort = new AbortController();
    const sleeper = createSleeper();
    let grace: NodeJS.Timeout | undefined;
    interrupt = () => {
      sleeper.stop();
      grace ??= setTimeout(() => abort.abort(), graceMs);
    };
    // Partitions of one fetch come in the same turn: they make one batch.
    await nextTurn();
    while (waiting.length > 0 && !sleeper.stopped()) {
      const { records, parts } = takeBatch(waiting, maxBatch);
      if (!(await handleUntilDone(records, { handler, signal: abort.signal, sleeper, log }))) break;
      for (const [one, count] of parts) advance(one, count);
    }
    clearTimeout(grace);
    for (const { resolve, at } of waiting.splice(0)) resolve(at);
  }

  function advance(one: Waiting, count: number): void {
    one.at += count;
    const last = one.records[one.at - 1];
    if (last !== undefined) offsets.handled(last);
    if (one.at < one.records.length) return;
    waiting = waiting.filter((other) => other !== one);
    // The next fetch of the partition waits for this: an offset is on its way before the group can move on.
    void offsets.saved().then(() => one.resolve(one.at));
  }

  function pump(): void {
    pumping ??= handleWaiting().finally(() => {
      pumping = undefined;
      if (waiting.length > 0) pump();
    });
  }

  async function letGo(): Promise<void> {
    interrupt?.();
    await pumping;
    await offsets.saved();
    onShared?.();
  }

  return {
    deliver: (records) => {
      if (stopped || records.length === 0) return Promise.resolve(0);
      return new Promise((resolve) => {
        waiting.push({ records, at: 0, resolve });
        pump();
      });
    },
    letGo,
    committed: offsets.saved,
    stop: async () => {
      stopped = true;
      await letGo();
    },
  };
}

function takeBatch(waiting: readonly Waiting[], maxBatch: number) {
  const records: LogRecord[] = [];
  const parts: [Waiting, number][] = [];
  let bytes = 0;
  for (const one of waiting) {
    const before = records.length;
    for (let at = one.at; at < one.records.length; at += 1) {
      const record = one.records[at];
      if (record === undefined || records.length >= maxBatch || bytes >= batchBytes) break;
      records.push(record);
      bytes += record.value.length;
    }
    if (records.length > before) parts.push([one, records.length - before]);
    if (records.length >= maxBatch || bytes >= batchBytes) break;
  }
  return { records, parts };
}
