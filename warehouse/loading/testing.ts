import type { ComplianceEvent } from '#contracts/compliance-event';
import { complianceEventSchema } from '#contracts/compliance-event';
import { flagChangedSchema, type FlagChanged } from '#contracts/live';
import { idPrefixes, type IdKind } from '#contracts/ids';

/** Made-up rows for tests. Not exported from the face. */
export function testId(kind: IdKind, number: number): string {
  return `${idPrefixes[kind]}_0${String(number).padStart(25, '0')}`;
}

export function testEvent(
  number: number,
  over: Partial<Record<keyof ComplianceEvent, unknown>> = {},
): ComplianceEvent {
  return complianceEventSchema.parse({
    id: testId('event', number),
    schemaVersion: 1,
    tenantId: testId('tenant', 1),
    employeeId: testId('employee', 1 + (number % 7)),
    module: 'dot',
    type: 'document.verified',
    subjectRef: `doc-${number}`,
    occurredAt: '2026-11-01T10:00:00.000Z',
    receivedAt: '2026-11-20T10:00:00.000Z',
    version: 0,
    source: { vendor: 'checkr', endpointId: testId('endpoint', 1), dedupeKey: `d${number}`, rawRef: null },
    payload: { result: 'clear' },
    review: null,
    ...over,
  });
}

export function testChange(
  number: number,
  over: Partial<Record<keyof FlagChanged, unknown>> = {},
): FlagChanged {
  return flagChangedSchema.parse({
    id: testId('flagChange', number),
    tenantId: testId('tenant', 1),
    sequence: number,
    audience: 'all',
    employeeId: testId('employee', 1),
    divisionId: testId('division', 1),
    locationId: testId('location', 1),
    jobRoleId: testId('jobRole', 1),
    name: 'Otis Farrow',
    module: 'health',
    from: { flag: 'none', hold: false },
    to: { flag: 'green', hold: false },
    short: '',
    summary: 'Fit test passed',
    leadRuleId: 'HE01',
    nextChangeAt: null,
    nextFlag: null,
    receivedAt: null,
    decidedAt: '2026-11-20T10:00:00.000Z',
    ...over,
  });
}
