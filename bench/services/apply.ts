import { setTimeout as sleep } from 'node:timers/promises';
import { createServerClickHouse } from '#platform/clickhouse';
import { createServerPostgres } from '#platform/postgres';
import { settled, type ServerProcess } from '../../tests/support/server-process.ts';
import { cpuSecondsOf } from '../cpu.ts';
import { trafficOf } from '../messages.ts';
import { metric, type PartResult } from '../metrics.ts';
import { openSender } from '../sender.ts';
import type { Engines } from './engines.ts';
import { median, said } from './rounds.ts';

interface Drained {
  readonly perCpuS: number;
  readonly perS: number;
  /** CPU microseconds per event of the servers beside our process. */
  readonly serversUs: Readonly<Record<string, number>>;
}

interface Door {
  readonly origin: string;
  readonly port: number;
}

async function fill(engines: Engines, door: Door, run: string, count: number): Promise<void> {
  const requests = trafficOf({ state: engines.state, origin: door.origin, run, count, ratePerS: 1000 });
  const sender = await openSender({ host: 'localhost', port: door.port, connections: 64 });
  try {
    const statuses = await Promise.all(requests.map((request) => sender.post(request)));
    const refused = statuses.filter((status) => status !== 202).length;
    if (refused > 0) throw new Error(`${refused} messages of the backlog were refused`);
  } finally {
    sender.close();
  }
}

/** The worker stands still while the backlog is made, so that all of it waits, and its code is warm. */
async function drain(
  engines: Engines,
  worker: ServerProcess,
  door: Door,
  round: { readonly run: string; readonly count: number },
): Promise<Drained> {
  process.kill(worker.pid, 'SIGSTOP');
  try {
    await fill(engines, door, round.run, round.count);
  } finally {
    process.kill(worker.pid, 'SIGCONT');
  }
  const servers = Object.values(engines.services).map(({ name, pid }) => ({ name, pid: pid ?? 0 }));
  const before = servers.map(({ pid }) => cpuSecondsOf(pid));
  const [cpuBefore, startMs] = [cpuSecondsOf(worker.pid), performance.now()];
  await settled(worker.origin);
  const cpu = cpuSecondsOf(worker.pid) - cpuBefore;
  return {
    perCpuS: round.count / cpu,
    perS: round.count / ((performance.now() - startMs) / 1000),
    serversUs: Object.fromEntries(
      servers.map(({ name, pid }, at) => [
        name,
        ((cpuSecondsOf(pid) - (before[at] ?? 0)) / round.count) * 1e6,
      ]),
    ),
  };
}

interface Stored {
  readonly postgres: number;
  readonly clickhouse: number;
}

/** Applied events in each store. */
async function countStored(engines: Engines): Promise<Stored> {
  const postgres = createServerPostgres({ url: engines.databaseUrl });
  const clickhouse = await createServerClickHouse({ url: engines.clickhouseUrl });
  try {
    const kept = await postgres.asTenant(engines.state.tenantId, (tx) =>
      tx
        .withTables<{ compliance_events: { id: string } }>()
        .selectFrom('compliance_events')
        .select((build) => build.fn.countAll<string>().as('events'))
        .executeTakeFirstOrThrow(),
    );
    const answer = await clickhouse.client.query({
      query: 'SELECT count() AS events FROM compliance_events FINAL WHERE tenant_id = {tenant:String}',
      query_params: { tenant: engines.state.tenantId },
      format: 'JSONEachRow',
    });
    const [loaded] = await answer.json<{ events: string }>();
    return { postgres: Number(kept.events), clickhouse: Number(loaded?.events ?? 0) };
  } finally {
    await clickhouse.close();
    await postgres.close();
  }
}

/** Both stores must have taken the same number of events, and most messages must have become one. */
async function requireApplied(engines: Engines, before: Stored, messages: number): Promise<string> {
  // Of the company's past the warehouse drops what is older than it keeps, so only what came since is compared.
  const taken = async () => {
    const now = await countStored(engines);
    return {
      postgres: now.postgres - before.postgres,
      clickhouse: now.clickhouse - before.clickhouse,
    };
  };
  let { postgres, clickhouse } = await taken();
  for (let looks = 0; looks < 20 && postgres !== clickhouse; looks += 1) {
    await sleep(500);
    ({ postgres, clickhouse } = await taken());
  }
  if (postgres !== clickhouse) throw new Error(`Postgres took ${postgres} events, ClickHouse ${clickhouse}`);
  if (postgres < messages / 2) throw new Error(`of ${messages} messages only ${postgres} became events`);
  return `Equal: ${said(messages)} messages became ${said(postgres)} events in Postgres and as many in ClickHouse.`;
}

/**
 * Kafka → Postgres and ClickHouse: one worker role drains a backlog of vendor messages: normalise, match, fold, decide,
 * alert, audit, load. CPU of our process; what the servers used for it is told beside it.
 */
export async function measureApply(
  engines: Engines,
  { quick }: { readonly quick: boolean },
): Promise<PartResult> {
  const [rounds, count] = quick ? [2, 1000] : [5, 3000];
  const ingest = await engines.start('ingest');
  const worker = await engines.start('worker');
  try {
    await settled(worker.origin);
    const before = await countStored(engines);
    // The engines' code and ours are warm after this.
    await fill(engines, ingest, 'warm', count);
    await settled(worker.origin);
    const seen: Drained[] = [];
    for (let round = 0; round < rounds; round += 1) {
      seen.push(await drain(engines, worker, ingest, { run: `a${round}`, count }));
    }
    const equal = await requireApplied(engines, before, (rounds + 1) * count);
    const perCpuS = seen.map((round) => round.perCpuS);
    const names = Object.keys(seen[0]?.serversUs ?? {});
    const servers = names.map(
      (name) => `${name} ${said(median(seen.map(({ serversUs }) => serversUs[name] ?? 0)))} µs`,
    );
    return {
      metrics: [metric('apply.events_per_cpu_s', median(perCpuS))],
      notes: [
        equal,
        `${said(1e6 / median(perCpuS))} µs of our CPU per event (${said(Math.min(...perCpuS))} to ${said(Math.max(...perCpuS))} events per CPU second), ` +
          `${said(median(seen.map(({ perS }) => perS)))} events/s on the wall clock, ${rounds} backlogs of ${said(count)}.`,
        `CPU of the servers per event: ${servers.join(', ')}.`,
      ],
    };
  } finally {
    await ingest.stop();
    await worker.stop();
  }
}
