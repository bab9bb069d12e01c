import { flagsChangedTopic, readFlagChanged } from '#domain/policy-driver';
import type { EventLog } from '#platform/event-log';
import type { Lifecycle } from '#platform/lifecycle';
import type { LiveHub } from './live.ts';
import type { FlagLatency } from './status/flag-latency.ts';

export interface LiveFeed {
  /** Changes in the log that this process has yet to tell its viewers. */
  lag(): Promise<number>;
}

/** Follows the log for the viewers of this process: every process with viewers sees every change. */
export function startLiveFeed(deps: {
  eventLog: Pick<EventLog, 'consume'>;
  hub: Pick<LiveHub, 'publish'>;
  latency: Pick<FlagLatency, 'heard'>;
  lifecycle: Lifecycle;
}): LiveFeed {
  const consumer = deps.eventLog.consume(
    { group: 'live', topics: [flagsChangedTopic], maxBatch: 500, everyProcess: true },
    (records) => {
      const changes = records.map((record) => readFlagChanged(record.value));
      deps.latency.heard(changes);
      deps.hub.publish(changes);
      return Promise.resolve();
    },
  );
  deps.lifecycle.onClose('consumer live', () => consumer.stop());
  return { lag: () => consumer.lag() };
}
