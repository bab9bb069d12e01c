import { setTimeout as sleep } from 'node:timers/promises';
import { ownCpuSeconds } from './cpu.ts';
import { trafficOf } from './messages.ts';
import { metric, type PartResult } from './metrics.ts';
import { sendPaced } from './pace.ts';
import { openSender, type Sender } from './sender.ts';
import { startServer, type ServerUnderTest } from './server-under-test.ts';

const connections = 128;
/** A rate is held when no consumer is ever further behind than this many seconds of traffic. */
const allowedLagS = 3;
/** The warehouse takes the event and the change of the flag, the others one record per event. */
const recordsPerEvent: Readonly<Record<string, number>> = { warehouse: 2 };

interface Step {
  readonly ratePerS: number;
  /** What the door answered, from the first message to the last answer. */
  readonly acceptedPerS: number;
  readonly held: boolean;
  /** Most records that any consumer had before it at a look, by consumer. */
  readonly worst: Readonly<Record<string, number>>;
  readonly refused: number;
  readonly cpuUsPerEvent: number;
  readonly loadMakerShare: number;
  /** From the last message until nothing was waiting anywhere. */
  readonly drainedInS: number;
}

async function watchLags(server: ServerUnderTest, signal: AbortSignal): Promise<Record<string, number>> {
  const worst: Record<string, number> = {};
  while (!signal.aborted) {
    for (const [name, lag] of Object.entries(await server.lags())) {
      worst[name] = Math.max(worst[name] ?? 0, lag);
    }
    await sleep(500);
  }
  return worst;
}

async function untilDrained(server: ServerUnderTest): Promise<number> {
  const startMs = performance.now();
  for (;;) {
    const lags = await server.lags();
    const isEmpty = Object.values(lags).every((lag) => lag === 0);
    if (isEmpty || performance.now() - startMs > 120_000) return (performance.now() - startMs) / 1000;
    await sleep(100);
  }
}

async function holdRate(
  server: ServerUnderTest,
  sender: Sender,
  ratePerS: number,
  durationS: number,
): Promise<Step> {
  const count = ratePerS * durationS;
  const run = `p${ratePerS.toString(36)}x`;
  const requests = trafficOf({ state: server.state, origin: server.origin, run, count, ratePerS });
  const ended = new AbortController();
  const [cpuBefore, ownBefore, startMs] = [server.cpuSeconds(), ownCpuSeconds(), performance.now()];
  const watching = watchLags(server, ended.signal);
  const { refused } = await sendPaced(sender, requests, ratePerS);
  const tookS = (performance.now() - startMs) / 1000;
  const loadMakerShare = (ownCpuSeconds() - ownBefore) / tookS;
  ended.abort();
  const worst = await watching;
  const drainedInS = await untilDrained(server);
  const cpuUsPerEvent = ((server.cpuSeconds() - cpuBefore) / count) * 1e6;
  const lagsS = Object.entries(worst).map(([name, lag]) => lag / ratePerS / (recordsPerEvent[name] ?? 1));
  // Messages that wait for a free connection wait for the door: it must have answered at the pace of the sender.
  const acceptedPerS = count / tookS;
  const inTime = acceptedPerS >= ratePerS * 0.98;
  const held = inTime && refused === 0 && Math.max(...lagsS) <= allowedLagS && drainedInS < allowedLagS * 2;
  return { ratePerS, acceptedPerS, held, worst, refused, cpuUsPerEvent, loadMakerShare, drainedInS };
}

function tellStep(step: Step): string {
  const lags = Object.entries(step.worst)
    .filter(([, lag]) => lag > 0)
    .map(([name, lag]) => `${name} ${lag}`);
  return (
    `${step.ratePerS}/s ${step.held ? 'held' : 'not held'}: ${Math.round(step.acceptedPerS)}/s accepted, most behind ${lags.join(', ') || 'nothing'}; ` +
    `${Math.round(step.cpuUsPerEvent)} µs of CPU per event (app and ClickHouse), drained ${step.drainedInS.toFixed(1)} s after the last; ` +
    `refused ${step.refused}; load maker ${Math.round(step.loadMakerShare * 100)} % of a core`
  );
}

/**
 * Events per second through the whole path: door, normalise, apply, ClickHouse, live feed, in one process. The offered
 * rate (open loop) rises until a consumer falls behind; the figure is the highest rate that was held.
 */
export async function measurePath({ quick }: { quick: boolean }): Promise<PartResult> {
  const server = await startServer({ people: quick ? 500 : 5000, history: false });
  const sender = await openSender({ host: 'localhost', port: server.port, connections });
  const rates = quick ? [200, 500] : [500, 750, 1000, 1250, 1500, 2000, 2500, 3000, 3500, 4000, 5000, 6000];
  const steps: Step[] = [];
  try {
    for (const ratePerS of rates) {
      const step = await holdRate(server, sender, ratePerS, quick ? 5 : 20);
      steps.push(step);
      if (!step.held) break;
    }
  } finally {
    sender.close();
    await server.stop();
  }
  const best = steps.filter((step) => step.held).at(-1)?.ratePerS ?? 0;
  return { metrics: [metric('path.events_per_s', best)], notes: steps.map(tellStep) };
}
