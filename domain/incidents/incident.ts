import type { Id, TenantId, UserId } from '#contracts/ids';
import { step, type Machine } from '#platform/state-machine';
import type { DetectorName } from './thresholds.ts';

export const incidentStates = ['open', 'acknowledged', 'contained', 'resolved', 'false_positive'] as const;
export type IncidentState = (typeof incidentStates)[number];

/** What people do. */
export const incidentActs = ['acknowledge', 'contain', 'resolve', 'dismiss', 'reopen'] as const;
export type IncidentAct = (typeof incidentActs)[number];
/** What the watch does: more of the same, something graver, the time to answer ran out. */
type IncidentEvent = IncidentAct | 'gather' | 'worsen' | 'escalate';

export const incidentSeverities = ['critical', 'warning', 'notice'] as const;
export type IncidentSeverity = (typeof incidentSeverities)[number];

/** Every state with every event. What was contained and goes on was not contained; what ended opens no more by itself. */
export const incidentMachine: Machine<
  IncidentState,
  IncidentEvent,
  'not_contained' | 'ended' | 'answered',
  never
> = {
  transitions: {
    open: {
      acknowledge: 'acknowledged',
      contain: 'contained',
      resolve: '!not_contained',
      dismiss: 'false_positive',
      reopen: '=',
      gather: '=',
      worsen: '=',
      escalate: 'open',
    },
    acknowledged: {
      acknowledge: '=',
      contain: 'contained',
      resolve: '!not_contained',
      dismiss: 'false_positive',
      reopen: 'open',
      gather: '=',
      worsen: 'open',
      escalate: '!answered',
    },
    contained: {
      acknowledge: '=',
      contain: '=',
      resolve: 'resolved',
      dismiss: 'false_positive',
      reopen: 'open',
      gather: 'open',
      worsen: 'open',
      escalate: '!answered',
    },
    resolved: {
      acknowledge: '!ended',
      contain: '!ended',
      resolve: '=',
      dismiss: '!ended',
      reopen: 'open',
      gather: '!ended',
      worsen: '!ended',
      escalate: '!ended',
    },
    false_positive: {
      acknowledge: '!ended',
      contain: '!ended',
      resolve: '!ended',
      dismiss: '=',
      reopen: 'open',
      gather: '!ended',
      worsen: '!ended',
      escalate: '!ended',
    },
  },
  refusals: {
    not_contained:
      'Contain it first: end the sessions, take the right away or block the address, and say what you did.',
    ended: 'This incident has ended. Reopen it if it was ended too soon.',
    answered: 'Somebody has answered it; there is nothing to escalate.',
  },
};

/** One thing that was seen. Its key names the fact, so that looking again adds nothing. */
export interface Evidence {
  readonly key: string;
  readonly at: string;
  /** One sentence. */
  readonly words: string;
  readonly auditEntryId: Id<'auditEntry'> | null;
}

/** What a detector says: about whom or what, how grave, and why. */
export interface Finding {
  readonly detector: DetectorName;
  /** A user id, or a network for what comes from one place. */
  readonly subject: { readonly type: 'user' | 'network'; readonly id: string; readonly name: string };
  readonly severity: IncidentSeverity;
  readonly title: string;
  /** In the order of time, not empty. */
  readonly evidence: readonly Evidence[];
}

export interface Incident {
  readonly id: Id<'incident'>;
  readonly tenantId: TenantId;
  readonly detector: DetectorName;
  readonly subject: Finding['subject'];
  readonly severity: IncidentSeverity;
  readonly state: IncidentState;
  readonly title: string;
  readonly ownerUserId: UserId | null;
  readonly openedAt: string;
  readonly lastEvidenceAt: string;
  readonly evidenceCount: number;
  /** 0 = not yet escalated. */
  readonly level: number;
  /** When it escalates unless somebody answers; null = answered, or as high as it goes. */
  readonly escalatesAt: string | null;
  readonly endedAt: string | null;
}

const minuteMs = 60_000;

/** Time to answer before an incident escalates, and again before each further level. */
export const answerWithinMs: Readonly<Record<IncidentSeverity, number>> = {
  critical: 15 * minuteMs,
  warning: 60 * minuteMs,
  notice: 24 * 60 * minuteMs,
};
export const topLevel = 3;

/** When an open incident escalates next. */
export function nextEscalation(severity: IncidentSeverity, level: number, fromMs: number): string | null {
  return level >= topLevel ? null : new Date(fromMs + answerWithinMs[severity]).toISOString();
}

/** The graver of two. */
export function graver(one: IncidentSeverity, other: IncidentSeverity): IncidentSeverity {
  return incidentSeverities.indexOf(one) <= incidentSeverities.indexOf(other) ? one : other;
}

/** The alert in the inbox while an incident waits. */
export const incidentAlertKey = (id: string): string => `incident:${id}`;

/** What people may do next, in the order in which it is done. */
export function allowedActs(state: IncidentState): IncidentAct[] {
  return incidentActs.filter((act) => step(incidentMachine, state, act, {}).outcome === 'applied');
}
