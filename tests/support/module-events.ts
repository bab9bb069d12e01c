import * as fc from 'fast-check';
import type { ComplianceEvent, EventModule } from '#contracts/compliance-event';

export type MakeEvent = (
  type: string,
  subjectRef: string,
  occurredAt: string,
  payload: Record<string, unknown>,
  over?: Partial<ComplianceEvent>,
) => ComplianceEvent;

/** A maker of events of one module; ids count up, a date alone means 15:00 UTC of that day. */
export function eventMaker(module: EventModule): MakeEvent {
  let count = 0;
  return (type, subjectRef, occurredAt, payload, over = {}) => {
    count += 1;
    const at = occurredAt.length === 10 ? `${occurredAt}T15:00:00.000Z` : occurredAt;
    return {
      id: `evt_${String(count).padStart(26, '0')}`,
      schemaVersion: 1,
      tenantId: 'ten_00000000000000000000000001',
      employeeId: 'emp_00000000000000000000000001',
      module,
      type,
      subjectRef,
      occurredAt: at,
      receivedAt: at,
      version: 0,
      source: { vendor: 'csv', endpointId: null, dedupeKey: `d${count}`, rawRef: null },
      payload,
      review: null,
      ...over,
    } as ComplianceEvent;
  };
}

/** An event without its place in time: what a property test draws from. */
export interface EventTemplate {
  type: string;
  subjectRef: string;
  payload: Record<string, unknown>;
}

/** Up to fifteen events of the templates at a handful of instants and versions, each with an id of its own. */
export function someEvents(
  module: EventModule,
  templates: readonly EventTemplate[],
): fc.Arbitrary<ComplianceEvent[]> {
  const drawn = fc.record({
    template: fc.constantFrom(...templates),
    hour: fc.nat(60),
    version: fc.nat(1),
  });
  return fc.array(drawn, { maxLength: 15 }).map((list) => {
    const make = eventMaker(module);
    return list.map(({ template, hour, version }) => {
      const at = `2026-03-${String(1 + Math.floor(hour / 24)).padStart(2, '0')}T${String(hour % 24).padStart(2, '0')}:00:00.000Z`;
      return make(template.type, template.subjectRef, at, template.payload, { version });
    });
  });
}
