import type { Reason } from '#contracts/flags';
import { dateAt, formatInstant, localMinute } from './calendar.ts';
import type { SignalValue } from './expression.ts';
import type { EvaluateInput, Match } from './judge.ts';
import { engineSignals } from './pack.ts';
import type { SignalKind } from './pack.ts';

/** The reason a match gives: rule, message, and the facts it tested with the events that carried them. */
export function explain(match: Match, input: EvaluateInput): Reason {
  const { rule } = match.rule;
  const traced = match.rule.traced.map((name, index) => ({ name, slot: match.rule.tracedSlots[index]! }));
  const facts = traced.map(({ name, slot }) => ({
    name: declared(input, name).title,
    value: show(match.frame[slot], declared(input, name).kind, input.person.zone),
    ok: slot === match.rule.dueSlot && match.dueMs !== null ? input.atMs < match.dueMs : null,
    eventIds: [...(match.events.get(slot) ?? [])],
  }));
  return {
    ruleId: rule.id,
    ruleVersion: rule.version,
    title: rule.title,
    flag: match.flag,
    hold: match.hold,
    basis: rule.basis,
    citations: [...rule.citations],
    textAsOf: rule.textAsOf,
    message: match.undecided ? undecidedMessage(match, input) : messageOf(match, input),
    facts,
    eventIds: [...new Set(facts.flatMap((known) => known.eventIds))],
    nextChangeAt: match.turns.length === 0 ? null : formatInstant(Math.min(...match.turns)),
    dueAt: match.dueMs === null ? null : formatInstant(match.dueMs),
    short: match.undecided ? 'Review' : rule.short,
  };
}

const declared = (input: EvaluateInput, name: string) =>
  input.pack.definition.signals[name] ?? engineSignals[name] ?? { kind: 'word' as const, title: name };

/** "{what is so} ({citation}). {what to do}." */
function messageOf(match: Match, input: EvaluateInput): string {
  const { rule } = match.rule;
  const says = fill(rule.says, match, input);
  const cited = rule.citations[0] === undefined ? '' : ` (${rule.citations[0]})`;
  const message = fill(rule.message, match, input);
  const end = /[.?!]$/.test(message) ? '' : '.';
  return message === '' ? `${says}${cited}.` : `${says}${cited}. ${message}${end}`;
}

function undecidedMessage(match: Match, input: EvaluateInput): string {
  const unknown = match.rule.traced
    .filter((_, index) => match.frame[match.rule.tracedSlots[index]!] === undefined)
    .map((name) => declared(input, name).title);
  return `${match.rule.rule.title}: not decided, because this is not known: ${unknown.join(', ')}. A person must look.`;
}

/** A template with its {signals} written out. */
export function fill(template: string, match: Match, input: EvaluateInput): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, word: string) => {
    const { condition } = match.rule.rule;
    const name = word === 'due' && 'deadline' in condition ? condition.deadline.due : word;
    const slot = input.pack.slots.get(name);
    if (slot === undefined) return String(match.rule.rule.parameters[name]?.value ?? `{${word}}`);
    return show(match.frame[slot], declared(input, name).kind, input.person.zone);
  });
}

function show(value: SignalValue, kind: SignalKind, zone: string): string {
  if (value === undefined) return 'unknown';
  if (value === null) return 'none';
  if (kind === 'yes_no') return value ? 'yes' : 'no';
  if (typeof value !== 'number') return String(value).replaceAll('_', ' ');
  if (kind === 'instant') return localMinute(value, zone);
  if (kind === 'last_day') return dateAt(value - 1, zone);
  return String(value);
}
