import { setTimeout as sleep } from 'node:timers/promises';
import type { EventLog } from '#platform/event-log';
import type { ServiceName } from '../../scripts/services/index.ts';
import type { Cluster, Role } from './cluster.ts';

/** One fault: what is done to the cluster while traffic goes on. It ends with everything mended. */
export interface Round {
  readonly name: string;
  /** Whether this machine can do it; always when absent. */
  readonly needs?: (cluster: Cluster) => boolean;
  readonly strike: (cluster: Cluster, log: EventLog) => Promise<void>;
}

const downMs = 6000;
const cutMs = 20_000;

const killOne = (role: Role): Round => ({
  name: `kill -9 one ${role}`,
  strike: async (cluster) => {
    const [one] = cluster.of(role);
    await one?.kill9();
    await sleep(downMs);
    await one?.start();
  },
});

const killAll = (role: Role): Round => ({
  name: `kill -9 every ${role}`,
  strike: async (cluster) => {
    await Promise.all(cluster.of(role).map((one) => one.kill9()));
    await sleep(downMs);
    await Promise.all(cluster.of(role).map((one) => one.start()));
  },
});

const killService = (name: ServiceName): Round => ({
  name: `kill -9 ${name}`,
  strike: async ({ services }) => {
    await services[name].kill();
    await sleep(downMs);
    await services[name].restart();
  },
});

const cutOff = (name: ServiceName): Round => ({
  name: `network to ${name} cut for ${cutMs / 1000} s`,
  strike: async ({ ways }) => {
    await ways.cut(name);
    await sleep(cutMs);
    await ways.mend(name);
  },
});

/** Every statement of the application takes this much longer. */
const slowMs = 40;
const slowDatabase: Round = {
  name: `every answer of postgres ${slowMs} ms late, ${cutMs / 1000} s`,
  strike: async ({ ways }) => {
    await ways.delay('postgres', slowMs / 2);
    await sleep(cutMs);
    await ways.delay('postgres', 0);
  },
};

/** The warehouse loader's store takes nothing more; what it has stays. */
const fullDisk: Round = {
  name: `disk of clickhouse full for ${cutMs / 1000} s`,
  needs: ({ disk }) => disk !== null,
  strike: async ({ disk }) => {
    disk?.fill();
    await sleep(cutMs);
    disk?.free();
  },
};

const bytes = (text: string) => new TextEncoder().encode(text);

/** Records that no program of ours would write, straight into the topics that the consumers read. */
const poison: Round = {
  name: 'poison messages in raw.* and compliance.*',
  strike: async ({ state }, log) => {
    const headers = { tenantId: state.tenantId, eventId: 'poison' };
    const values = [
      '',
      'not JSON',
      '{"id":',
      '{}',
      '[]',
      'null',
      `{"tenantId":"${state.tenantId}"}`,
      '\u0000\uFFFD',
    ];
    const raw = values.map((value) => ({ topic: 'raw.checkr', key: 'poison', value: bytes(value), headers }));
    const events = values.map((value) => ({
      topic: 'compliance.dot.licence.reported',
      key: 'poison',
      value: bytes(value),
      headers,
    }));
    for (let again = 0; again < 5; again += 1) {
      await log.append([...raw, ...events]);
      await sleep(1000);
    }
  },
};

const rollingRestart: Round = {
  name: 'rolling restart of every process (SIGTERM)',
  strike: async ({ processes }) => {
    for (const one of processes) {
      const code = await one.stop();
      if (code !== 0) throw new Error(`${one.name} ended with ${code} when it was asked to end`);
      await one.start();
    }
  },
};

export const rounds: readonly Round[] = [
  killOne('worker'),
  killAll('worker'),
  killOne('ingest'),
  killAll('ingest'),
  killOne('web'),
  killAll('web'),
  killService('kafka'),
  killService('postgres'),
  killService('clickhouse'),
  cutOff('kafka'),
  cutOff('postgres'),
  cutOff('clickhouse'),
  slowDatabase,
  fullDisk,
  poison,
  rollingRestart,
];
