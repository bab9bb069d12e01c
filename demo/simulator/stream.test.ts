import { expect, test } from 'vitest';
import { sources } from '#ingest';
import { demoCompany } from '../company.ts';
import { createStream, usualTrouble } from './stream.ts';
import { proofHeaders, type Message } from './wire.ts';

const startMs = Date.parse('2026-11-20T12:00:00.000Z');
const company = demoCompany(3, 200, startMs);
const secret = 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';

function tell(count: number): Message[] {
  const stream = createStream({ company, seed: 5, run: 'r', trouble: usualTrouble });
  return Array.from({ length: count }, (_, index) => stream.next(startMs + index * 200));
}

const messages = tell(1500);

test('each message is believed by its vendor’s own source, and each forged one is not', () => {
  for (const message of messages) {
    const source = sources.find(({ vendor }) => vendor === message.vendor);
    if (!source) throw new Error(message.vendor);
    const headers = { 'content-type': message.contentType, ...proofHeaders(message, secret, startMs) };
    const verified = source.createVerifier([secret])(Buffer.from(message.body), headers, startMs);
    expect(verified.ok, message.about).toBe(message.forged !== true);
    const parsed = source.parse(Buffer.from(message.body), headers);
    expect(parsed.ok, message.about).toBe(true);
  }
});

test('the same seed and run tell the same messages', () => {
  expect(tell(300)).toEqual(messages.slice(0, 300));
});

test('the vendors’ troubles are in it: duplicates, forgeries, strangers, unknown words', () => {
  const ids = messages.filter(({ forged }) => !forged).map(({ vendor, id }) => `${vendor} ${id}`);
  expect(new Set(ids).size).toBeLessThan(ids.length);
  expect(messages.some(({ forged }) => forged)).toBe(true);
  expect(messages.some(({ about }) => about.includes('XX-'))).toBe(true);
  expect(messages.some(({ about }) => /REVIEW HOLD|Invalid Result|partially_clear/.test(about))).toBe(true);
});
