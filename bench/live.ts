import { fork, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { metric, percentile, type PartResult } from './metrics.ts';
import { openSender, type Sender } from './sender.ts';
import { endProcess } from '../tests/support/server-process.ts';
import { startServer, type ServerUnderTest } from './server-under-test.ts';
import { signIn } from './sign-in.ts';
import { createToggles, type Toggles } from './toggles.ts';
import type { OpenOrder, ViewersReport } from './viewers-process.ts';

/** Viewers of different sight: all of the company, two divisions, two places. */
const accounts = [
  'marguerite.voss',
  'dana.ruiz',
  'silas.hargrove',
  'kofi.brandt',
  'noor.idowu',
  'vera.novak',
];

interface Watched {
  readonly viewers: number;
  readonly lost: number;
  readonly messages: number;
  /** What the viewers added to the server's CPU, per message that arrived. */
  readonly cpuUsPerMessage: number;
  readonly delayP50Ms: number;
  readonly delayP99Ms: number;
  readonly kbPerViewer: number | null;
}

function ask(viewers: ChildProcess, order: OpenOrder | 'report'): Promise<ViewersReport> {
  return new Promise((resolve, reject) => {
    viewers.once('message', (report) => resolve(report as ViewersReport));
    viewers.once('exit', () => reject(new Error('the viewers ended')));
    viewers.send(order);
  });
}

/** Changes one driver's flag after the other at a fixed pace; @returns the CPU seconds that the server took. */
async function change(
  server: ServerUnderTest,
  sender: Sender,
  toggles: Toggles,
  pace: { perS: number; seconds: number },
): Promise<number> {
  const before = server.cpuSeconds();
  const startMs = performance.now();
  for (let sent = 0; sent < pace.perS * pace.seconds; sent += 1) {
    await sleep(Math.max(0, startMs + (sent * 1000) / pace.perS - performance.now()));
    const driver = toggles.drivers[sent % toggles.drivers.length];
    if (driver) void sender.post(toggles.next(driver));
  }
  await sleep(2000);
  return server.cpuSeconds() - before;
}

async function watch(
  parts: { server: ServerUnderTest; sender: Sender; toggles: Toggles; viewers: ChildProcess },
  order: OpenOrder,
  pace: { perS: number; seconds: number },
  aloneBytes: number | null,
): Promise<Watched> {
  const { server, sender, toggles, viewers } = parts;
  const isBefore = await ask(viewers, 'report');
  // The same changes with as many viewers as there are now: what the new ones add is the difference.
  const cpuBefore = await change(server, sender, toggles, pace);
  const seenBefore = await ask(viewers, 'report');
  await ask(viewers, order);
  const bytes = server.residentBytes();
  const cpu = await change(server, sender, toggles, pace);
  const seen = await ask(viewers, 'report');
  const added = seen.messages - seenBefore.messages;
  return {
    viewers: seen.open - (seen.lost - isBefore.lost),
    lost: seen.lost,
    messages: seen.messages,
    cpuUsPerMessage: ((cpu - cpuBefore) / added) * 1e6,
    delayP50Ms: percentile(seen.delaysMs, 50),
    delayP99Ms: percentile(seen.delaysMs, 99),
    kbPerViewer: bytes === null || aloneBytes === null ? null : (bytes - aloneBytes) / seen.open / 1024,
  };
}

function tell(found: Watched): string {
  const memory = found.kbPerViewer === null ? '' : `, ${found.kbPerViewer.toFixed(1)} kB of memory each`;
  return (
    `${found.viewers} viewers (${found.lost} lost): ${found.messages} messages, ` +
    `${found.cpuUsPerMessage.toFixed(1)} µs of server CPU each, decision → viewer p50 ${found.delayP50Ms} ms, p99 ${found.delayP99Ms} ms${memory}`
  );
}

async function measureSizes(
  server: ServerUnderTest,
  viewers: ChildProcess,
  sizes: readonly { total: number; perS: number; seconds: number }[],
): Promise<Watched[]> {
  const cookies: string[] = [];
  for (const name of accounts) cookies.push(await signIn(server.origin, `${name}@harrowpike.example`));
  const sender = await openSender({ host: 'localhost', port: server.port, connections: 8 });
  const toggles = createToggles(server.state, server.origin, 'live');
  const parts = { server, sender, toggles, viewers };
  const url = `${server.origin.replace('http', 'ws')}/ws`;
  const found: Watched[] = [];
  try {
    await change(server, sender, toggles, { perS: 10, seconds: 3 });
    const aloneBytes = server.residentBytes();
    for (const { total, ...pace } of sizes) {
      found.push(await watch(parts, { url, origin: server.origin, cookies, total }, pace, aloneBytes));
    }
  } finally {
    sender.close();
  }
  return found;
}

/** Live viewers on one process: what a delivered message costs, when it arrives, what a connection weighs. */
export async function measureLive({ quick }: { quick: boolean }): Promise<PartResult> {
  const sizes = quick
    ? [{ total: 200, perS: 5, seconds: 4 }]
    : [
        { total: 1_000, perS: 10, seconds: 20 },
        { total: 10_000, perS: 2, seconds: 30 },
      ];
  const server = await startServer({
    people: 500,
    history: true,
    environment: { LIVE_SOCKETS_PER_USER: '5000' },
  });
  const viewers = fork(new URL('viewers-process.ts', import.meta.url));
  try {
    const found = await measureSizes(server, viewers, sizes);
    const last = found.at(-1);
    if (last === undefined) return { metrics: [], notes: [] };
    return {
      metrics: [
        metric('live.viewers', last.viewers),
        metric('live.cpu_us_per_message', last.cpuUsPerMessage),
      ],
      notes: found.map(tell),
    };
  } finally {
    await endProcess(viewers);
    await server.stop();
  }
}
