import type { FlagColour } from '#contracts/flags';
import type { Module } from '#contracts/modules';
import type { PersonFacts } from '#contracts/person-facts';
import type { EpochMs } from '#contracts/time';
import { compileTest, ruleInvalid, signalsOf, turningPoints } from './expression.ts';
import type { Compiled, Expr, Names, SignalValue } from './expression.ts';
import { applyOverrides } from './overrides.ts';
import type { PackOverrides } from './overrides.ts';
import type { Rule } from './rule.ts';
import type { Sources } from './sources.ts';

/** A value with the events that carried it, for the trace. */
export interface Fact {
  value: SignalValue;
  eventIds: readonly string[];
}
export const fact = (value: SignalValue, eventIds: readonly string[] = []): Fact => ({ value, eventIds });

/** Signals by name. A bare value is a fact without events; `undefined` = not known; absent = null. */
export type SignalValues = Readonly<Record<string, SignalValue | Fact>>;

/** How a signal is shown. `last_day` = an instant that is the first late one; shown as the day before it ends. */
export type SignalKind = 'yes_no' | 'number' | 'word' | 'instant' | 'last_day';
export type SignalDeclarations = Readonly<Record<string, { kind: SignalKind; title: string }>>;

export interface SignalContext<R> {
  readonly atMs: EpochMs;
  readonly person: PersonFacts;
  /** Null = no event of this module was ever received. */
  readonly record: R | null;
  readonly sources: Sources;
  readonly otherFlags: Partial<Record<Module, { flag: FlagColour; hold: boolean }>>;
  /** Value of a rule's parameter, with the tenant's overrides. */
  parameter(ruleId: string, name: string): number;
  choice(ruleId: string, name: string): boolean;
}

export interface Derived {
  /** Signals about the person as a whole. */
  signals: SignalValues;
  /** Members of each list that rules with `per` are tried on; they see the person's signals too. */
  scopes?: Readonly<Record<string, readonly SignalValues[]>>;
  /** Instants after which `derive` may answer differently, when it looked at `atMs` itself. */
  turnsAt?: readonly (EpochMs | null)[];
}

/** What a module writes: rules as data, signals as code. See README.md. */
export interface PackDefinition<R> {
  readonly module: Module;
  readonly rules: readonly Rule[];
  readonly signals: SignalDeclarations;
  /** `gravest` keeps all matching rules; `first` lets the first matching row decide (geofence). */
  readonly combine: 'gravest' | 'first';
  /** Pure. Written as a method so that packs of different records share one registry. */
  derive(context: SignalContext<R>): Derived;
}

export interface CompiledRule {
  readonly rule: Rule;
  readonly row: number;
  readonly fromMs: EpochMs;
  readonly untilMs: EpochMs;
  readonly applies: (frame: readonly SignalValue[]) => boolean;
  readonly holds: (frame: readonly SignalValue[]) => boolean;
  readonly dueSlot: number | null;
  readonly validFromSlot: number | null;
  readonly marksDays: readonly number[] | null;
  readonly hold: (frame: readonly SignalValue[]) => boolean;
  readonly holdBefore: (frame: readonly SignalValue[]) => boolean;
  readonly masked: ((frame: readonly SignalValue[]) => boolean) | null;
  readonly absent: ((frame: readonly SignalValue[]) => boolean) | null;
  readonly tasks: readonly CompiledTask[];
  /** Signals the rule tests. */
  readonly testedSlots: readonly number[];
  /** Signals of the trace: those it tests, then those its words speak of. */
  readonly traced: readonly string[];
  readonly tracedSlots: readonly number[];
  readonly turns: readonly Compiled[];
}

export interface CompiledTask {
  readonly title: string;
  readonly dueSlot: number | null;
  readonly when: ((frame: readonly SignalValue[]) => boolean) | null;
}

/** A pack with one tenant's parameters, ready to decide. */
export interface CompiledPack {
  readonly definition: PackDefinition<unknown>;
  readonly rules: readonly CompiledRule[];
  readonly slots: ReadonlyMap<string, number>;
  /** Every signal absent. */
  readonly emptyFrame: readonly SignalValue[];
  readonly parameters: ReadonlyMap<string, SignalValue>;
}

/** Signals that the engine itself provides to every rule. */
export const engineSignals: SignalDeclarations = {
  now: { kind: 'instant', title: 'Now' },
  phase: { kind: 'word', title: 'Phase' },
  jurisdiction: { kind: 'word', title: 'Jurisdiction' },
};

/**
 * Applies a tenant's overrides and compiles. Throws `flags.rule_invalid` when a rule names an unknown signal or
 * parameter, `flags.override_refused` when an override would go below the law.
 */
export function compilePack<R>(definition: PackDefinition<R>, overrides?: PackOverrides): CompiledPack {
  const erased = definition as PackDefinition<unknown>;
  const rules = applyOverrides(definition.rules, overrides);
  const slots = new Map(
    Object.keys({ ...engineSignals, ...definition.signals }).map((name, slot) => [name, slot]),
  );
  const parameters = new Map<string, SignalValue>();
  for (const rule of rules) {
    for (const [name, parameter] of Object.entries(rule.parameters)) {
      parameters.set(`${rule.id}.${name}`, parameter.value);
    }
  }
  return {
    definition: erased,
    rules: rules.map((rule, row) => compileRule(rule, row, slots, rules)),
    slots,
    emptyFrame: Array.from(slots, () => null),
    parameters,
  };
}

function compileRule(
  rule: Rule,
  row: number,
  slots: ReadonlyMap<string, number>,
  all: readonly Rule[],
): CompiledRule {
  const names = namesOf(rule, slots);
  const { condition } = rule;
  const deadline = 'deadline' in condition ? condition.deadline : null;
  const main = 'when' in condition ? condition.when : 'otherwise' in condition ? true : null;
  const after =
    'when' in condition ? condition.gives : 'otherwise' in condition ? condition.otherwise : deadline!.after;
  const expressions: Expr[] = [rule.appliesWhen, main ?? true, rule.maskedWhen ?? true];
  const tested = [
    ...new Set([...(deadline ? [deadline.due] : []), ...expressions.flatMap(signalsOf)]),
  ].filter((name) => name !== 'now');
  const traced = [...new Set([...tested, ...spokenOf(rule, slots)])];
  return {
    rule,
    row,
    fromMs: Date.parse(rule.effectiveFrom),
    untilMs: nextVersionMs(rule, all),
    applies: compileTest(rule.appliesWhen, names),
    holds: compileTest(main ?? true, names),
    dueSlot: deadline ? names.slot(deadline.due) : null,
    validFromSlot: deadline?.validFrom ? names.slot(deadline.validFrom) : null,
    marksDays: marksOf(rule, names),
    hold: compileTest(after.hold, names),
    holdBefore: compileTest(deadline?.before?.hold ?? false, names),
    masked: rule.maskedWhen === undefined ? null : compileTest(rule.maskedWhen, names),
    absent: rule.absentWhen === undefined ? null : compileTest(rule.absentWhen, names),
    tasks: rule.tasks.map((task) => ({
      title: task.title,
      dueSlot: task.due === undefined ? null : names.slot(task.due),
      when: task.when === undefined ? null : compileTest(task.when, names),
    })),
    testedSlots: tested.map((name) => names.slot(name)),
    traced,
    tracedSlots: traced.map((name) => names.slot(name)),
    turns: [...expressions, rule.absentWhen ?? true].flatMap((expr) => turningPoints(expr, names)),
  };
}

/** Signals that the rule's words name: `{signal}`. */
function spokenOf(rule: Rule, slots: ReadonlyMap<string, number>): string[] {
  const words = [...`${rule.says} ${rule.message}`.matchAll(/\{(\w+)\}/g)].map((found) => found[1]!);
  return words.filter((word) => slots.has(word));
}

function namesOf(rule: Rule, slots: ReadonlyMap<string, number>): Names {
  return {
    slot: (name) => {
      const slot = slots.get(name);
      if (slot === undefined) throw ruleInvalid(`Rule ${rule.id} names the unknown signal "${name}".`);
      return slot;
    },
    parameter: (name) => {
      const parameter = rule.parameters[name];
      if (!parameter) throw ruleInvalid(`Rule ${rule.id} names the unknown parameter "${name}".`);
      return parameter.value;
    },
  };
}

function marksOf(rule: Rule, names: Names): readonly number[] | null {
  if (!('deadline' in rule.condition)) return null;
  const { marksDays, markParameter } = rule.condition.deadline;
  if (markParameter === undefined) return marksDays ?? null;
  const mark = names.parameter(markParameter);
  if (typeof mark !== 'number')
    throw ruleInvalid(`Rule ${rule.id}: parameter "${markParameter}" must be days.`);
  return [mark, ...(marksDays ?? []).filter((days) => days < mark)];
}

function nextVersionMs(rule: Rule, all: readonly Rule[]): EpochMs {
  const later = all
    .filter((other) => other.id === rule.id && other.version > rule.version)
    .map((other) => Date.parse(other.effectiveFrom));
  return Math.min(Infinity, ...later);
}
