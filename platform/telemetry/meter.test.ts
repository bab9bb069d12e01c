import { describe, expect, it } from 'vitest';
import { createLog } from '#platform/log';
import { createMeter } from './index.ts';

function meterWithLog() {
  const lines: string[] = [];
  const log = createLog({ level: 'warn', destination: { write: (line) => void lines.push(line) } });
  return { meter: createMeter({ log }), lines };
}

describe('meter', () => {
  it('counts every unforeseen value of a label as one', async () => {
    const { meter } = meterWithLog();
    const counter = meter.counter({
      name: 'test_total',
      help: 'Tests.',
      labels: { vendor: ['checkr', 'quest'] },
    });
    counter.add(2, { vendor: 'checkr' });
    for (let turn = 0; turn < 1000; turn += 1) counter.add(1, { vendor: `ten_${turn}` });
    const { text } = await meter.expose();
    expect(text.match(/^test_total\{.*/gm)).toEqual([
      'test_total{vendor="checkr"} 2',
      'test_total{vendor="other"} 1000',
    ]);
  });

  it('keeps one metric of a name', async () => {
    const { meter } = meterWithLog();
    const spec = { name: 'twice_total', help: 'Twice.', labels: {} };
    meter.counter(spec).add(1, {});
    meter.counter(spec).add(1, {});
    expect((await meter.expose()).text).toMatch(/^twice_total 2$/m);
  });

  it('measures in the buckets it was given', async () => {
    const { meter } = meterWithLog();
    const histogram = meter.histogram({ name: 'took_seconds', help: 'Took.', labels: {}, buckets: [0.1, 1] });
    for (const seconds of [0.05, 0.1, 0.5, 7]) histogram.record(seconds, {});
    const { text } = await meter.expose();
    expect(text.match(/^took_seconds_bucket.*/gm)).toEqual([
      'took_seconds_bucket{le="0.1"} 2',
      'took_seconds_bucket{le="1"} 3',
      'took_seconds_bucket{le="+Inf"} 4',
    ]);
    expect(text).toContain('took_seconds_sum 7.65');
  });

  it('reads gauges anew and forgets what is no longer told', async () => {
    const { meter } = meterWithLog();
    let told: { value: number; labels: { group: string } }[] = [{ value: 3, labels: { group: 'a' } }];
    meter.gauge({ name: 'lag', help: 'Lag.', labels: { group: ['a', 'b'] }, read: () => told });
    expect((await meter.expose()).text).toMatch(/^lag\{group="a"\} 3$/m);
    told = [{ value: 1, labels: { group: 'b' } }];
    const { text } = await meter.expose();
    expect(text).toMatch(/^lag\{group="b"\} 1$/m);
    expect(text).not.toMatch(/^lag\{group="a"\}/m);
  });

  it('leaves out what cannot be read, says so, and gives the rest', async () => {
    const { meter, lines } = meterWithLog();
    meter.gauge({
      name: 'broken',
      help: 'Broken.',
      labels: {},
      read: () => Promise.reject(new Error('the database is away')),
    });
    meter.gauge({ name: 'whole', help: 'Whole.', labels: {}, read: () => [{ value: 1, labels: {} }] });
    const { text } = await meter.expose();
    expect(text).toMatch(/^whole 1$/m);
    expect(text).not.toMatch(/^broken /m);
    expect(lines.join('')).toContain('"reason":"broken"');
  });

  it('brings the numbers of the process along', async () => {
    const { text } = await meterWithLog().meter.expose();
    for (const name of [
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
      'nodejs_eventloop_lag_p99_seconds',
    ])
      expect(text).toMatch(new RegExp(`^${name} `, 'm'));
  });
});
