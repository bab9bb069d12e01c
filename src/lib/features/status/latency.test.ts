import { describe, expect, it } from 'vitest';
import { latencyEdgesMs } from '#contracts/screens/status';
import { formatLatency, latencyBars } from './latency-words.ts';

const latency = (buckets: number[]) => ({
  count: buckets.reduce((sum, one) => sum + one, 0),
  p50Ms: 1,
  p95Ms: 1,
  p99Ms: 1,
  maxMs: 1,
  buckets,
});

describe('latency in words', () => {
  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [1400, '1.4 s'],
    [61_000, '61 s'],
  ])('%d', (ms, words) => expect(formatLatency(ms)).toBe(words));

  it('has a bar for each edge and one beyond, late from the aim on', () => {
    const bars = latencyBars(latency([1, 0, 0, 0, 2, 0, 0, 0, 0, 1]), 250);
    expect(bars).toHaveLength(latencyEdgesMs.length + 1);
    expect(bars[0]).toMatchObject({ label: 'up to 10 ms', share: 0.25, late: false });
    expect(bars[4]).toMatchObject({ label: '100 ms to 250 ms', count: 2, late: false });
    expect(bars[5]).toMatchObject({ label: '250 ms to 500 ms', late: true });
    expect(bars.at(-1)).toMatchObject({ label: 'over 5.0 s', edge: '>5s', count: 1, late: true });
  });

  it('divides by one when there is nothing', () => {
    expect(latencyBars(latency([0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), 250).every((bar) => bar.share === 0)).toBe(
      true,
    );
  });
});
