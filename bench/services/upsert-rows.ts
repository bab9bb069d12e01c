import { complianceEventSchema, type ComplianceEvent } from '#contracts/compliance-event';
import { idPrefixes, type EmployeeId, type IdKind } from '#contracts/ids';
import type { StoredRecord } from '#domain/records';

export type Row = Readonly<Record<string, unknown>>;

const people = 5000;
const startMs = Date.parse('2026-11-20T08:00:00.000Z');
const id = (kind: IdKind, number: number): string =>
  `${idPrefixes[kind]}_0${String(number).padStart(25, '0')}`;
const instant = (number: number): string => new Date(startMs + number).toISOString();
/** As event ids come: by time, then at random among the people. */
const personOf = (number: number): number => (number * 2654435761) % people;

/** Events as the consumer claims them; number `first` and on, so that no two calls share one. */
export function madeUpEvents(tenantId: string, first: number, count: number): ComplianceEvent[] {
  return Array.from({ length: count }, (_, at) => {
    const number = first + at;
    return complianceEventSchema.parse({
      id: id('event', number),
      schemaVersion: 1,
      tenantId,
      employeeId: id('employee', personOf(number)),
      module: 'training',
      type: 'report.completed',
      subjectRef: `checkr:order-${number}`,
      occurredAt: instant(number),
      receivedAt: instant(number + 400),
      version: 0,
      source: {
        vendor: 'checkr',
        endpointId: id('endpoint', 1),
        dedupeKey: `evt${number}:report.completed`,
        rawRef: `raw.checkr/${number % 12}/${number}`,
      },
      payload: {
        result: number % 50 === 0 ? 'consider' : 'clear',
        status: 'complete',
        adjudication: null,
        package: 'driver_pro',
        completedOn: '2026-11-20',
      },
      review: null,
    });
  });
}

export function madeUpRecords(first: number, count: number): StoredRecord[] {
  return Array.from({ length: count }, (_, at) => {
    const number = first + at;
    return {
      employeeId: id('employee', number) as EmployeeId,
      module: 'training' as const,
      record: {
        orders: {
          [`checkr:order-${number}`]: {
            state: 'completed',
            result: 'clear',
            orderedAt: instant(number),
            completedAt: instant(number + 1),
          },
        },
      },
      eventCount: 3,
      last: { occurredAt: instant(number), version: 0, id: id('event', number) },
    };
  });
}

/** A column of the table, and where its value is found. */
const places: Readonly<Record<string, readonly string[]>> = {
  tenant_id: ['tenantId'],
  id: ['id'],
  employee_id: ['employeeId'],
  module: ['module'],
  type: ['type'],
  subject_ref: ['subjectRef'],
  occurred_at: ['occurredAt'],
  received_at: ['receivedAt'],
  version: ['version'],
  vendor: ['source', 'vendor'],
  dedupe_key: ['source', 'dedupeKey'],
  endpoint_id: ['source', 'endpointId'],
  raw_ref: ['source', 'rawRef'],
  payload: ['payload'],
  review: ['review'],
  applied_at: ['appliedAt'],
  record: ['record'],
  event_count: ['eventCount'],
  last_occurred_at: ['last', 'occurredAt'],
  last_version: ['last', 'version'],
  last_event_id: ['last', 'id'],
  updated_at: ['updatedAt'],
};

const words = (text: string): string[] => text.trim().split(/\s+/);

export const eventColumns =
  words(`tenant_id id employee_id module type subject_ref occurred_at received_at version vendor
  dedupe_key endpoint_id raw_ref payload review applied_at`);
export const recordColumns =
  words(`tenant_id employee_id module record event_count last_occurred_at last_version
  last_event_id updated_at`);

function valueAt(row: object, place: readonly string[]): unknown {
  return place.reduce<unknown>((value, key) => (value as Row)[key], row);
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '\\N';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n');
}

/** One row in COPY's text format. */
export function copyLine(columns: readonly string[], row: object): string {
  return `${columns.map((column) => textOf(valueAt(row, places[column] ?? []))).join('\t')}\n`;
}
