import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogRecord } from './index.ts';
import { countInTail } from './reader.ts';
import { createTail, type Tail } from './tail.ts';
import { createTopicFilter } from './topic-filter.ts';

const record = (offset: number): LogRecord => ({
  topic: 't',
  key: 'k',
  value: Buffer.alloc(10),
  headers: {},
  partition: 0,
  offset: BigInt(offset),
  appendedAtMs: 0,
});
const batch = (first: number, size: number) => Array.from({ length: size }, (_, at) => record(first + at));

function after(tail: Tail, position: number): number[] | undefined {
  const seen: number[] = [];
  const covered = tail.visit(position, (each, at) => {
    expect(Number(each.offset)).toBe(at);
    seen.push(at);
    return true;
  });
  return covered ? seen : undefined;
}

describe('tail', () => {
  it('shows what came after a position, and knows what it does not have', () => {
    const tail = createTail(10);
    expect(after(tail, 10)).toEqual([]);
    expect(after(tail, 9)).toBeUndefined();
    tail.publish(11, batch(11, 3));
    expect(after(tail, 11)).toEqual([12, 13]);
    expect(tail.head()).toBe(13);
  });

  it('begins anew after a gap, and leaves out what came late', () => {
    const tail = createTail(0);
    tail.publish(1, batch(1, 2));
    tail.publish(5, batch(5, 2));
    tail.publish(3, batch(3, 2));
    expect(after(tail, 2)).toBeUndefined();
    expect(after(tail, 4)).toEqual([5, 6]);
    expect(tail.head()).toBe(6);
  });

  it('stays within its limits', () => {
    const tail = createTail(0, { records: 100, bytes: 500 });
    for (let at = 0; at < 50; at += 1) tail.publish(at * 4 + 1, batch(at * 4 + 1, 4));
    expect(after(tail, 100)).toBeUndefined();
    const kept = after(tail, 195);
    expect(kept).toEqual([196, 197, 198, 199, 200]);
  });

  it('never has a hole: what it shows after a position is everything up to the head', () => {
    const steps = fc.array(
      fc.record({ gap: fc.integer({ min: 0, max: 2 }), size: fc.integer({ min: 1, max: 9 }) }),
    );
    fc.assert(
      fc.property(steps, fc.nat(200), (published, position) => {
        const tail = createTail(0, { records: 20, bytes: 1000 });
        let next = 1;
        for (const { gap, size } of published) {
          next += gap;
          tail.publish(next, batch(next, size));
          next += size;
        }
        const seen = after(tail, position);
        if (seen === undefined) return;
        const head = tail.head();
        expect(seen).toEqual(
          Array.from({ length: Math.max(head - position, 0) }, (_, at) => position + 1 + at),
        );
      }),
    );
  });
});

describe('lag told from memory', () => {
  const filter = createTopicFilter(['t']);

  it('counts what lies behind the position of its own partition, of its topics', () => {
    const tail = createTail(10);
    tail.publish(11, [
      record(11),
      { ...record(12), partition: 1 },
      { ...record(13), topic: 'other' },
      record(14),
      { ...record(15), partition: 7 },
    ]);
    const positions = new Map([
      [0, 11],
      [1, 10],
    ]);
    expect(countInTail(tail, positions, filter)).toBe(2);
    expect(countInTail(tail, new Map(), filter)).toBe(0);
  });

  it('does not guess what is not in memory', () => {
    const tail = createTail(10);
    tail.publish(11, batch(11, 2));
    expect(countInTail(tail, new Map([[0, 9]]), filter)).toBeUndefined();
  });
});
