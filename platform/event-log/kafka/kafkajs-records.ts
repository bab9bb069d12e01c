import type { IHeaders, KafkaMessage } from 'kafkajs';
import type { LogRecord } from '../index.ts';

export function toRecord(topic: string, partition: number, message: KafkaMessage): LogRecord {
  return {
    topic,
    partition,
    offset: BigInt(message.offset),
    key: message.key?.toString() ?? '',
    value: message.value ?? Buffer.alloc(0),
    headers: toHeaders(message.headers ?? {}),
    appendedAtMs: Number(message.timestamp),
  };
}

function toHeaders(headers: IHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      const one = Array.isArray(value) ? value.at(-1) : value;
      return [name, one?.toString() ?? ''];
    }),
  );
}
