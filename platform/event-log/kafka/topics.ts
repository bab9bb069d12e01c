import type { TopicFilter } from '../topic-filter.ts';
import type { KafkaClient, NewTopic } from './port.ts';

/** How topics are made: a name, or a prefix that ends in `*`. The first rule that fits holds. */
export interface TopicRule {
  topic: string;
  /** How long records are kept, in milliseconds; `null`: for ever. */
  retentionMs: number | null;
}

export interface TopicSettings {
  rules: readonly TopicRule[];
  partitions: number;
  /** -1: as the cluster is set. */
  replicas: number;
  /** Largest batch of records that a topic takes. */
  maxBytes: number;
}

/** The topics of the log: which there are, and how new ones are made. */
export interface Topics {
  /** Number of partitions; undefined when the topic is not known yet. */
  partitionsOf(topic: string): number | undefined;
  names(): string[];
  matching(filter: TopicFilter): string[];
  /** Makes the topics that are missing. */
  ensure(topics: readonly string[]): Promise<void>;
  /** Asks the cluster anew. */
  refresh(): Promise<void>;
  /** Told after topics came or went. */
  onChange(listener: () => void): void;
}

export function createTopics(client: KafkaClient, settings: TopicSettings): Topics {
  const listeners: (() => void)[] = [];
  let known = new Map<string, number>();

  async function refresh(): Promise<void> {
    const found = await client.topics();
    const changed =
      found.size !== known.size || [...found].some(([topic, partitions]) => known.get(topic) !== partitions);
    known = found;
    if (changed) for (const listener of listeners) listener();
  }

  return {
    partitionsOf: (topic) => known.get(topic),
    names: () => [...known.keys()].toSorted(),
    matching: (filter) => [...known.keys()].filter((topic) => filter.matches(topic)).toSorted(),
    ensure: async (topics) => {
      const missing = [...new Set(topics)].filter((topic) => !known.has(topic));
      if (missing.length === 0) return;
      await client.createTopics(missing.map((topic) => newTopic(topic, settings)));
      await refresh();
      // A new topic may take a moment to be seen by every broker.
      for (const topic of missing) if (!known.has(topic)) known.set(topic, settings.partitions);
    },
    refresh,
    onChange: (listener) => listeners.push(listener),
  };
}

function newTopic(topic: string, { rules, partitions, replicas, maxBytes }: TopicSettings): NewTopic {
  const rule = rules.find((one) =>
    one.topic.endsWith('*') ? topic.startsWith(one.topic.slice(0, -1)) : one.topic === topic,
  );
  return {
    topic,
    partitions,
    replicas,
    config: {
      'retention.ms': String(rule?.retentionMs ?? -1),
      'retention.bytes': '-1',
      'cleanup.policy': 'delete',
      'max.message.bytes': String(maxBytes),
      // A broker refuses what is an hour ahead of its clock: a door whose clock is wrong would take nothing any more.
      'message.timestamp.after.max.ms': String(Number.MAX_SAFE_INTEGER),
    },
  };
}
