import { describe, expect, it } from 'vitest';
import { createSilentLog } from '#platform/log';
import type { BatchHandler, LogRecord } from '../index.ts';
import type { Position } from './port.ts';
import { createWorker } from './worker.ts';

const records = (partition: number, from: number, count: number): LogRecord[] =>
  Array.from({ length: count }, (_, at) => ({
    topic: 't',
    partition,
    offset: BigInt(from + at),
    key: 'k',
    value: Buffer.from('.'),
    headers: {},
    appendedAtMs: 0,
  }));

const placesOf = (batch: readonly LogRecord[]) =>
  batch.map(({ partition, offset }) => `${partition}/${offset}`);

function start(handler: BatchHandler, maxBatch = 10) {
  const events: string[] = [];
  const commit = (positions: readonly Position[]) => {
    events.push(`commit ${positions.map(({ partition, offset }) => `${partition}/${offset}`).join(' ')}`);
    return Promise.resolve();
  };
  const noting: BatchHandler = async (batch, signal) => {
    await handler(batch, signal);
    events.push(`handled ${placesOf(batch).join(' ')}`);
  };
  const worker = createWorker({
    handler: noting,
    maxBatch,
    commit,
    onShared: () => events.push('shared'),
    log: createSilentLog(),
  });
  return { events, worker };
}

const fine = () => Promise.resolve();

describe('worker', () => {
  it('gathers the partitions of one fetch into one batch and commits after the effect', async () => {
    const { events, worker } = start(fine);
    const handled = await Promise.all([worker.deliver(records(0, 5, 2)), worker.deliver(records(1, 0, 1))]);
    expect(handled).toEqual([2, 1]);
    expect(events).toEqual(['handled 0/5 0/6 1/0', 'commit 0/7 1/1']);
  });

  it('keeps to the size of a batch, in order', async () => {
    const { events, worker } = start(fine, 3);
    const handled = await Promise.all([worker.deliver(records(0, 0, 4)), worker.deliver(records(1, 0, 3))]);
    expect(handled).toEqual([4, 3]);
    expect(events.filter((event) => event.startsWith('handled'))).toEqual([
      'handled 0/0 0/1 0/2',
      'handled 0/3 1/0 1/1',
      'handled 1/2',
    ]);
    expect(events.at(-1)).toBe('commit 1/3');
  });

  it('finishes the running batch when it lets go, commits it, and hands the rest back', async () => {
    const gate = Promise.withResolvers<void>();
    const { events, worker } = start(() => gate.promise, 2);
    const delivered = worker.deliver(records(0, 0, 5));
    await new Promise((resolve) => setTimeout(resolve, 5));
    const gone = worker.letGo().then(() => events.push('let go'));
    gate.resolve();
    expect(await delivered).toBe(2);
    await gone;
    expect(events).toEqual(['handled 0/0 0/1', 'commit 0/2', 'shared', 'let go']);
    // It serves what the group gives it next.
    expect(await worker.deliver(records(1, 0, 1))).toBe(1);
  });

  it('gives up a batch that keeps failing when it lets go, without a commit', async () => {
    const { events, worker } = start(() => Promise.reject(new Error('down')));
    const delivered = worker.deliver(records(0, 0, 1));
    await new Promise((resolve) => setTimeout(resolve, 5));
    await worker.letGo();
    expect(await delivered).toBe(0);
    expect(events).toEqual(['shared']);
  });

  it('takes nothing once it has stopped', async () => {
    const { worker } = start(fine);
    await worker.stop();
    expect(await worker.deliver(records(0, 0, 1))).toBe(0);
  });

  it('goes on when offsets cannot be saved: they come again', async () => {
    const worker = createWorker({
      handler: fine,
      maxBatch: 1,
      commit: () => Promise.reject(new Error('the group moved on')),
      log: createSilentLog(),
    });
    expect(await worker.deliver(records(0, 0, 3))).toBe(3);
  });
});
