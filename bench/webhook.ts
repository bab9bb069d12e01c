import { fork } from 'node:child_process';
import { endpointsOf, type DemoState } from '#demo';
import type { Message } from '../demo/simulator/wire.ts';
import { checkrReports, signedRequests } from './checkr-reports.ts';
import { cpuSecondsOf, ownCpuSeconds } from './cpu.ts';
import type { DoorAddress } from './door-process.ts';
import { metric, type PartResult } from './metrics.ts';
import { sendClosed } from './pace.ts';
import { openSender } from './sender.ts';
import { endProcess } from '../tests/support/server-process.ts';
import { removeFolder, startServer, temporaryFolder } from './server-under-test.ts';

const connections = 256;
interface Load {
  readonly host: string;
  readonly port: number;
  readonly requests: readonly Buffer[];
  readonly warmUpMs: number;
  readonly durationMs: number;
  cpuSeconds(): number;
}

interface Accepted {
  readonly perS: number;
  readonly perCpuS: number;
  readonly refused: number;
  /** Of one core, by the process that makes the load. */
  readonly loadMakerShare: number;
}

async function accepted(load: Load): Promise<Accepted> {
  const sender = await openSender({ host: load.host, port: load.port, connections });
  try {
    await sendClosed(sender, load.requests, connections, load.warmUpMs);
    const [cpuBefore, ownBefore] = [load.cpuSeconds(), ownCpuSeconds()];
    const sent = await sendClosed(sender, load.requests, connections, load.durationMs);
    const cpu = load.cpuSeconds() - cpuBefore;
    return {
      perS: sent.accepted / sent.seconds,
      perCpuS: sent.accepted / cpu,
      refused: sent.refused,
      loadMakerShare: (ownCpuSeconds() - ownBefore) / sent.seconds,
    };
  } finally {
    sender.close();
  }
}

async function doorAlone(messages: readonly Message[], quick: boolean): Promise<Accepted> {
  const folder = temporaryFolder();
  const child = fork(new URL('door-process.ts', import.meta.url), [folder]);
  try {
    const door = await new Promise<DoorAddress>((resolve, reject) => {
      child.once('message', (told) => resolve(told as DoorAddress));
      child.once('exit', (code) => reject(new Error(`the door ended with code ${code}`)));
    });
    const requests = signedRequests(messages, `http://127.0.0.1:${door.port}${door.path}`, door.secret);
    const pid = child.pid ?? 0;
    const [warmUpMs, durationMs] = quick ? [1000, 3000] : [3000, 15_000];
    const cpuSeconds = () => cpuSecondsOf(pid);
    return await accepted({ host: '127.0.0.1', port: door.port, requests, warmUpMs, durationMs, cpuSeconds });
  } finally {
    await endProcess(child);
    removeFolder(folder);
  }
}

async function wholeApp(messages: readonly Message[], quick: boolean): Promise<Accepted> {
  const server = await startServer({ people: 500, history: false });
  try {
    const { url, secret } = endpointsOf(server.state satisfies DemoState, server.origin).checkr;
    const requests = signedRequests(messages, url, secret);
    const [warmUpMs, durationMs] = quick ? [1000, 3000] : [2000, 10_000];
    const { port, cpuSeconds } = server;
    return await accepted({ host: 'localhost', port, requests, warmUpMs, durationMs, cpuSeconds });
  } finally {
    await server.stop();
  }
}

const said = (value: number) => Math.round(value).toLocaleString('en');

/**
 * Webhooks accepted per second: HMAC over the raw bytes, Zod, durable append (fsync), 202. The figure is of the door
 * alone; with the consumers in the same process they take most of the CPU, and that figure is told beside it.
 */
export async function measureWebhooks({ quick }: { quick: boolean }): Promise<PartResult> {
  const messages = checkrReports(quick ? 10_000 : 50_000);
  const door = await doorAlone(messages, quick);
  const app = await wholeApp(messages, quick);
  if (door.refused + app.refused > 0) {
    throw new Error(
      `${door.refused} and ${app.refused} requests were not accepted: the figure would mean nothing`,
    );
  }
  return {
    metrics: [
      metric('webhook.accepted_per_s', door.perS),
      metric('webhook.accepted_per_cpu_s', door.perCpuS),
    ],
    notes: [
      `Door alone, ${connections} connections: ${Math.round(1e6 / door.perCpuS)} µs of CPU per webhook; the load maker used ${Math.round(door.loadMakerShare * 100)} % of a core.`,
      `With every consumer in the same process: ${said(app.perS)} accepted/s, ${said(app.perCpuS)} per CPU second of the app and ClickHouse; the load maker used ${Math.round(app.loadMakerShare * 100)} % of a core.`,
    ],
  };
}
