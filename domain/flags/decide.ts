import type { Decision, FlagColour } from '#contracts/flags';
import type { DivisionId, JobRoleId, LocationId, TenantId } from '#contracts/ids';
import type { FlagChanged } from '#contracts/live';
import { modules, type Module } from '#contracts/modules';
import type { PersonFacts } from '#contracts/person-facts';
import type { EpochMs } from '#contracts/time';
import type { Ids } from '#platform/ids';
import { formatInstant } from './calendar.ts';
import { effectiveSince, searchFrom } from './effective.ts';
import { evaluate, type EvaluateInput, type Evaluation } from './evaluate.ts';
import type { RecordedChange } from './history.postgres.ts';
import type { CompiledPack } from './pack.ts';
import { cellText } from './short.ts';
import type { Sources } from './sources.ts';
import type { CurrentFlag } from './store.postgres.ts';

/** A person as decisions and their announcements need them. */
export interface FlagSubject {
  facts: PersonFacts;
  name: string;
  divisionId: DivisionId | null;
  locationId: LocationId | null;
  jobRoleId: JobRoleId | null;
}

/** Why a flag is looked at again. */
export interface Cause {
  eventIds: readonly string[];
  /** When the first of them was received at the door; null when time alone is the cause. */
  receivedAt: string | null;
  /** When the earliest of them happened; null when time alone is the cause. */
  occurredAt: string | null;
}

export interface DecideInput {
  tenantId: TenantId;
  atMs: EpochMs;
  subject: FlagSubject;
  /** Modules to decide; geofence joins by itself when another module's flag or hold changes. */
  modules: readonly Module[];
  /** Records by module; absent = no event was ever received. */
  records: Partial<Record<Module, unknown>>;
  /** The person's stored flags. */
  current: readonly CurrentFlag[];
  causes: Partial<Record<Module, Cause>>;
  sources: Sources;
  packs: Readonly<Record<Module, CompiledPack>>;
  backfillUntilMs: EpochMs | null;
}

interface Announcement {
  audience: FlagChanged['audience'];
  from: Decision;
  to: Decision;
  /** Since when it has been so; when we knew is `after.decidedAt`. */
  effectiveAt: string;
}

/** One decided flag, with what is to be announced. `announce` is empty when nothing anybody sees has changed. */
export interface Decided {
  module: Module;
  before: CurrentFlag | null;
  after: CurrentFlag;
  announce: readonly Announcement[];
}

const nothing: Decision = {
  flag: 'none',
  hold: false,
  reasons: [],
  nextChangeAt: null,
  nextFlag: null,
  nextHold: null,
  tasks: [],
};

/** Most steps that the search for a red date takes: green, yellow, red and a hold on top. */
const mostSteps = 4;

/** Earliest instant at which the flag turns red by time alone; null = never. */
function turnsRedAt(input: EvaluateInput, evaluation: Evaluation): string | null {
  let decision = evaluation.general;
  if (decision.flag === 'red') return null;
  for (let step = 0; step < mostSteps && decision.nextChangeAt !== null; step += 1) {
    if (decision.nextFlag === 'red') return decision.nextChangeAt;
    const atMs = Date.parse(decision.nextChangeAt);
    decision = evaluate({ ...input, atMs, silenceAtMs: input.atMs }).general;
  }
  return null;
}

const colourOf = ({ flag, hold }: { flag: FlagColour; hold: boolean }) => `${flag}${hold ? '!' : ''}`;

/** Whether anything that screens show of a decision differs. */
function shows(from: Decision, to: Decision): boolean {
  const [a, b] = [from.reasons[0], to.reasons[0]];
  return (
    colourOf(from) !== colourOf(to) ||
    from.nextChangeAt !== to.nextChangeAt ||
    from.nextFlag !== to.nextFlag ||
    a?.ruleId !== b?.ruleId ||
    a?.dueAt !== b?.dueAt ||
    a?.short !== b?.short
  );
}

/** Who is told what: one change for all, or one for the DER and one for the others where a masked reason parts them. */
function announcements(
  before: CurrentFlag | null,
  after: CurrentFlag,
  sinceOf: (from: Decision, to: Decision, view: 'general' | 'der') => string,
): Decided['announce'] {
  const withSince = (from: Decision, to: Decision, view: 'general' | 'der') => ({
    from,
    to,
    effectiveAt: sinceOf(from, to, view),
  });
  const general = withSince(before?.decision ?? nothing, after.decision, 'general');
  const generalShows = shows(general.from, general.to);
  if (!before?.derDecision && !after.derDecision) {
    return generalShows ? [{ audience: 'all', ...general }] : [];
  }
  const der = withSince(
    before?.derDecision ?? before?.decision ?? nothing,
    after.derDecision ?? after.decision,
    'der',
  );
  return [
    ...(generalShows ? [{ audience: 'others' as const, ...general }] : []),
    ...(shows(der.from, der.to) ? [{ audience: 'der' as const, ...der }] : []),
  ];
}

/** Since when the answer has been so, by view: asked for the state and again for its announcement, walked once. */
function createClocks(question: EvaluateInput, fromMs: EpochMs) {
  const clock = (view: (evaluation: Evaluation) => Decision) => {
    let since: string | undefined;
    return (now: Decision) => (since ??= formatInstant(effectiveSince(question, view, now, fromMs)));
  };
  return { general: clock(({ general }) => general), der: clock(({ general, der }) => der ?? general) };
}

function decideOne(input: DecideInput, module: Module, known: Map<Module, CurrentFlag>): Decided {
  const before = known.get(module) ?? null;
  const otherFlags = Object.fromEntries(
    [...known].map(([other, { decision }]) => [other, { flag: decision.flag, hold: decision.hold }]),
  );
  const question: EvaluateInput = {
    atMs: input.atMs,
    person: input.subject.facts,
    record: input.records[module] ?? null,
    sources: input.sources,
    otherFlags,
    pack: input.packs[module],
    backfillUntilMs: input.backfillUntilMs,
  };
  const evaluation = evaluate(question);
  const at = formatInstant(input.atMs);
  const fromMs = searchFrom(input.causes[module], before?.nextChangeAt ?? null, input.atMs);
  const clocks = createClocks(question, fromMs);
  // What only shows other words or dates has been so since we decided; a colour since its clock says.
  const sinceOf = (from: Decision, to: Decision, view: 'general' | 'der') =>
    colourOf(from) === colourOf(to) ? at : clocks[view](to);
  const same = before !== null && colourOf(before.decision) === colourOf(evaluation.general);
  const after: CurrentFlag = {
    employeeId: input.subject.facts.employeeId,
    module,
    decision: evaluation.general,
    derDecision: evaluation.der,
    since: same ? before.since : sinceOf(before?.decision ?? nothing, evaluation.general, 'general'),
    nextChangeAt: evaluation.general.nextChangeAt,
    nextFlag: evaluation.general.nextFlag,
    turnsRedAt: turnsRedAt(question, evaluation),
    recheckAt: evaluation.recheckAtMs === null ? null : formatInstant(evaluation.recheckAtMs),
    decidedAt: at,
  };
  return { module, before, after, announce: announcements(before, after, sinceOf) };
}

/**
 * Decides the asked modules of one person. Geofence comes last, because it reads the others' flags, and is decided
 * whenever one of those changed. Pure.
 */
export function decideFlags(input: DecideInput): Decided[] {
  const known = new Map(input.current.map((flag) => [flag.module, flag]));
  const asked = new Set(input.modules);
  const decided: Decided[] = [];
  for (const module of modules) {
    const stirred =
      module === 'geofence' &&
      input.subject.facts.requirements.geofence !== undefined &&
      decided.some(({ before, after }) => colourOf(before?.decision ?? nothing) !== colourOf(after.decision));
    if (!asked.has(module) && !stirred) continue;
    const one = decideOne(input, module, known);
    known.set(module, one.after);
    decided.push(one);
  }
  return decided;
}

/** The announcements of some decisions as published changes, numbered from `firstSequence` in the order given. */
export function toChanges(
  input: Pick<DecideInput, 'tenantId' | 'subject' | 'causes'>,
  decided: readonly Decided[],
  firstSequence: number,
  ids: Ids,
): RecordedChange[] {
  let sequence = firstSequence;
  return decided.flatMap(({ module, after, announce }) =>
    announce.map(({ audience, from, to, effectiveAt }) => {
      const cause = input.causes[module];
      const lead = to.reasons[0];
      const change: FlagChanged = {
        id: ids.next('flagChange'),
        tenantId: input.tenantId,
        sequence: sequence++,
        audience,
        employeeId: after.employeeId,
        divisionId: input.subject.divisionId,
        locationId: input.subject.locationId,
        jobRoleId: input.subject.jobRoleId,
        phase: input.subject.facts.phase,
        name: input.subject.name,
        module,
        from: { flag: from.flag, hold: from.hold },
        to: { flag: to.flag, hold: to.hold },
        short: cellText(to, Date.parse(after.decidedAt)),
        summary: lead?.message ?? '',
        leadRuleId: lead?.ruleId ?? null,
        nextChangeAt: to.nextChangeAt,
        nextFlag: to.nextFlag,
        turnsRedAt: after.turnsRedAt,
        receivedAt: cause?.receivedAt ?? null,
        decidedAt: after.decidedAt,
      };
      return { change, decision: to, causeEventIds: cause?.eventIds ?? [], effectiveAt };
    }),
  );
}
