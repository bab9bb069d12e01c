import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact } from './redact.ts';

describe('redact', () => {
  it('copies what JSON can carry as JSON would carry it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const plain = JSON.stringify(value);
        fc.pre(!/pass|secret|token|cookie|credential|key|ssn|social|national|otp|pin/i.test(plain));
        fc.pre(plain.isWellFormed() && !/\\u(0000|[dD])/.test(plain));
        expect(redact(value)).toEqual(JSON.parse(plain));
      }),
    );
  });

  it('writes what JSON cannot carry as JSON.stringify does', () => {
    const value = {
      at: new Date('2026-11-20T12:00:00.000Z'),
      gone: undefined,
      run: () => 1,
      list: [undefined, Number.NaN, Infinity, -0],
      own: { toJSON: () => ({ password: 'x', n: 1 }) },
      map: new Map([[1, 2]]),
    };
    expect(redact(value)).toEqual({
      ...(JSON.parse(JSON.stringify(value)) as object),
      own: { password: '[redacted]', n: 1 },
    });
    expect(Object.is((redact({ n: -0 }) as { n: number }).n, 0)).toBe(true);
    expect(redact(10n)).toBe('10');
    expect(redact(() => 1)).toBeNull();
  });
});
