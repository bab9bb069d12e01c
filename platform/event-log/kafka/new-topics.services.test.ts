import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '#platform/clock';
import { openKafkaLog, type EventLogWithOutbox, type KafkaSettings } from '#platform/event-log';
import { createSilentLog } from '#platform/log';
import { openTestDatabase } from '../../../tests/support/database.ts';
import { dropKafkaPrefix, newKafkaSettings } from '../../../tests/support/kafka.ts';

const topicCount = 8;

describe.each(['platformatic', 'kafkajs'] as const)('topics on Kafka (%s)', (client) => {
  const closings: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closings.splice(0).toReversed()) await close();
  });

  async function openLogs(kafka: KafkaSettings): Promise<EventLogWithOutbox[]> {
    const postgres = await openTestDatabase();
    closings.push(() => postgres.close());
    const deps = {
      kafka,
      postgres,
      clock: systemClock,
      log: createSilentLog(),
      relay: false,
      refreshMs: 200,
    };
    const topics = [{ topic: 'raw.*', retentionMs: 86_400_000 }];
    const logs = await Promise.all([1, 2].map(() => openKafkaLog({ ...deps, topics })));
    for (const log of logs) closings.push(() => log.close());
    return logs;
  }

  it('are in the lag at once, though another process made them', async () => {
    const kafka = newKafkaSettings(client);
    closings.push(() => dropKafkaPrefix(kafka));
    const [one, other] = await openLogs(kafka);
    const gate = Promise.withResolvers<void>();
    const consumer = one?.consume({ group: 'normalise', topics: ['raw.*'], maxBatch: 100 }, () =>
      sleep(60_000),
    );
    if (consumer) closings.push(() => consumer.stop());
    await consumer?.lag();
    await other?.append([{ topic: 'raw.first', key: 'k', value: Buffer.from('x'), headers: {} }]);
    expect(await consumer?.lag()).toBe(1);
    gate.resolve();
  });

  // A vendor's first message makes its topic; the first of several vendors come while the workers still join.
  it('are read also when they appear while the group is being shared', { timeout: 90_000 }, async () => {
    const kafka = newKafkaSettings(client);
    closings.push(() => dropKafkaPrefix(kafka));
    const logs = await openLogs(kafka);
    const seen = new Set<string>();
    for (const log of logs) {
      const options = { group: 'normalise', topics: ['raw.*'], maxBatch: 100 };
      const consumer = log.consume(options, async (records) => {
        // Sharing anew waits for what is being handled.
        await sleep(1000);
        for (const { key } of records) seen.add(key);
      });
      closings.push(() => consumer.stop());
    }
    const wanted = Array.from({ length: topicCount }, (_, number) => `vendor${number}`);
    for (const vendor of wanted) {
      await logs[0]?.append([{ topic: `raw.${vendor}`, key: vendor, value: Buffer.from('x'), headers: {} }]);
      await sleep(300);
    }
    await expect.poll(() => [...seen].toSorted(), { timeout: 60_000, interval: 200 }).toEqual(wanted);
  });
});
