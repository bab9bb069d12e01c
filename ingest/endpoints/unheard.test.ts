import { expect, test } from 'vitest';
import { unheardSince } from './unheard.ts';

const hourMs = 3_600_000;
const feed = {
  active: true,
  lastAcceptedAt: '2026-11-20T00:00:00.000Z',
  failingSince: null,
  silenceLimitMs: 24 * hourMs,
};
const at = (instant: string) => Date.parse(instant);

test('a feed is unheard after its limit, not at it', () => {
  expect(unheardSince(feed, at('2026-11-21T00:00:00.000Z'))).toBeNull();
  expect(unheardSince(feed, at('2026-11-21T00:00:00.001Z'))).toBe(feed.lastAcceptedAt);
});

test('failing verification counts from its first refusal', () => {
  const failing = {
    ...feed,
    lastAcceptedAt: '2026-11-20T02:00:00.000Z',
    failingSince: '2026-11-20T03:00:00.000Z',
  };
  expect(unheardSince(failing, at('2026-11-21T02:30:00.000Z'))).toBe(failing.lastAcceptedAt);
});

test('a feed that never spoke, or is switched off, is not unheard', () => {
  expect(unheardSince({ ...feed, lastAcceptedAt: null }, at('2027-01-01T00:00:00.000Z'))).toBeNull();
  expect(unheardSince({ ...feed, active: false }, at('2027-01-01T00:00:00.000Z'))).toBeNull();
});
