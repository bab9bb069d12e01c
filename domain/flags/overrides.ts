import { PlumblineError } from '#platform/errors';
import type { Rule, RuleParameter } from './rule.ts';

/** What one tenant changes in a pack. */
export interface PackOverrides {
  /** New parameter values: rule id → parameter → value. */
  readonly parameters?: Readonly<Record<string, Readonly<Record<string, number | boolean | string>>>>;
  /** Rules of basis policy or custom that this tenant does not use. */
  readonly disabled?: readonly string[];
  /** The tenant's own rules; basis policy only, ids of their own. */
  readonly added?: readonly Rule[];
}

function refused(detail: string): PlumblineError {
  return new PlumblineError({ kind: 'invalid', code: 'flags.override_refused', detail });
}

/** The rules after one tenant's overrides. Throws `flags.override_refused` with the rule, the value and the limit. */
export function applyOverrides(
  rules: readonly Rule[],
  overrides: PackOverrides | undefined,
): readonly Rule[] {
  if (!overrides) return rules;
  const known = new Map(rules.map((rule) => [rule.id, rule]));
  for (const id of Object.keys(overrides.parameters ?? {})) {
    if (!known.has(id)) throw refused(`There is no rule ${id} in this pack.`);
  }
  for (const id of overrides.disabled ?? []) refuseDisabling(id, known.get(id));
  for (const rule of overrides.added ?? []) {
    if (known.has(rule.id)) throw refused(`Rule id ${rule.id} is taken by a built-in rule.`);
    if (rule.basis !== 'policy') throw refused(`Rule ${rule.id}: a tenant's own rule has basis policy.`);
  }
  const kept = rules
    .filter((rule) => !overrides.disabled?.includes(rule.id))
    .map((rule) => withParameters(rule, overrides.parameters?.[rule.id]));
  return [...kept, ...(overrides.added ?? [])];
}

function refuseDisabling(id: string, rule: Rule | undefined): void {
  if (!rule) throw refused(`There is no rule ${id} in this pack.`);
  if (rule.basis === 'law')
    throw refused(`Rule ${id} rests on law (${rule.citations.join(', ')}): it stays on.`);
}

function withParameters(
  rule: Rule,
  values: Readonly<Record<string, number | boolean | string>> | undefined,
): Rule {
  if (!values) return rule;
  const parameters = { ...rule.parameters };
  for (const [name, value] of Object.entries(values)) {
    const parameter = parameters[name];
    if (!parameter) throw refused(`Rule ${rule.id} has no parameter "${name}".`);
    checkValue(`${rule.id}.${name}`, parameter, value);
    parameters[name] = { ...parameter, value };
  }
  return { ...rule, parameters };
}

function checkValue(where: string, parameter: RuleParameter, value: number | boolean | string): void {
  if (typeof value !== typeof parameter.value) {
    throw refused(`${where} is a ${typeof parameter.value}, not a ${typeof value}.`);
  }
  const { min, max, basis, unit } = parameter;
  const why = basis === 'law' ? 'the law allows' : 'this rule allows';
  if (basis === 'law' && min === undefined && max === undefined && value !== parameter.value) {
    throw refused(`${where} is fixed by law at ${parameter.value} ${unit}.`);
  }
  if (typeof value !== 'number') return;
  if (!Number.isFinite(value)) throw refused(`${where} must be a finite number.`);
  if (min !== undefined && value < min)
    throw refused(`${where} = ${value}: ${why} no less than ${min} ${unit}.`);
  if (max !== undefined && value > max)
    throw refused(`${where} = ${value}: ${why} no more than ${max} ${unit}.`);
}
