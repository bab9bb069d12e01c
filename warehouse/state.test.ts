import { describe, expect, test } from 'vitest';
import { modules } from '#contracts/modules';
import { isAnyOnHold, isOnHold, stateBits, stateMask, weightOf, worstOf } from './state.ts';

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

  test.each([
    [['green', 'none', 'yellow'], 2],
    [['stale', 'yellow', 'green'], 3],
    [['red', 'stale', 'green'], 4],
    [['none', 'none', 'none'], 0],
  ] as const)('the worst of %j weighs %i', (flags, weight) => {
    const state = flags.reduce((sum, flag, at) => sum + stateBits(modules[at] ?? 'dot', flag, false), 0);
    expect(worstOf(state)).toBe(weight);
    expect(flags.map((_flag, at) => weightOf(state, modules[at] ?? 'dot'))).toEqual(
      flags.map((flag) => ['none', 'green', 'yellow', 'stale', 'red'].indexOf(flag)),
    );
  });

  test('a hold belongs to its module', () => {
    const state = stateBits('dot', 'green', true) + stateBits('health', 'red', false);
    expect([isAnyOnHold(state), isOnHold(state, 'dot'), isOnHold(state, 'health')]).toEqual([
      true,
      true,
      false,
    ]);
    expect(isAnyOnHold(state & stateMask(['health']))).toBe(false);
  });
});
