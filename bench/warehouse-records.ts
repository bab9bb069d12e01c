import { modules } from '#contracts/modules';
import { idPrefixes, type IdKind } from '#contracts/ids';
import { eventsAppliedTopic, flagsChangedTopic } from '#domain/policy-driver';
import type { LogRecord } from '#platform/event-log';

export interface RecordsWanted {
  readonly first: number;
  readonly count: number;
  readonly people: number;
}

/** An instant in November 2026; events come at 3,000 a second. */
const startMs = Date.parse('2026-11-20T08:00:00.000Z');
const instant = (number: number): string => new Date(startMs + number / 3).toISOString();
const id = (kind: IdKind, number: number): string =>
  `${idPrefixes[kind]}_0${String(number).padStart(25, '0')}`;

const tenants = 4;
const colours = ['green', 'yellow', 'red', 'stale'] as const;

/** As a vendor's report of some 650 bytes reads after it was normalised. */
const payloadOf = (number: number) => ({
  result: number % 50 === 0 ? 'consider' : 'clear',
  orderId: `order-${number}`,
  package: 'driver_standard',
  completedAt: instant(number),
  searches: ['county_criminal', 'national_criminal', 'motor_vehicle'],
  documentNumber: `D${String(number * 7919).padStart(12, '0')}`,
  note: 'Reviewed and adjudicated by the agency under its standing instructions.',
});

/** Applied events and, one for each, the flag change that followed, as the log hands them over. */
export function loadRecords({ first, count, people }: RecordsWanted): LogRecord[] {
  const records: LogRecord[] = [];
  for (let number = first; number < first + count; number += 1) {
    const person = (number * 2654435761) % people;
    const placed = {
      tenantId: id('tenant', person % tenants),
      employeeId: id('employee', person),
      divisionId: id('division', person % 7),
      locationId: id('location', person % 23),
      jobRoleId: id('jobRole', person % 12),
      name: `Person Number ${person}`,
    };
    records.push(
      recordOf(eventsAppliedTopic, number * 2, placed, appliedOf(number, placed)),
      recordOf(flagsChangedTopic, number * 2 + 1, placed, changeOf(number, placed)),
    );
  }
  return records;
}

interface Placed {
  readonly tenantId: string;
  readonly employeeId: string;
  readonly divisionId: string;
  readonly locationId: string;
  readonly jobRoleId: string;
  readonly name: string;
}

const encoder = new TextEncoder();

function recordOf(topic: string, offset: number, { employeeId, tenantId }: Placed, value: object): LogRecord {
  return {
    topic,
    key: employeeId,
    value: encoder.encode(JSON.stringify(value)),
    headers: { tenant: tenantId },
    partition: (offset % 16) >> 1,
    offset: BigInt(offset),
    appendedAtMs: startMs,
  };
}

function appliedOf(number: number, { tenantId, employeeId, ...person }: Placed): object {
  return {
    event: {
      id: id('event', number),
      schemaVersion: 1,
      tenantId,
      employeeId,
      module: modules[number % modules.length],
      type: 'report.completed',
      subjectRef: `order-${number}`,
      occurredAt: instant(number - 9000),
      receivedAt: instant(number),
      version: 0,
      source: {
        vendor: 'checkr',
        endpointId: id('endpoint', number % 6),
        dedupeKey: `evt-${number}`,
        rawRef: `raw.checkr/${number % 8}/${number}`,
      },
      payload: payloadOf(number),
      review: null,
    },
    person: { phase: 'active', ...person },
    appliedAt: instant(number + 20),
  };
}

function changeOf(number: number, person: Placed): object {
  const to = colours[number % colours.length];
  return {
    id: id('flagChange', number),
    ...person,
    sequence: number + 1,
    audience: 'all',
    module: modules[number % modules.length],
    from: { flag: 'green', hold: false },
    to: { flag: to, hold: to === 'red' },
    short: 'in 9 d',
    summary: "The driver's licence expires on 29 November 2026 (49 CFR 391.11).",
    leadRuleId: 'DQ-07',
    nextChangeAt: '2026-11-29T00:00:00.000Z',
    nextFlag: 'red',
    turnsRedAt: '2026-11-29T00:00:00.000Z',
    receivedAt: instant(number),
    decidedAt: instant(number + 20),
  };
}
