import { expect, test } from 'vitest';
import type { FlagColour } from '#contracts/flags';
import type { Module } from '#contracts/modules';
import { ownVerdict } from './own.ts';

function standing(module: Module, flag: FlagColour, hold = false) {
  const state = {
    module,
    flag,
    hold,
    short: '',
    since: '',
    nextChangeAt: null,
    nextFlag: null,
    leadRuleId: null,
  };
  return { module, sight: 'full' as const, state, message: `${module}.`, law: null, spans: [] };
}

test('a hold leads, whatever its colour, and says what must not be done', () => {
  const verdict = ownVerdict([
    standing('health', 'red'),
    standing('dot', 'yellow', true),
    standing('training', 'green'),
  ]);
  expect(verdict).toMatchObject({ title: 'You may not drive today', flag: 'yellow', hold: true });
  expect(verdict.due.map((one) => one.module)).toEqual(['health']);
});

test('red without hold does not stop the work; nothing open is in order', () => {
  expect(ownVerdict([standing('health', 'red')]).title).toBe('Health is overdue; you may work');
  expect(ownVerdict([standing('training', 'yellow')]).title).toBe('Training is due soon');
  expect(ownVerdict([standing('dot', 'green'), standing('health', 'none')])).toMatchObject({
    title: 'You are in order today',
    lead: null,
  });
});
