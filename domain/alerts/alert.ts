import type { Decision } from '#contracts/flags';
import type { DivisionId, EmployeeId, LocationId } from '#contracts/ids';
import type { Module } from '#contracts/modules';

export const alertStatuses = ['open', 'acknowledged', 'resolved'] as const;
export type AlertStatus = (typeof alertStatuses)[number];
export type AlertSeverity = 'critical' | 'warning' | 'notice';
export type AlertKind = 'flag' | 'vendor_silent' | 'dead_letters' | 'task';

export const alertActs = ['acknowledge', 'reopen', 'assign', 'mute', 'resolve'] as const;
export type AlertAct = (typeof alertActs)[number];

/** Total table of what an act does to an alert; a string in braces refuses with that reason. */
export const alertTransitions: Record<AlertStatus, Record<AlertAct, AlertStatus | { refused: string }>> = {
  open: {
    acknowledge: 'acknowledged',
    reopen: 'open',
    assign: 'open',
    mute: 'open',
    resolve: 'resolved',
  },
  acknowledged: {
    acknowledge: 'acknowledged',
    reopen: 'open',
    assign: 'acknowledged',
    mute: 'acknowledged',
    resolve: 'resolved',
  },
  resolved: {
    acknowledge: { refused: 'The cause has ended; there is nothing left to acknowledge.' },
    reopen: { refused: 'The cause has ended. If it comes back, a new alert is raised.' },
    assign: { refused: 'The cause has ended; it needs no owner.' },
    mute: { refused: 'The cause has ended; there is nothing to mute.' },
    resolve: 'resolved',
  },
};

/** A cause that should have one open alert. */
export interface AlertCause {
  dedupeKey: string;
  kind: AlertKind;
  severity: AlertSeverity;
  module: Module | null;
  employeeId: EmployeeId | null;
  divisionId: DivisionId | null;
  locationId: LocationId | null;
  ruleId: string | null;
  flag: Decision['flag'] | null;
  hold: boolean;
  title: string;
  detail: string;
  citation: string | null;
  dueAt: string | null;
}

export interface FlagSubject {
  employeeId: EmployeeId;
  divisionId: DivisionId | null;
  locationId: LocationId | null;
  name: string;
  module: Module;
}

export function flagAlertKey(subject: Pick<FlagSubject, 'employeeId' | 'module'>): string {
  return `flag:${subject.employeeId}:${subject.module}`;
}

/**
 * The alert that a decision calls for, or null when it calls for none: red, or any hold, is critical; a flag without
 * data is a warning. Yellow without a hold is the board's business, not the inbox's.
 */
export function alertOfDecision(subject: FlagSubject, decision: Decision): AlertCause | null {
  const lead = decision.reasons[0];
  const critical = decision.flag === 'red' || decision.hold;
  if (!lead || (!critical && decision.flag !== 'stale')) return null;
  const nextTask = decision.tasks
    .map((task) => task.dueAt)
    .filter((due) => due !== null)
    .toSorted()
    .at(0);
  return {
    dedupeKey: flagAlertKey(subject),
    kind: 'flag',
    severity: critical ? 'critical' : 'warning',
    module: subject.module,
    employeeId: subject.employeeId,
    divisionId: subject.divisionId,
    locationId: subject.locationId,
    ruleId: lead.ruleId,
    flag: decision.flag,
    hold: decision.hold,
    title: `${subject.name}: ${lead.title}`,
    detail: lead.message,
    citation: lead.citations[0] ?? null,
    dueAt: nextTask ?? null,
  };
}
