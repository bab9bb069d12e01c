import { LogicEngine } from 'json-logic-engine';
import { compileTest } from './expression.ts';
import type { Expr, SignalValue } from './expression.ts';

/**
 * Speed of the condition language against json-logic-engine's compiled mode and against plain closures over the event: the
 * same 50 rules of 5 predicates over the same 256 events, interleaved in one process. CPU time, not wall time, so that
 * neighbours on the machine matter less. The sets of hits must be equal before anything is timed.
 */
export interface RuleBench {
  rules: number;
  events: number;
  hits: number;
  /** Medians over the rounds, in rule evaluations per second of CPU. */
  evalsPerS: { ours: number; jsonLogicCompiled: number; plainClosures: number };
  /** Medians of the ratios within each round. */
  ratio: { toJsonLogicCompiled: number; toPlainClosures: number };
}

type Event = Record<string, SignalValue>;
type Test = (event: Event) => boolean;

const words = ['positive', 'negative', 'cancelled', 'pending', 'refusal', 'clear', 'consider'];
const numbers = ['daysLeft', 'daysLate', 'hours', 'count', 'score'];
const flags = ['covered', 'active', 'signed', 'open'];
const names = [...numbers, ...flags, 'state', 'result', 'phase'];

/** Numerical Recipes' linear congruential generator: the same rules and events on every machine. */
function createDice(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function makeEvents(count: number, dice: (below: number) => number): Event[] {
  return Array.from({ length: count }, () => ({
    ...Object.fromEntries(numbers.map((name) => [name, dice(400) - 100])),
    ...Object.fromEntries(flags.map((name) => [name, dice(2) === 1])),
    ...Object.fromEntries(['state', 'result', 'phase'].map((name) => [name, words[dice(words.length)]])),
  }));
}

function makePredicate(dice: (below: number) => number): { expr: Expr; test: Test } {
  const number = numbers[dice(numbers.length)]!;
  const word = ['state', 'result', 'phase'][dice(3)]!;
  const flag = flags[dice(flags.length)]!;
  const limit = dice(400) - 100;
  const value = words[dice(words.length)]!;
  const list = [value, words[dice(words.length)]!, words[dice(words.length)]!];
  switch (dice(5)) {
    case 0:
      return { expr: { '>': [{ var: number }, limit] }, test: (event) => Number(event[number]) > limit };
    case 1:
      return { expr: { '<=': [{ var: number }, limit] }, test: (event) => Number(event[number]) <= limit };
    case 2:
      return { expr: { '!=': [{ var: word }, value] }, test: (event) => event[word] !== value };
    case 3:
      return {
        expr: { in: [{ var: word }, list] },
        test: (event) => list.includes(event[word] as string),
      };
    default:
      return { expr: { '!': { var: flag } }, test: (event) => !event[flag] };
  }
}

function makeRule(dice: (below: number) => number): { expr: Expr; test: Test } {
  const [a, b, c, d, e] = Array.from({ length: 5 }, () => makePredicate(dice)) as [
    Part,
    Part,
    Part,
    Part,
    Part,
  ];
  return {
    expr: { and: [a.expr, { or: [b.expr, c.expr] }, d.expr, e.expr] },
    test: (event) => a.test(event) && (b.test(event) || c.test(event)) && d.test(event) && e.test(event),
  };
}
type Part = ReturnType<typeof makePredicate>;

/** Runs all rules over one event and answers how many hit. */
type Runner = (event: Event) => number;

function ourRunner(exprs: readonly Expr[]): Runner {
  const slots = new Map(names.map((name, slot) => [name, slot]));
  const tests = exprs.map((expr) =>
    compileTest(expr, { slot: (name) => slots.get(name)!, parameter: () => null }),
  );
  const frame: SignalValue[] = names.map(() => null);
  return (event) => {
    for (let slot = 0; slot < names.length; slot += 1) frame[slot] = event[names[slot]!];
    let hits = 0;
    for (const test of tests) if (test(frame)) hits += 1;
    return hits;
  };
}

function jsonLogicRunner(exprs: readonly Expr[]): Runner {
  const engine = new LogicEngine();
  const built = exprs.map((expr) => engine.build(expr as never) as (event: Event) => unknown);
  return (event) => {
    let hits = 0;
    for (const rule of built) if (rule(event)) hits += 1;
    return hits;
  };
}

function plainRunner(tests: readonly Test[]): Runner {
  return (event) => {
    let hits = 0;
    for (const test of tests) if (test(event)) hits += 1;
    return hits;
  };
}

/** Microseconds of CPU that `laps` passes over the events take. */
function cpuMicros(run: Runner, events: readonly Event[], laps: number): number {
  const start = process.cpuUsage();
  let hits = 0;
  for (let lap = 0; lap < laps; lap += 1) for (const event of events) hits += run(event);
  const used = process.cpuUsage(start);
  if (hits < 0) throw new Error('unreachable: keeps the loop from being optimised away');
  return used.user + used.system;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** Throws when two engines disagree on any (rule, event). */
function checkEqual(exprs: readonly Expr[], tests: readonly Test[], events: readonly Event[]): number {
  let hits = 0;
  exprs.forEach((expr, index) => {
    const ours = ourRunner([expr]);
    const theirs = jsonLogicRunner([expr]);
    const plain = plainRunner([tests[index]!]);
    for (const event of events) {
      const answers = [ours(event), theirs(event), plain(event)];
      if (new Set(answers).size > 1) {
        throw new Error(`engines disagree on rule ${index}: ours, json-logic, plain = ${answers.join(', ')}`);
      }
      hits += answers[0]!;
    }
  });
  return hits;
}

/** Measures. `laps` passes over 256 events for each engine in each of `rounds` rounds. */
export function measureRules({ rounds = 7, laps = 200, seed = 49 } = {}): RuleBench {
  const dice = createDice(seed);
  const rules = Array.from({ length: 50 }, () => makeRule(dice));
  const events = makeEvents(256, dice);
  const exprs = rules.map(({ expr }) => expr);
  const tests = rules.map(({ test }) => test);
  const hits = checkEqual(exprs, tests, events);
  const runners = [ourRunner(exprs), jsonLogicRunner(exprs), plainRunner(tests)];
  for (const run of runners) cpuMicros(run, events, laps);
  const micros = Array.from({ length: rounds }, () => runners.map((run) => cpuMicros(run, events, laps)));
  const evals = rules.length * events.length * laps;
  const perS = (engine: number) => Math.round(evals / (median(micros.map((round) => round[engine]!)) / 1e6));
  const ratioTo = (engine: number) => median(micros.map((round) => round[engine]! / round[0]!));
  return {
    rules: rules.length,
    events: events.length,
    hits,
    evalsPerS: { ours: perS(0), jsonLogicCompiled: perS(1), plainClosures: perS(2) },
    ratio: { toJsonLogicCompiled: ratioTo(1), toPlainClosures: ratioTo(2) },
  };
}
