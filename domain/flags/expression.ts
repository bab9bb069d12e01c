import * as z from 'zod';
import { PlumblineError } from '#platform/errors';

/**
 * The condition language of rules: a subset of JSON Logic over named signals.
 *
 * `{"var":"name"}` reads a signal, `{"param":"name"}` a parameter of the rule. Differences from JSON Logic, on
 * purpose: an ordered comparison with a missing value is false (there `null < 5` is true), and `==` is strict.
 */
export type SignalValue = boolean | number | string | null | undefined;

export type Expr =
  | boolean
  | number
  | string
  | null
  | { var: string }
  | { param: string }
  | { and: readonly Expr[] }
  | { or: readonly Expr[] }
  | { '!': Expr }
  | { '==': readonly [Expr, Expr] }
  | { '!=': readonly [Expr, Expr] }
  | { '<': readonly [Expr, Expr] }
  | { '<=': readonly [Expr, Expr] }
  | { '>': readonly [Expr, Expr] }
  | { '>=': readonly [Expr, Expr] }
  | { in: readonly [Expr, readonly (string | number)[]] }
  | { '+': readonly Expr[] }
  | { '-': readonly [Expr, Expr] };

const pair = z.tuple([z.lazy(() => exprSchema), z.lazy(() => exprSchema)]);
export const exprSchema: z.ZodType<Expr> = z.union([
  z.boolean(),
  z.number(),
  z.string(),
  z.null(),
  z.strictObject({ var: z.string() }),
  z.strictObject({ param: z.string() }),
  z.strictObject({ and: z.array(z.lazy(() => exprSchema)).min(1) }),
  z.strictObject({ or: z.array(z.lazy(() => exprSchema)).min(1) }),
  z.strictObject({ '!': z.lazy(() => exprSchema) }),
  z.strictObject({ '==': pair }),
  z.strictObject({ '!=': pair }),
  z.strictObject({ '<': pair }),
  z.strictObject({ '<=': pair }),
  z.strictObject({ '>': pair }),
  z.strictObject({ '>=': pair }),
  z.strictObject({ in: z.tuple([z.lazy(() => exprSchema), z.array(z.union([z.string(), z.number()]))]) }),
  z.strictObject({ '+': z.array(z.lazy(() => exprSchema)).min(1) }),
  z.strictObject({ '-': pair }),
]);

/** Signal values by slot; `undefined` = not known. */
export type Frame = readonly SignalValue[];
export type Compiled = (frame: Frame) => SignalValue;

export interface Names {
  /** Slot of a signal; throws for a name the pack does not declare. */
  slot(name: string): number;
  parameter(name: string): SignalValue;
}

type Test = (frame: Frame) => boolean;
type Ordered = '<' | '<=' | '>' | '>=';

/** Compiles once into closures over slots. Throws `flags.rule_invalid` through `names` for an unknown name. */
export function compileExpr(expr: Expr, names: Names): Compiled {
  const constant = constantOf(expr, names);
  if (constant !== notConstant) return () => constant;
  const node = expr as Exclude<Expr, boolean | number | string | null | { param: string }>;
  if ('var' in node) {
    const slot = names.slot(node.var);
    return (frame) => frame[slot];
  }
  if ('+' in node) {
    const parts = node['+'].map((part) => compileExpr(part, names));
    return (frame) => sum(parts, frame);
  }
  if ('-' in node) {
    const [left, right] = node['-'].map((part) => compileExpr(part, names)) as [Compiled, Compiled];
    return (frame) => minus(left(frame), right(frame));
  }
  return compileTest(node, names);
}

/** Like `compileExpr`, but the answer is taken as true or false. */
export function compileTest(expr: Expr, names: Names): Test {
  const constant = constantOf(expr, names);
  if (constant !== notConstant) {
    const answer = Boolean(constant);
    return () => answer;
  }
  const node = expr as Exclude<Expr, boolean | number | string | null | { param: string }>;
  if ('var' in node) {
    const slot = names.slot(node.var);
    return (frame) => Boolean(frame[slot]);
  }
  if ('and' in node) return allOf(node.and.map((part) => compileTest(part, names)));
  if ('or' in node) return anyOf(node.or.map((part) => compileTest(part, names)));
  if ('!' in node) {
    const slot = slotOf(node['!'], names);
    if (slot !== null) return (frame) => !frame[slot];
    const inner = compileTest(node['!'], names);
    return (frame) => !inner(frame);
  }
  if ('in' in node) return membership(node.in[0], node.in[1], names);
  if ('==' in node) return equality(node['=='], true, names);
  if ('!=' in node) return equality(node['!='], false, names);
  if ('<' in node) return ordered('<', node['<'], names);
  if ('<=' in node) return ordered('<=', node['<='], names);
  if ('>' in node) return ordered('>', node['>'], names);
  if ('>=' in node) return ordered('>=', node['>='], names);
  const value = compileExpr(node, names);
  return (frame) => Boolean(value(frame));
}

const notConstant = Symbol('not constant');

function constantOf(expr: Expr, names: Names): SignalValue | typeof notConstant {
  if (expr === null || typeof expr !== 'object') return expr;
  if ('param' in expr) return names.parameter(expr.param);
  return notConstant;
}

function slotOf(expr: Expr, names: Names): number | null {
  return expr !== null && typeof expr === 'object' && 'var' in expr ? names.slot(expr.var) : null;
}

function ordered(operator: Ordered, [left, right]: readonly [Expr, Expr], names: Names): Test {
  const slot = slotOf(left, names);
  const limit = constantOf(right, names);
  if (slot !== null && typeof limit === 'number') return againstNumber[operator](slot, limit);
  const a = compileExpr(left, names);
  const b = compileExpr(right, names);
  const compare = comparisons[operator];
  return (frame) => {
    const x = a(frame);
    const y = b(frame);
    return x !== null && x !== undefined && y !== null && y !== undefined && compare(x, y);
  };
}

const comparisons: Record<Ordered, (x: NonNullable<SignalValue>, y: NonNullable<SignalValue>) => boolean> = {
  '<': (x, y) => x < y,
  '<=': (x, y) => x <= y,
  '>': (x, y) => x > y,
  '>=': (x, y) => x >= y,
};

/** The commonest test, a signal against a number, as one closure without a call inside. */
const againstNumber: Record<Ordered, (slot: number, limit: number) => Test> = {
  '<': (slot, limit) => (frame) => {
    const x = frame[slot];
    return typeof x === 'number' && x < limit;
  },
  '<=': (slot, limit) => (frame) => {
    const x = frame[slot];
    return typeof x === 'number' && x <= limit;
  },
  '>': (slot, limit) => (frame) => {
    const x = frame[slot];
    return typeof x === 'number' && x > limit;
  },
  '>=': (slot, limit) => (frame) => {
    const x = frame[slot];
    return typeof x === 'number' && x >= limit;
  },
};

function equality([left, right]: readonly [Expr, Expr], wanted: boolean, names: Names): Test {
  const slot = slotOf(left, names);
  const other = constantOf(right, names);
  if (slot !== null && other !== notConstant) {
    return wanted ? (frame) => frame[slot] === other : (frame) => frame[slot] !== other;
  }
  const a = compileExpr(left, names);
  const b = compileExpr(right, names);
  return (frame) => (a(frame) === b(frame)) === wanted;
}

function membership(needle: Expr, list: readonly (string | number)[], names: Names): Test {
  const slot = slotOf(needle, names);
  if (slot !== null && list.length <= 3) {
    const [a, b = a, c = a] = list;
    return (frame) => {
      const value = frame[slot];
      return value === a || value === b || value === c;
    };
  }
  const members = new Set<SignalValue>(list);
  const value = compileExpr(needle, names);
  return (frame) => members.has(value(frame));
}

/** Two to five parts are written out: a loop over closures costs more than the tests themselves. */
function allOf(tests: readonly Test[]): Test {
  const [a, b, c, d, e] = tests;
  if (a && !b) return a;
  if (a && b && !c) return (frame) => a(frame) && b(frame);
  if (a && b && c && !d) return (frame) => a(frame) && b(frame) && c(frame);
  if (a && b && c && d && !e) return (frame) => a(frame) && b(frame) && c(frame) && d(frame);
  if (a && b && c && d && e && tests.length === 5) {
    return (frame) => a(frame) && b(frame) && c(frame) && d(frame) && e(frame);
  }
  return (frame) => tests.every((test) => test(frame));
}

function anyOf(tests: readonly Test[]): Test {
  const [a, b, c, d] = tests;
  if (a && !b) return a;
  if (a && b && !c) return (frame) => a(frame) || b(frame);
  if (a && b && c && !d) return (frame) => a(frame) || b(frame) || c(frame);
  if (a && b && c && d && tests.length === 4) {
    return (frame) => a(frame) || b(frame) || c(frame) || d(frame);
  }
  return (frame) => tests.some((test) => test(frame));
}

function sum(parts: readonly Compiled[], frame: Frame): SignalValue {
  let total = 0;
  for (const part of parts) {
    const value = part(frame);
    if (typeof value !== 'number') return value === undefined ? undefined : null;
    total += value;
  }
  return total;
}

function minus(left: SignalValue, right: SignalValue): SignalValue {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return left === undefined || right === undefined ? undefined : null;
}

/** Names of the signals an expression reads, in order of appearance. */
export function signalsOf(expr: Expr): string[] {
  const found = new Set<string>();
  walk(expr, (node) => {
    if ('var' in node) found.add(node.var);
  });
  return [...found];
}

/**
 * Instants at which an expression can change by time alone: every comparison of `now` with something else.
 * `<` and `>=` turn at the instant itself, `<=`, `>` and equality one millisecond later.
 */
export function turningPoints(expr: Expr, names: Names): Compiled[] {
  const found: Compiled[] = [];
  walk(expr, (node) => {
    for (const [operator, sides] of Object.entries(node)) {
      if (!(operator in comparisons)) continue;
      const [left, right] = sides as readonly [Expr, Expr];
      const other = isNow(left) ? right : isNow(right) ? left : null;
      if (other === null) continue;
      const turnsAt = isNow(left) === (operator === '<' || operator === '>=');
      const value = compileExpr(other, names);
      found.push((frame) => {
        const at = value(frame);
        return typeof at === 'number' ? at + (turnsAt ? 0 : 1) : null;
      });
    }
  });
  return found;
}

function isNow(expr: Expr): boolean {
  return expr !== null && typeof expr === 'object' && 'var' in expr && expr.var === 'now';
}

function walk(expr: Expr, visit: (node: Exclude<Expr, boolean | number | string | null>) => void): void {
  if (expr === null || typeof expr !== 'object') return;
  visit(expr);
  for (const [operator, inside] of Object.entries(expr)) {
    if (operator === 'var' || operator === 'param') continue;
    const parts: readonly Expr[] = operator === '!' ? [inside as Expr] : (inside as readonly Expr[]);
    for (const part of parts) if (!Array.isArray(part)) walk(part, visit);
  }
}

export function ruleInvalid(detail: string): PlumblineError {
  return new PlumblineError({ kind: 'invalid', code: 'flags.rule_invalid', detail });
}
