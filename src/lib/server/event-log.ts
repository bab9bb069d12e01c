import { peopleChangedTopic } from '#domain/people';
import { eventsAppliedTopic, flagsChangedTopic } from '#domain/policy-driver';
import type { Clock } from '#platform/clock';
import type { EngineConfig } from '#platform/config';
import {
  openKafkaLog,
  openPostgresEventLog,
  type EventLogWithOutbox,
  type TopicRule,
} from '#platform/event-log';
import type { Log } from '#platform/log';
import type { Postgres, Signals } from '#platform/postgres';

const dayMs = 24 * 3_600_000;

/** What is kept as evidence stays in the log for seven years; the job `event-log-retention` trims by the same term. */
export const logRetentionMs = 7 * 365 * dayMs;

/** The topics of the flow, for an engine that makes each of them; see docs/architecture.md. */
const topicRules: readonly TopicRule[] = [
  { topic: 'raw.*', retentionMs: logRetentionMs },
  { topic: 'rejected.*', retentionMs: logRetentionMs },
  // Orders to fetch what a thin message is about: done within hours, or given up.
  { topic: 'fetch.*', retentionMs: 30 * dayMs },
  { topic: 'compliance.*', retentionMs: logRetentionMs },
  { topic: eventsAppliedTopic, retentionMs: logRetentionMs },
  { topic: flagsChangedTopic, retentionMs: logRetentionMs },
  { topic: peopleChangedTopic, retentionMs: logRetentionMs },
];

export interface EventLogInput {
  config: EngineConfig;
  postgres: Postgres;
  clock: Clock;
  log: Log;
  signals?: Signals;
  /** Whether this process moves the outbox to the log. */
  relay: boolean;
}

/** The event log where it is configured to be: on a Kafka cluster, else in Postgres. The outbox is in Postgres always. */
export function openEventLog({ config, ...deps }: EventLogInput): Promise<EventLogWithOutbox> {
  if (config.kafka === null) return openPostgresEventLog(deps);
  return openKafkaLog({ ...deps, kafka: config.kafka, topics: topicRules });
}
