import * as fc from 'fast-check';
import { LogicEngine } from 'json-logic-engine';
import { describe, expect, test } from 'vitest';
import { measureRules } from './bench.ts';
import { compileExpr, compileTest, exprSchema, signalsOf, turningPoints } from './expression.ts';
import type { Expr, Names, SignalValue } from './expression.ts';

const signals = ['now', 'days', 'hours', 'state', 'open'];
const names: Names = {
  slot: (name) => {
    const slot = signals.indexOf(name);
    if (slot === -1) throw new Error(`unknown ${name}`);
    return slot;
  },
  parameter: (name) => (name === 'limit' ? 24 : null),
};
const holds = (expr: Expr, facts: Record<string, SignalValue>) =>
  compileTest(expr, names)(signals.map((name) => (name in facts ? facts[name] : null)));

describe('the condition language', () => {
  test('compares, combines, looks up and adds', () => {
    const facts = { days: 5, hours: 30, state: 'low', open: true };
    expect(holds({ and: [{ '>': [{ var: 'hours' }, { param: 'limit' }] }, { var: 'open' }] }, facts)).toBe(
      true,
    );
    expect(holds({ or: [{ '!': { var: 'open' } }, { '==': [{ var: 'state' }, 'high'] }] }, facts)).toBe(
      false,
    );
    expect(holds({ in: [{ var: 'state' }, ['low', 'high', 'refusal', 'positive']] }, facts)).toBe(true);
    expect(holds({ '<': [{ '+': [{ var: 'days' }, { param: 'limit' }] }, { var: 'hours' }] }, facts)).toBe(
      true,
    );
    expect(compileExpr({ '-': [{ var: 'hours' }, { var: 'days' }] }, names)([0, 5, 30, '', true])).toBe(25);
  });

  test('a missing value is neither less nor more than anything', () => {
    for (const operator of ['<', '<=', '>', '>='] as const) {
      for (const value of [null, undefined]) {
        expect(holds(exprSchema.parse({ [operator]: [{ var: 'days' }, 5] }), { days: value })).toBe(false);
        expect(
          holds(exprSchema.parse({ [operator]: [{ var: 'days' }, { var: 'hours' }] }), {
            days: value,
            hours: 1,
          }),
        ).toBe(false);
      }
    }
    expect(holds({ '==': [{ var: 'days' }, null] }, {})).toBe(true);
  });

  test('refuses what it does not know', () => {
    expect(exprSchema.safeParse({ map: [{ var: 'days' }, 1] }).success).toBe(false);
    expect(exprSchema.safeParse({ '<': [1, 2, 3] }).success).toBe(false);
    expect(exprSchema.safeParse({ var: 'days', and: [true] }).success).toBe(false);
    expect(() => compileTest({ var: 'nonsense' }, names)).toThrow('unknown nonsense');
  });

  test('names its signals, and the instants at which time alone turns it', () => {
    const expr: Expr = {
      and: [{ '<': [{ var: 'now' }, { var: 'days' }] }, { '<': [{ var: 'hours' }, { var: 'now' }] }],
    };
    expect(signalsOf(expr)).toEqual(['now', 'days', 'hours']);
    const frame = [0, 500, 700, null, null];
    expect(turningPoints(expr, names).map((turn) => turn(frame))).toEqual([500, 701]);
  });
});

describe('against json-logic-engine', () => {
  const number = fc.constantFrom('days', 'hours').map((name): Expr => ({ var: name }));
  const leaf: fc.Arbitrary<Expr> = fc.oneof(
    fc
      .tuple(fc.constantFrom('<', '<=', '>', '>='), number, fc.integer({ min: -3, max: 3 }))
      .map(([operator, left, right]) => exprSchema.parse({ [operator]: [left, right] })),
    fc
      .tuple(fc.constantFrom('<', '>='), number, number)
      .map(([operator, left, right]) => exprSchema.parse({ [operator]: [left, right] })),
    fc
      .tuple(fc.constantFrom('==', '!='), fc.constantFrom('low', 'high'))
      .map(([operator, word]) => exprSchema.parse({ [operator]: [{ var: 'state' }, word] })),
    fc.subarray(['low', 'high', 'a', 'b', 'c']).map((list): Expr => ({ in: [{ var: 'state' }, list] })),
    fc.constant<Expr>({ var: 'open' }),
  );
  const { expr } = fc.letrec<{ expr: Expr }>((tie) => ({
    expr: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.array(tie('expr'), { minLength: 1, maxLength: 6 }).map((and): Expr => ({ and })),
      fc.array(tie('expr'), { minLength: 1, maxLength: 6 }).map((or): Expr => ({ or })),
      tie('expr').map((inner): Expr => ({ '!': inner })),
    ),
  }));
  const facts = fc.record({
    days: fc.integer({ min: -3, max: 3 }),
    hours: fc.integer({ min: -3, max: 3 }),
    state: fc.constantFrom('low', 'high', 'a'),
    open: fc.boolean(),
  });

  test('every expression over known values has the same answer', () => {
    const engine = new LogicEngine();
    fc.assert(
      fc.property(expr, facts, (condition, known) => {
        expect(holds(condition, known)).toBe(Boolean(engine.run(condition as never, known)));
      }),
      { numRuns: 1000 },
    );
  });

  test('the bench times only what agrees on every hit', () => {
    const measured = measureRules({ rounds: 1, laps: 1 });
    expect(measured).toMatchObject({ rules: 50, events: 256 });
    expect(measured.hits).toBeGreaterThan(500);
  });
});
