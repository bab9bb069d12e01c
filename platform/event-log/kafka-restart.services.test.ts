import { afterAll, beforeAll, describe, it } from 'vitest';
import type { Postgres } from '#platform/postgres';
import { openTestDatabase } from '../../tests/support/database.ts';
import { dropKafkaPrefix, newKafkaSettings, restartKafka } from '../../tests/support/kafka.ts';
import {
  collect,
  createBench,
  expectOrderPerKey,
  pause,
  record,
  textOf,
  until,
} from './conformance-bench.ts';
import { newKafkaHome } from './conformance-kafka.ts';

const restartEngine = restartKafka();

// Alone with the broker: no other test may be running on it.
describe.skipIf(restartEngine === undefined).each(['platformatic', 'kafkajs'] as const)(
  'the broker of Kafka by %s',
  (client) => {
    let postgres: Postgres;
    const bench = createBench(() =>
      Promise.resolve(newKafkaHome(newKafkaSettings(client), postgres, dropKafkaPrefix)),
    );
    beforeAll(async () => {
      postgres = await openTestDatabase();
      await bench.start();
    });
    afterAll(async () => {
      await bench.end();
      await postgres.close();
    });

    it(
      'loses nothing that was acknowledged when it restarts, and goes on',
      { timeout: 120_000 },
      async () => {
        const { got, reach } = collect(bench.log());
        const state = { ending: false };
        let acknowledged = 0;
        const insist = async (number: number): Promise<void> => {
          try {
            await bench.log().append([record(`key-${number % 8}`, String(Math.floor(number / 8)))]);
          } catch {
            await pause(100);
            await insist(number);
          }
        };
        const writing = (async () => {
          for (; !state.ending || acknowledged % 8 !== 0; acknowledged += 1) await insist(acknowledged);
        })();
        await reach(80);
        await restartEngine?.();
        const before = acknowledged;
        await until(() => acknowledged > before + 80, 'records after the restart', 60_000);
        state.ending = true;
        await writing;
        const seen = () => [...new Map(got.map((each) => [`${each.key} ${textOf(each)}`, each])).values()];
        await until(() => seen().length >= acknowledged, 'all that was acknowledged', 60_000);
        // Some may have come twice; the first of each came in order.
        expectOrderPerKey(seen(), 8, acknowledged / 8);
      },
    );
  },
);
