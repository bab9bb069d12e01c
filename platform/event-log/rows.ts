import { PlumblineError } from '#platform/errors';
import type { LogRecord, NewRecord } from './index.ts';
import { partitionOf } from './partition.ts';
import { isTopicName, topicInvalid } from './topic-filter.ts';

/** Largest value of one record. */
const maxValueBytes = 32 * 1024 * 1024;

/**
 * Records as two parameters: everything but the values as JSON, the values end to end as one binary. An array of
 * bytea would travel as text with every byte written twice: half the rate.
 */
export interface PackedRecords {
  meta: string;
  values: Buffer;
}

export const packedColumns = `json_to_recordset($1::json) as r(p int, t text, k text, h text, o int, n int)`;

export function packRecords(records: readonly NewRecord[], partitions: number): PackedRecords {
  let at = 1;
  const meta = records.map((record) => {
    const o = at;
    at += record.value.length;
    return {
      p: partitionOf(record.key, partitions),
      t: record.topic,
      k: record.key,
      h: JSON.stringify(record.headers),
      o,
      n: record.value.length,
    };
  });
  return { meta: JSON.stringify(meta), values: Buffer.concat(records.map((record) => record.value)) };
}

/** Refuses what the table would refuse, before it can take other callers' records down with it. */
export function checkRecords(records: readonly NewRecord[]): void {
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
    if (record.value.length > maxValueBytes) {
      throw new PlumblineError({
        kind: 'too_large',
        code: 'event_log.record_too_large',
        detail: `A record for ${record.topic} has ${record.value.length} bytes; at most ${maxValueBytes} are allowed.`,
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
