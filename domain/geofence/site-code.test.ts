import { expect, test } from 'vitest';
import { createSiteCodes } from './index.ts';

const key = (byte: number) => new Uint8Array(32).fill(byte);
const nowMs = Date.parse('2026-05-20T14:00:00.000Z');
const codes = createSiteCodes({ keys: [key(1)], lifetimeS: 60 });
const code = codes.issue({ zoneId: 'yard-4', nonce: 'n-1', nowMs });

test('a code tells its zone, its end and its nonce, and is genuine', () => {
  expect(codes.read(code)).toEqual({
    zoneId: 'yard-4',
    expiresAt: '2026-05-20T14:01:00.000Z',
    nonce: 'n-1',
    signatureValid: true,
  });
});

test('any changed part breaks the signature', () => {
  const parts = code.split('.');
  const changed = parts.slice(1).map((part, index) => {
    const first = part.startsWith('1') || part.startsWith('e') ? 'b' : '1';
    const forged = /^\d+$/.test(part) ? String(Number(part) + 60_000) : `${first}${part.slice(1)}`;
    return parts.with(index + 1, forged).join('.');
  });
  expect(changed.map((forged) => codes.read(forged)?.signatureValid)).toEqual([false, false, false, false]);
  expect(codes.read(parts.slice(0, 4).concat('').join('.'))?.signatureValid).toBe(false);
});

test('another text is no code; during rotation the older key still verifies', () => {
  expect(codes.read('https://example.com/q/1')).toBeNull();
  expect(codes.read('plq1.a.b.c.d')).toBeNull();
  const rotated = createSiteCodes({ keys: [key(2), key(1)], lifetimeS: 60 });
  expect(rotated.read(code)?.signatureValid).toBe(true);
  expect(createSiteCodes({ keys: [key(2)], lifetimeS: 60 }).read(code)?.signatureValid).toBe(false);
  expect(() => createSiteCodes({ keys: [new Uint8Array(8)], lifetimeS: 60 })).toThrow(RangeError);
});
