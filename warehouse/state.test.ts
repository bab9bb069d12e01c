import { describe, expect, test } from 'vitest';
import { modules } from '#contracts/modules';
import { stateBits, stateMask } from './state.ts';

describe('state', () => {
  test.each([
    ['drug_alcohol', 'green', false, 0x000001],
    ['drug_alcohol', 'red', true, 0x00000c],
    ['background', 'yellow', false, 0x000020],
    ['geofence', 'stale', true, 0xb00000],
    ['dot', 'none', true, 0],
  ] as const)('%s %s hold %s', (module, flag, hold, bits) => {
    expect(stateBits(module, flag, hold)).toBe(bits);
  });

  test('flags of different modules do not touch each other', () => {
    const sum = modules.reduce((state, module) => state + stateBits(module, 'red', true), 0);
    expect(sum).toBe(0xcccccc);
    expect(sum & stateMask(['dot'])).toBe(0x000c00);
    expect(stateMask(modules)).toBe(0xffffff);
    expect(stateMask([])).toBe(0);
  });
});
