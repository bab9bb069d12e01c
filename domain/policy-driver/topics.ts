import type { ComplianceEvent } from '#contracts/compliance-event';
import type { FlagChanged } from '#contracts/live';
import type { Phase } from '#contracts/person-facts';
import type { FlagSubject } from '#domain/flags';
import type { NewRecord } from '#platform/event-log';

/** Flag changes, key employee id: for viewers and the warehouse. */
export const flagsChangedTopic = 'flags.changed.v1';
/** Events that had their effect, once each, with where the person stood then: for the warehouse. */
export const eventsAppliedTopic = 'events.applied.v1';

export interface EventApplied {
  event: ComplianceEvent;
  /** Null when the employee does not exist (any more). */
  person: {
    name: string;
    phase: Phase;
    divisionId: string | null;
    locationId: string | null;
    jobRoleId: string | null;
  } | null;
  appliedAt: string;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function toRecord(topic: string, key: string, tenantId: string, value: unknown): NewRecord {
  return { topic, key, value: encoder.encode(JSON.stringify(value)), headers: { tenant: tenantId } };
}

export function flagChangedRecord(change: FlagChanged): NewRecord {
  return toRecord(flagsChangedTopic, change.employeeId, change.tenantId, change);
}

export function eventAppliedRecord(
  event: ComplianceEvent,
  subject: FlagSubject | undefined,
  appliedAt: string,
): NewRecord {
  const applied: EventApplied = {
    event,
    person: subject
      ? {
          name: subject.name,
          phase: subject.facts.phase,
          divisionId: subject.divisionId,
          locationId: subject.locationId,
          jobRoleId: subject.jobRoleId,
        }
      : null,
    appliedAt,
  };
  return toRecord(eventsAppliedTopic, event.employeeId, event.tenantId, applied);
}

/** Records of these topics are written by this module alone, so their shape is trusted. */
export function readFlagChanged(value: Uint8Array): FlagChanged {
  return JSON.parse(decoder.decode(value)) as FlagChanged;
}

export function readEventApplied(value: Uint8Array): EventApplied {
  return JSON.parse(decoder.decode(value)) as EventApplied;
}
