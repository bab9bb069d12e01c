import type { FlagColour } from '#contracts/flags';
import type { Module } from '#contracts/modules';
import type { PersonFacts } from '#contracts/person-facts';
import type { EpochMs } from '#contracts/time';
import { addDays, dateAt, dayMs, startOfDay } from './calendar.ts';
import type { SignalValue } from './expression.ts';
import type { CompiledPack, CompiledRule, Derived, Fact, SignalValues } from './pack.ts';
import type { Sources } from './sources.ts';

/** Everything a decision rests on. `record` is the module's fold of the person's events. */
export interface EvaluateInput {
  readonly atMs: EpochMs;
  readonly person: PersonFacts;
  /** Null = no event of this module was ever received. */
  readonly record: unknown;
  readonly sources: Sources;
  /** Flags of the other modules, for geofence. */
  readonly otherFlags: Partial<Record<Module, { flag: FlagColour; hold: boolean }>>;
  readonly pack: CompiledPack;
  /** While history is still being loaded, what was never received is stale and not missing. */
  readonly backfillUntilMs: EpochMs | null;
  /** Instant at which silence of sources is judged; default `atMs`. Set to the present to look into the future. */
  readonly silenceAtMs?: EpochMs;
}

/** One rule that has something to say about one frame (the person, or one member of a scope list). */
export interface Match {
  readonly rule: CompiledRule;
  readonly frame: readonly SignalValue[];
  readonly events: ReadonlyMap<number, readonly string[]>;
  readonly flag: FlagColour;
  readonly hold: boolean;
  readonly masked: boolean;
  /** A signal it needs is not known: it neither matched nor could be ruled out. */
  readonly undecided: boolean;
  readonly dueMs: EpochMs | null;
  readonly turns: readonly EpochMs[];
}

export interface Judgement {
  readonly matches: readonly Match[];
  readonly applicable: boolean;
  /** Instants after `atMs` at which a rule may answer differently, ascending, without duplicates. */
  readonly turns: readonly EpochMs[];
  /** The same for rules that wait for news (nature silence). */
  readonly silenceTurns: readonly EpochMs[];
  /** The same for deadlines that only the DER is told beforehand. */
  readonly secretTurns: readonly EpochMs[];
  readonly tasks: readonly DueTask[];
}

export interface DueTask {
  readonly match: Match;
  /** With placeholders. */
  readonly title: string;
  readonly dueMs: EpochMs | null;
  readonly masked: boolean;
}

interface Scope {
  readonly frame: SignalValue[];
  readonly events: Map<number, readonly string[]>;
}

/** While the future is explored, silence (ended by news) and secret deadlines are judged at the present. */
export interface Frozen {
  readonly silenceAtMs: EpochMs;
  readonly secretAtMs: EpochMs;
}

/** Tries every rule of the pack at one instant. */
export function judge(
  input: EvaluateInput,
  atMs: EpochMs,
  frozen: Frozen = { silenceAtMs: input.silenceAtMs ?? atMs, secretAtMs: atMs },
): Judgement {
  const { pack, person } = input;
  const { own, derived } = deriveSignals(input, atMs);
  const lists = createLists(own, derived, pack);
  const noted = { time: new Set<EpochMs>(), silence: new Set<EpochMs>(), secret: new Set<EpochMs>() };
  for (const at of [...(derived.turnsAt ?? []), input.backfillUntilMs, leaveEndsMs(person)]) {
    if (at !== null && at > atMs) noted.time.add(at);
  }
  const matches: Match[] = [];
  const tasks: DueTask[] = [];
  let applicable = false;
  for (const rule of pack.rules) {
    noteVersion(rule, atMs, noted.time);
    if (!decidesNow(rule, input, atMs)) continue;
    // After the end of employment nothing colours the person; the employer's duties go on as tasks.
    const gone = person.phase === 'terminated' && rule.rule.subject === 'person';
    if (gone && rule.rule.nature !== 'duty') continue;
    const kind = kindOf(rule);
    const judgedAtMs = kind === 'silence' ? frozen.silenceAtMs : kind === 'secret' ? frozen.secretAtMs : atMs;
    for (const scope of lists(rule.rule.per)) {
      if (!rule.applies(scope.frame)) continue;
      const match = tryRule(rule, scope, input, atMs, judgedAtMs);
      collectTasks(match, tasks);
      if (gone) continue;
      applicable ||= rule.rule.subject === 'person';
      for (const at of match.turns) noted[kind].add(at);
      if (match.flag !== 'none' || match.undecided) matches.push(match);
    }
  }
  return {
    matches,
    applicable,
    turns: ascending(noted.time),
    silenceTurns: ascending(noted.silence),
    secretTurns: ascending(noted.secret),
    tasks,
  };
}

function kindOf({ rule }: CompiledRule): 'time' | 'silence' | 'secret' {
  if (rule.nature === 'silence') return 'silence';
  return rule.foretell === 'der' ? 'secret' : 'time';
}

function deriveSignals(input: EvaluateInput, atMs: EpochMs): { own: Scope; derived: Derived } {
  const { pack, person } = input;
  const derived = pack.definition.derive({
    atMs,
    person,
    record: input.record,
    sources: input.sources,
    otherFlags: input.otherFlags,
    parameter: (ruleId, name) => Number(pack.parameters.get(`${ruleId}.${name}`)),
    choice: (ruleId, name) => Boolean(pack.parameters.get(`${ruleId}.${name}`)),
  });
  const engine = { now: atMs, phase: person.phase, jurisdiction: person.jurisdiction };
  return { own: scopeOf(pack, null, { ...engine, ...derived.signals }), derived };
}

const ascending = (instants: ReadonlySet<EpochMs>): EpochMs[] => [...instants].toSorted((a, b) => a - b);

function noteVersion(rule: CompiledRule, atMs: EpochMs, turns: Set<EpochMs>): void {
  if (rule.fromMs > atMs) turns.add(rule.fromMs);
  if (rule.untilMs > atMs && rule.untilMs !== Infinity) turns.add(rule.untilMs);
}

function decidesNow(rule: CompiledRule, input: EvaluateInput, atMs: EpochMs): boolean {
  if (atMs < rule.fromMs || atMs >= rule.untilMs) return false;
  const { jurisdictions } = rule.rule;
  return jurisdictions === undefined || jurisdictions.includes(input.person.jurisdiction ?? '');
}

/** The members of each list as frames, made once however many rules try them. */
function createLists(own: Scope, derived: Derived, pack: CompiledPack): (list?: string) => readonly Scope[] {
  const itself = [own];
  const made = new Map<string, readonly Scope[]>();
  return (list) => {
    if (list === undefined) return itself;
    let scopes = made.get(list);
    if (!scopes) {
      scopes = (derived.scopes?.[list] ?? []).map((member) => scopeOf(pack, own, member));
      made.set(list, scopes);
    }
    return scopes;
  };
}

function scopeOf(pack: CompiledPack, parent: Scope | null, values: SignalValues): Scope {
  const frame: SignalValue[] = parent ? parent.frame.slice() : pack.emptyFrame.slice();
  const events = parent ? new Map(parent.events) : new Map<number, readonly string[]>();
  for (const name in values) {
    const slot = pack.slots.get(name);
    if (slot === undefined) throw new TypeError(`Signal "${name}" is not declared by the pack.`);
    const given = values[name];
    if (isFact(given)) {
      frame[slot] = given.value;
      if (given.eventIds.length > 0) events.set(slot, given.eventIds);
    } else {
      frame[slot] = given;
    }
  }
  return { frame, events };
}

const isFact = (given: SignalValue | Fact): given is Fact => typeof given === 'object' && given !== null;

function tryRule(
  rule: CompiledRule,
  scope: Scope,
  input: EvaluateInput,
  atMs: EpochMs,
  judgedAtMs: EpochMs,
): Match {
  const { frame, events } = scope;
  const turns = rule.turns.map((turn) => turn(frame)).filter((at): at is EpochMs => isAfter(at, atMs));
  const dueMs = rule.dueSlot === null ? null : instantIn(frame[rule.dueSlot]);
  const raw = rule.dueSlot === null ? decideWhen(rule, frame) : decideDue(rule, frame, input, judgedAtMs);
  if (rule.dueSlot !== null) {
    for (const at of [dueMs, warnFromMs(rule, frame, input.person.zone)])
      if (isAfter(at, atMs)) turns.push(at);
  }
  const undecided = raw === null && rule.testedSlots.some((slot) => frame[slot] === undefined);
  const bent = bend(rule, frame, raw ?? { flag: 'none', hold: false }, input, atMs);
  return {
    rule,
    frame,
    events,
    flag: undecided ? 'yellow' : bent.flag,
    hold: bent.hold,
    masked: rule.masked?.(frame) ?? false,
    undecided,
    dueMs,
    turns,
  };
}

const isAfter = (at: SignalValue, ms: EpochMs): at is EpochMs => typeof at === 'number' && at > ms;
const instantIn = (value: SignalValue): EpochMs | null => (typeof value === 'number' ? value : null);

interface Outcome {
  flag: FlagColour;
  hold: boolean;
}

function decideWhen(rule: CompiledRule, frame: readonly SignalValue[]): Outcome | null {
  const { condition } = rule.rule;
  if ('otherwise' in condition) return { flag: condition.otherwise.flag, hold: rule.hold(frame) };
  if (!('when' in condition) || !rule.holds(frame)) return null;
  return { flag: condition.gives.flag, hold: rule.hold(frame) };
}

function decideDue(
  rule: CompiledRule,
  frame: readonly SignalValue[],
  input: EvaluateInput,
  atMs: EpochMs,
): Outcome | null {
  const { condition } = rule.rule;
  const dueMs = instantIn(frame[rule.dueSlot!]);
  if (!('deadline' in condition) || dueMs === null) return null;
  if (atMs >= dueMs) return { flag: condition.deadline.after.flag, hold: rule.hold(frame) };
  const { before } = condition.deadline;
  const fromMs = warnFromMs(rule, frame, input.person.zone);
  if (before === null || (fromMs !== null && atMs < fromMs)) return null;
  return { flag: before.flag, hold: rule.holdBefore(frame) };
}

/** Start of the warning: the longest mark that is not longer than half the validity; null = from the beginning. */
function warnFromMs(rule: CompiledRule, frame: readonly SignalValue[], zone: string): EpochMs | null {
  if (rule.marksDays === null) return null;
  const dueMs = instantIn(frame[rule.dueSlot!]);
  if (dueMs === null) return null;
  const fromMs = rule.validFromSlot === null ? null : instantIn(frame[rule.validFromSlot]);
  const mark = rule.marksDays.find((days) => fromMs === null || days * dayMs <= (dueMs - fromMs) / 2);
  if (mark === undefined) return dueMs;
  return startOfDay(addDays(dateAt(dueMs - 1, zone), -mark), zone);
}

/** Rule packs §0 "phase" and "no data". */
function bend(
  rule: CompiledRule,
  frame: readonly SignalValue[],
  raw: Outcome,
  input: EvaluateInput,
  atMs: EpochMs,
): Outcome {
  const backfilling = input.backfillUntilMs !== null && atMs < input.backfillUntilMs;
  if (backfilling && raw.flag !== 'none' && rule.absent?.(frame)) return { flag: 'stale', hold: false };
  if (raw.flag !== 'red') return raw;
  const { nature } = rule.rule;
  const softened: Outcome = { flag: 'yellow', hold: true };
  if (input.person.phase === 'applicant' && (nature === 'before_work' || nature === 'lapse')) return softened;
  const returnMs = leaveEndsMs(input.person);
  if (input.person.phase === 'leave' && nature === 'lapse' && (returnMs === null || atMs < returnMs)) {
    return softened;
  }
  return raw;
}

function leaveEndsMs(person: PersonFacts): EpochMs | null {
  if (person.phase !== 'leave' || person.returnOn === null) return null;
  return startOfDay(person.returnOn, person.zone);
}

function collectTasks(match: Match, tasks: DueTask[]): void {
  const matched = match.flag !== 'none' && !match.undecided;
  for (const task of match.rule.tasks) {
    if (!(task.when === null ? matched : task.when(match.frame))) continue;
    const dueMs = task.dueSlot === null ? null : instantIn(match.frame[task.dueSlot]);
    tasks.push({ match, title: task.title, dueMs, masked: match.masked });
  }
}
