import { expect, test } from 'vitest';
import { createFrozenClock } from '#platform/clock';
import { createCountingIds } from '#platform/ids';
import { createSilentLog } from '#platform/log';
import { createMeter, createSilentTelemetry, createSilentTracing } from '#platform/telemetry';
import { change } from '../testing.ts';
import { createFlagLatency } from './flag-latency.ts';

const ids = createCountingIds();
const [own, other] = [ids.next('tenant'), ids.next('tenant')];
const times = { receivedAt: '2026-11-20T12:00:00.000Z', decidedAt: '2026-11-20T12:00:00.080Z' };

function open() {
  const clock = createFrozenClock('2026-11-20T12:00:00.120Z');
  return { clock, latency: createFlagLatency({ ...createSilentTelemetry(), clock }) };
}

test('measures to the decision and to the screen, by company and in all', () => {
  const { latency } = open();
  const changes = [change({ tenantId: own, ...times }), change({ tenantId: other, ...times })];
  latency.heard(changes);
  latency.sent(changes.slice(0, 1));
  expect(latency.ofTenant(own)).toMatchObject({
    decided: { count: 1, p99Ms: 80 },
    screen: { count: 1, p99Ms: 120 },
  });
  expect(latency.ofTenant(other)).toMatchObject({ decided: { count: 1 }, screen: { count: 0, p99Ms: null } });
  expect(latency.ofAll()).toMatchObject({ decided: { count: 2 }, screen: { count: 1 } });
});

test('what only the DER may know of changes no number of the company', () => {
  const { latency } = open();
  const secret = [change({ tenantId: own, ...times, audience: 'der' })];
  latency.heard(secret);
  latency.sent(secret);
  expect(latency.ofTenant(own)).toMatchObject({ decided: { count: 0 }, screen: { count: 0 } });
  expect(latency.ofAll().screen.count).toBe(1);
});

test('leaves out what time alone did, and what was received before the hour', () => {
  const { latency } = open();
  const late = { ...times, receivedAt: '2026-11-20T10:59:00.000Z' };
  const changes = [change({ tenantId: own, ...times, receivedAt: null }), change({ tenantId: own, ...late })];
  latency.heard(changes);
  latency.sent(changes);
  expect(latency.ofTenant(own)).toMatchObject({ decided: { count: 0 }, screen: { count: 0 } });
});

test('a clock that is behind the door’s does not make time run backwards', () => {
  const { latency } = open();
  latency.sent([change({ tenantId: own, ...times, receivedAt: '2026-11-20T12:00:01.000Z' })]);
  expect(latency.ofTenant(own).screen).toMatchObject({ count: 1, maxMs: 0 });
});

test('tells Prometheus of every change, also of late ones', async () => {
  const { clock } = open();
  const meter = createMeter({ log: createSilentLog() });
  const latency = createFlagLatency({ meter, tracing: createSilentTracing(), clock });
  const late = { ...times, receivedAt: '2026-11-20T10:59:00.000Z' };
  const to = { flag: 'yellow' as const, hold: false };
  const changes = [
    change({ tenantId: own, ...times }),
    change({ tenantId: own, ...late }),
    change({ tenantId: own, ...times, from: to, to, receivedAt: null }),
  ];
  latency.committed(changes);
  latency.sent(changes);
  const { text } = await meter.expose();
  expect(text).toMatch(/^plumbline_event_to_flag_seconds_count 2$/m);
  expect(text).toMatch(/^plumbline_event_to_screen_seconds_bucket\{le="0.15"\} 1$/m);
  expect(text).toMatch(/^plumbline_event_to_screen_seconds_bucket\{le="\+Inf"\} 2$/m);
  expect(text).toMatch(/^plumbline_flag_to_screen_seconds_count 3$/m);
  expect(text).toMatch(/^plumbline_flag_changes_total\{to="same"\} 1$/m);
  expect(text).toMatch(/^plumbline_flag_changes_total\{to="red"\} 2$/m);
});
