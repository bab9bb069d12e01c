import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogRecord } from '#platform/event-log';
import { createSilentLog } from '#platform/log';
import { openKafkajsClient } from '../platform/event-log/kafka/kafkajs.ts';
import { openPlatformaticClient } from '../platform/event-log/kafka/platformatic.ts';
import type { ProducedRecord } from '../platform/event-log/kafka/port.ts';
import { ownCpuSeconds } from './cpu.ts';
import { percentile } from './metrics.ts';

/**
 * One round of one Kafka library in a process of its own, through the port that the engine uses: produce, consume,
 * wait idle. Prints what it saw as JSON. Started by kafka-clients.ts.
 */
export interface ClientRound {
  /** CPU microseconds of the process per message. */
  readonly produceUs: number;
  readonly consumeUs: number;
  /** Milliseconds of CPU per second with a joined group and no message. */
  readonly idleMsPerS: number;
  readonly produceP50Ms: number;
  readonly produceP99Ms: number;
  /** Over all that arrived: partition, key, value and headers in the order of the partitions. */
  readonly digest: string;
}

export interface RoundSettings {
  readonly library: 'kafkajs' | 'platformatic';
  readonly brokers: readonly string[];
  readonly prefix: string;
  readonly messages: number;
  readonly perRequest: number;
  readonly idleMs: number;
}

const open = { kafkajs: openKafkajsClient, platformatic: openPlatformaticClient };
const partitions = 12;

/** A vendor's message of 600 bytes with the headers that the door gives it. */
function makeRecord(at: number): ProducedRecord {
  const text = JSON.stringify({ id: `evt_${String(at).padStart(8, '0')}`, type: 'report.completed' });
  return {
    topic: 'bench',
    partition: at % partitions,
    key: `emp_${at % 2000}`,
    value: Buffer.from(text.padEnd(600, '.')),
    headers: {
      deliveryId: `dlv_${at}`,
      tenantId: 'ten_01jqz3k0e8f3v9x2m5n7p1r4t6',
      endpointId: 'end_01jqz3k0e8f3v9x2m5n7p1r4t6',
      vendor: 'checkr',
      receivedAtMs: '1795188120514',
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    },
    appendedAtMs: 1_795_188_120_514,
  };
}

type Client = ReturnType<typeof openKafkajsClient>;

async function produce(
  client: Client,
  records: readonly ProducedRecord[],
  perRequest: number,
): Promise<number[]> {
  const tookMs: number[] = [];
  for (let at = 0; at < records.length; at += perRequest) {
    const startedMs = performance.now();
    await client.produce(records.slice(at, at + perRequest));
    tookMs.push(performance.now() - startedMs);
  }
  return tookMs;
}

/** Joins a group and takes everything; the digest is made afterwards, outside the measurement. */
async function consume(client: Client, expected: number) {
  const got: LogRecord[] = [];
  let done: (() => void) | undefined;
  const all = new Promise<void>((resolve) => {
    done = resolve;
  });
  const member = client.join({
    group: 'bench',
    alone: false,
    topics: ['bench'],
    startAt: new Map(),
    hooks: {
      deliver: async (records) => {
        for (const record of records) got.push(record);
        const last = records.at(-1);
        if (last !== undefined) await member.commit([{ ...last, offset: last.offset + 1n }]);
        if (got.length >= expected) done?.();
        return records.length;
      },
      letGo: () => Promise.resolve(),
    },
  });
  await all;
  return { got, member };
}

function digestOf(records: readonly LogRecord[]): string {
  const hash = createHash('sha256');
  const sorted = records.toSorted((a, b) => a.partition - b.partition || Number(a.offset - b.offset));
  for (const { partition, key, value, headers } of sorted) {
    hash.update(`${partition} ${key} ${JSON.stringify(headers)}`).update(value);
  }
  return `${records.length} ${hash.digest('hex')}`;
}

async function round(settings: RoundSettings): Promise<ClientRound> {
  const { library, brokers, prefix, messages, perRequest, idleMs } = settings;
  const client = open[library]({ brokers, prefix, clientId: 'bench' }, createSilentLog());
  await client.createTopics([
    { topic: 'warm', partitions, replicas: -1, config: {} },
    { topic: 'bench', partitions, replicas: -1, config: { 'max.message.bytes': '8388608' } },
  ]);
  const records = Array.from({ length: messages }, (_, at) => makeRecord(at));
  const warm = records.slice(0, 20_000).map((record) => ({ ...record, topic: 'warm' }));
  await produce(client, warm, perRequest);

  const beforeProduce = ownCpuSeconds();
  const tookMs = await produce(client, records, perRequest);
  const beforeConsume = ownCpuSeconds();
  const { got, member } = await consume(client, messages);
  const afterConsume = ownCpuSeconds();
  await sleep(1000);
  const beforeIdle = ownCpuSeconds();
  await sleep(idleMs);
  const afterIdle = ownCpuSeconds();
  await member.leave();
  const result = {
    produceUs: ((beforeConsume - beforeProduce) * 1e6) / messages,
    consumeUs: ((afterConsume - beforeConsume) * 1e6) / messages,
    idleMsPerS: ((afterIdle - beforeIdle) * 1e6) / idleMs,
    produceP50Ms: percentile(tookMs, 50),
    produceP99Ms: percentile(tookMs, 99),
    digest: digestOf(got),
  };
  await client.drop(['warm', 'bench'], await client.groups());
  await client.close();
  return result;
}

const [settings] = process.argv.slice(2);
if (settings === undefined) throw new Error('usage: kafka-client-process.ts SETTINGS');
process.stdout.write(JSON.stringify(await round(JSON.parse(settings) as RoundSettings)));
