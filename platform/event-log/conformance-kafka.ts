import { systemClock } from '#platform/clock';
import { createSilentLog } from '#platform/log';
import type { Postgres } from '#platform/postgres';
import { dropKafkaPrefix, newKafkaSettings } from '../../tests/support/kafka.ts';
import type { LogHome } from './conformance-bench.ts';
import { openKafkaLog, type EventLogWithOutbox } from './index.ts';

/** A log on the cluster that the tests run on, among topics of its own. Throws when none is named. */
export function newKafkaHome(client: 'platformatic' | 'kafkajs', postgres: Postgres): LogHome {
  const kafka = newKafkaSettings(client);
  let opened: EventLogWithOutbox | undefined;
  return {
    open: async () =>
      (opened = await openKafkaLog({
        kafka,
        topics: [],
        postgres,
        clock: systemClock,
        log: createSilentLog(),
        refreshMs: 500,
      })),
    expire: async () => {
      await opened?.trim(systemClock.nowMs() + 1);
    },
    dispose: () => dropKafkaPrefix(kafka),
  };
}
