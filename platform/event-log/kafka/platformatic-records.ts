import type { fetchV17, MessageToProduce } from '@platformatic/kafka';
import type { LogRecord } from '../index.ts';
import { asBuffer } from './bytes.ts';
import type { Position, ProducedRecord } from './port.ts';

/** Header names recur; their bytes are made once. */
export function createHeaderNames() {
  const known = new Map<string, Buffer>();
  return (name: string): Buffer => {
    const found = known.get(name);
    if (found !== undefined) return found;
    const made = Buffer.from(name);
    if (known.size < 500) known.set(name, made);
    return made;
  };
}

export function toMessage(
  prefix: string,
  headerName: (name: string) => Buffer,
  record: ProducedRecord,
): MessageToProduce {
  const headers = new Map<Buffer, Buffer>();
  for (const name of Object.keys(record.headers)) {
    headers.set(headerName(name), Buffer.from(record.headers[name] ?? ''));
  }
  return {
    topic: prefix + record.topic,
    partition: record.partition,
    key: Buffer.from(record.key),
    value: asBuffer(record.value),
    timestamp: BigInt(record.appendedAtMs),
    headers,
  };
}

type FetchedPartition = fetchV17.FetchResponsePartition;

/** What one partition brought from an offset on, and the offset to go on from when all of it is handled. */
export interface FetchedSlice {
  records: LogRecord[];
  next: bigint;
}

export function toSlice(fetched: FetchedPartition, from: Position): FetchedSlice {
  const { topic, partition } = from;
  const records: LogRecord[] = [];
  let next = from.offset;
  for (const batch of fetched.records ?? []) {
    const end = batch.firstOffset + BigInt(batch.lastOffsetDelta) + 1n;
    if (end > next) next = end;
    // Control records mark transactions; they carry nothing.
    if ((batch.attributes & 0b10_0000) !== 0) continue;
    for (const { offsetDelta, timestampDelta, key, value, headers } of batch.records) {
      const offset = batch.firstOffset + BigInt(offsetDelta);
      // A fetch gives whole batches, so its first records may be known.
      if (offset < from.offset) continue;
      records.push({
        topic,
        partition,
        offset,
        key: key?.toString() ?? '',
        value: value ?? Buffer.alloc(0),
        headers: Object.fromEntries(headers.map((pair) => [String(pair[0]), pair[1]?.toString() ?? ''])),
        appendedAtMs: Number(batch.firstTimestamp + timestampDelta),
      });
    }
  }
  return { records, next };
}
