import { PlumblineError } from '#platform/errors';
import { columns } from '#platform/postgres';
import type { LogRecord, NewRecord } from './index.ts';
import { partitionOf } from './partition.ts';
import { isTopicName, topicInvalid } from './topic-filter.ts';

/** Largest record. */
const maxValueBytes = 32 * 1024 * 1024;

/** The parameters of `event_log_append` after the time, in order. */
export function packRecords(records: readonly NewRecord[], partitions: number): Buffer[] {
  return [
    columns.int(records.map(({ key }) => partitionOf(key, partitions))),
    columns.text(records.map(({ topic }) => topic)),
    columns.text(records.map(({ key }) => key)),
    columns.text(records.map(({ headers }) => JSON.stringify(headers))),
    columns.bytes(records.map(({ value }) => value)),
  ];
}

/** The records as readers get them, once they lie in the log from position `first` on. */
export function asAppended(
  records: readonly NewRecord[],
  at: { first: number; appendedAtMs: number; partitions: number },
): LogRecord[] {
  return records.map(({ topic, key, value, headers }, place) => ({
    topic,
    key,
    value,
    headers,
    partition: partitionOf(key, at.partitions),
    offset: BigInt(at.first + place),
    appendedAtMs: at.appendedAtMs,
  }));
}

/** Refuses what the engine would refuse, before it can take other callers' records down with it. */
export function checkRecords(records: readonly NewRecord[], mostBytes = maxValueBytes): void {
  for (const record of records) {
    if (!isTopicName(record.topic)) throw topicInvalid(record.topic);
    const text = [record.key, ...Object.entries(record.headers).flat()];
    if (text.some((part) => part.includes('\u0000'))) {
      throw new PlumblineError({
        kind: 'invalid',
        code: 'event_log.record_invalid',
        detail: `A record for ${record.topic} has a NUL character in its key or headers.`,
      });
    }
    const bytes = text.reduce((sum, part) => sum + part.length, record.value.length);
    if (bytes > mostBytes) {
      throw new PlumblineError({
        kind: 'too_large',
        code: 'event_log.record_too_large',
        detail: `A record for ${record.topic} has ${bytes} bytes; at most ${mostBytes} are allowed.`,
      });
    }
  }
}

/** One row of `event_log` as the driver gives it. */
export interface LogRow {
  position: string;
  appended_at_ms: string;
  partition: number;
  topic: string;
  key: string;
  headers: string;
  value: Buffer;
}

export const logColumns = 'position, appended_at_ms, partition, topic, key, headers, value';

export function toLogRecord(row: LogRow): LogRecord {
  return {
    topic: row.topic,
    key: row.key,
    value: row.value,
    headers: JSON.parse(row.headers) as Record<string, string>,
    partition: row.partition,
    offset: BigInt(row.position),
    appendedAtMs: Number(row.appended_at_ms),
  };
}
