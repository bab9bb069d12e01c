import { describe, expect, it } from 'vitest';
import { createCountingIds } from '#platform/ids';
import { cardOf, type EndpointState } from './card.ts';
import { reasonWords } from './words.ts';

const nowMs = Date.parse('2026-11-20T12:00:00.000Z');
const hourMs = 3_600_000;
const ago = (hours: number) => new Date(nowMs - hours * hourMs).toISOString();
const ids = createCountingIds();
const endpoint: EndpointState = {
  id: ids.next('endpoint'),
  vendor: 'checkr',
  name: 'Checkr',
  kind: 'webhook',
  active: true,
  silenceLimitMs: 6 * hourMs,
  accepted: 10,
  refused: 0,
  lastAcceptedAt: ago(1),
  lastRefusedAt: null,
  lastRefusedReason: null,
  failingSince: null,
  admitsPeople: null,
};
const card = (parts: Partial<EndpointState>, counts: readonly number[] = []) =>
  cardOf({
    endpoint: { ...endpoint, ...parts },
    counts,
    deadLetters: 0,
    stalePeople: 4,
    nowMs,
    bucketMs: hourMs / 2,
  });

it('names who shows no data only while the vendor itself is silent or failing', () => {
  expect(card({}).stalePeople).toBe(0);
  expect(card({ lastAcceptedAt: ago(7) }).stalePeople).toBe(4);
  expect(card({ failingSince: ago(1) }).stalePeople).toBe(4);
});

describe('state of a vendor', () => {
  it.each([
    ['flowing', {}],
    ['silent', { lastAcceptedAt: ago(7) }],
    ['waiting', { lastAcceptedAt: null }],
    ['refusing', { failingSince: ago(0.5) }],
    ['refusing', { lastAcceptedAt: ago(9), failingSince: ago(8) }],
    ['disabled', { active: false, lastAcceptedAt: ago(9) }],
  ] as const)('%s', (state, parts) => expect(card(parts).state).toBe(state));

  it('is not silent at the very limit', () => {
    expect(card({ lastAcceptedAt: ago(6) }).state).toBe('flowing');
  });
});

describe('bars', () => {
  it('keeps the newest on the right and sums them', () => {
    const counts = Array.from({ length: 48 }, (_, index) => (index === 47 ? 5 : 1));
    const made = card({}, counts);
    expect(made.buckets).toHaveLength(48);
    expect(made.buckets.at(-1)).toEqual({ count: 5, silent: false });
    expect(made.events24h).toBe(52);
  });
  it('draws silence only after the limit was passed', () => {
    const made = card({ lastAcceptedAt: ago(10) });
    const silent = made.buckets.filter((bucket) => bucket.silent).length;
    // 10 hours without a message, the first 6 of them within the limit.
    expect(silent).toBe(8);
  });
});

it('spells out reasons it does not know', () => {
  expect(reasonWords('employee_unknown')).toBe('No employee matches');
  expect(reasonWords('queue.too_long')).toBe('Queue too long');
});
