import type { TimelineEntry } from '#contracts/screens/person';
import { moduleNames, modules, type Module } from '#contracts/modules';
import { flagWords } from '#contracts/flags';
import { visibilityOf, type Scope } from '#domain/identity';
import type { AuditEntry } from '#domain/audit';
import type { FlagHistoryEntry } from '#domain/flags';
import type { AppliedEvent } from '#domain/records';
import { eventDetail, eventTitle, vendorName } from './event-words.ts';

export interface TimelineParts {
  /** Already those that the viewer may see. */
  readonly events: readonly AppliedEvent[];
  readonly history: readonly FlagHistoryEntry[];
  readonly acts: readonly AuditEntry[];
}

/** Everything that happened to a person as the viewer may know it, newest first. */
export function toTimeline(scope: Scope, parts: TimelineParts, limit: number): TimelineEntry[] {
  const entries = [
    ...parts.events.map(ofEvent),
    ...parts.history.flatMap((entry) => ofFlag(scope, entry)),
    ...parts.acts.filter((act) => act.actor.type === 'user').map(ofAct),
  ];
  return entries
    .toSorted((one, other) =>
      one.at === other.at ? (one.id < other.id ? 1 : -1) : one.at < other.at ? 1 : -1,
    )
    .slice(0, limit);
}

/** A minute is the way of a message; what took longer came late. */
const lateMs = 60_000;
const lateOf = (at: string, knownAt: string) =>
  Date.parse(knownAt) - Date.parse(at) > lateMs ? knownAt : null;

function ofEvent({ event, outcome, outcomeReason, appliedAt }: AppliedEvent): TimelineEntry {
  const module = event.module === 'people' ? null : event.module;
  const waits = outcome === 'review' || outcome === 'refused';
  return {
    id: event.id,
    kind: 'event',
    at: event.occurredAt,
    module,
    title: eventTitle(event),
    detail: [eventDetail(event), `from ${vendorName(event.source.vendor)}`].filter(Boolean).join(', '),
    from: null,
    to: null,
    actor: null,
    knownAt: lateOf(event.occurredAt, appliedAt),
    review: waits ? (outcomeReason ?? event.review?.reason ?? 'A person must look.') : null,
  };
}

function ofFlag(scope: Scope, entry: FlagHistoryEntry): TimelineEntry[] {
  const sight = visibilityOf(scope, entry.module);
  const same = entry.from.flag === entry.to.flag && entry.from.hold === entry.to.hold;
  if (sight === 'none' || same) return [];
  const lead = entry.decision.reasons[0];
  return [
    {
      id: `${entry.module}-${entry.sequence}`,
      kind: 'flag',
      at: entry.effectiveAt,
      module: entry.module,
      title: `${moduleNames[entry.module]} turned ${flagWords[entry.to.flag]}${entry.to.hold ? ', hold set' : ''}`,
      detail:
        sight === 'full' && lead !== undefined ? `${lead.title}, ${lead.ruleId} v${lead.ruleVersion}` : '',
      from: entry.from,
      to: entry.to,
      actor: null,
      knownAt: lateOf(entry.effectiveAt, entry.recordedAt),
      review: null,
    },
  ];
}

const actWords: Readonly<Record<string, string>> = {
  'people:employee:create': 'added this person',
  'people:employee:update': 'changed the personal record',
  'alerts:alert:acknowledge': 'acknowledged the alert',
  'alerts:alert:assign': 'assigned the alert',
  'alerts:alert:mute': 'muted the alert',
};

function ofAct(entry: AuditEntry): TimelineEntry {
  const module = moduleOf(entry.after);
  return {
    id: entry.id,
    kind: 'act',
    at: entry.at,
    module,
    title: `${entry.actor.name} ${actWords[entry.act] ?? entry.act}`,
    detail: '',
    from: null,
    to: null,
    actor: entry.actor.name,
    knownAt: null,
    review: null,
  };
}

function moduleOf(after: AuditEntry['after']): Module | null {
  if (typeof after !== 'object' || after === null || !('module' in after)) return null;
  return modules.find((module) => module === after.module) ?? null;
}
