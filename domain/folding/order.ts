import type { ComplianceEvent } from '#contracts/compliance-event';

/** What places an event among the others. */
export interface EventPosition {
  readonly occurredAt: string;
  readonly version: number;
  readonly id: string;
}

/** Total order of the events of one (employee, module): by instant, then vendor version, then id. */
export function compareEvents(a: EventPosition, b: EventPosition): number {
  const byTime = Date.parse(a.occurredAt) - Date.parse(b.occurredAt);
  if (byTime !== 0) return byTime;
  if (a.version !== b.version) return a.version - b.version;
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}

/** The events in order, each id once. */
export function inOrder(events: readonly ComplianceEvent[]): ComplianceEvent[] {
  const byId = new Map(events.map((event) => [event.id, event]));
  return [...byId.values()].toSorted(compareEvents);
}
