import { createHash } from 'node:crypto';
import { createSilentLog } from '#platform/log';
import { openPlatformaticClient } from '../../platform/event-log/kafka/platformatic.ts';

export interface TopicReader {
  /** Makes a topic with as many partitions as ours have. */
  make(topic: string): Promise<void>;
  /** One after the last record of each partition. */
  ends(topic: string): Promise<readonly bigint[]>;
  /** Number of records since `from`, and a digest of their bodies whatever their order. */
  since(topic: string, from: readonly bigint[]): Promise<{ readonly count: number; readonly digest: string }>;
  close(): Promise<void>;
}

const partitions = 12;

const all = (topic: string) => Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));

export function openTopicReader(brokers: string): TopicReader {
  const connection = { brokers: brokers.split(','), clientId: 'plumbline-bench', prefix: '' };
  const client = openPlatformaticClient(connection, createSilentLog());

  async function ends(topic: string): Promise<readonly bigint[]> {
    const found = await client.offsets(all(topic), 'latest');
    return found.toSorted((a, b) => a.partition - b.partition).map(({ offset }) => offset);
  }

  return {
    make: (topic) => client.createTopics([{ topic, partitions, replicas: -1, config: {} }]),
    ends,
    since: async (topic, from) => {
      const until = await ends(topic);
      const bodies: string[] = [];
      for (const { partition } of all(topic)) {
        const offset = from[partition] ?? 0n;
        const wanted = Number((until[partition] ?? 0n) - offset);
        if (wanted <= 0) continue;
        for (const { value } of await client.read({ topic, partition, offset }, wanted)) {
          bodies.push(createHash('sha256').update(value).digest('hex'));
        }
      }
      return {
        count: bodies.length,
        digest: createHash('sha256').update(bodies.toSorted().join('')).digest('hex'),
      };
    },
    close: () => client.close(),
  };
}
