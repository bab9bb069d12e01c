import { systemClock } from '#platform/clock';
import { createSilentLog } from '#platform/log';
import type { Postgres } from '#platform/postgres';
import type { LogHome } from './conformance-bench.ts';
import { openKafkaLog, type EventLogWithOutbox, type KafkaSettings } from './index.ts';

/** A log on a cluster; `dispose` drops what is under the prefix of `kafka`. */
export function newKafkaHome(
  kafka: KafkaSettings,
  postgres: Postgres,
  dispose: (kafka: KafkaSettings) => Promise<void>,
): LogHome {
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
    dispose: () => dispose(kafka),
  };
}
