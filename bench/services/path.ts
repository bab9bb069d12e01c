import { setTimeout as sleep } from 'node:timers/promises';
import { companyOf } from '#demo';
import { settled, type ServerProcess } from '../../tests/support/server-process.ts';
import { cpuSecondsOf, ownCpuSeconds } from '../cpu.ts';
import { trafficOf } from '../messages.ts';
import { metric, percentile, type Metric, type PartResult } from '../metrics.ts';
import { sendPaced } from '../pace.ts';
import { openSender, type Sender } from '../sender.ts';
import { signIn } from '../sign-in.ts';
import { createToggles, type Toggles } from '../toggles.ts';
import type { Engines } from './engines.ts';
import { openLiveViewer, type LiveViewer } from './live-viewer.ts';
import { said } from './rounds.ts';

const admin = 'marguerite.voss@harrowpike.example';
const connections = 128;
/** A rate is held when no consumer is ever further behind than this many seconds of traffic. */
const allowedLagS = 3;
/** The warehouse takes the event and the change of the flag, the others one record per event. */
const recordsPerEvent: Readonly<Record<string, number>> = { warehouse: 2 };
/** The aim for POST → live frame is set at this rate. */
const aimRatePerS = 1000;

type Driver = Toggles['drivers'][number];

interface Running {
  readonly engines: Engines;
  readonly ingest: ServerProcess & { readonly port: number };
  readonly worker: ServerProcess;
  readonly web: ServerProcess;
  readonly sender: Sender;
  /** Drivers whose marked messages are seen, and of whom nothing else is told. */
  readonly drivers: readonly Driver[];
  readonly toggles: Toggles;
  readonly viewer: LiveViewer;
}

interface Step {
  readonly ratePerS: number;
  readonly seconds: number;
  readonly held: boolean;
  /** Accepted per second over the whole time. */
  readonly writesPerS: number;
  readonly worst: Readonly<Record<string, number>>;
  readonly refused: number;
  readonly drainedInS: number;
  /** Of one core, by process. */
  readonly shares: Readonly<Record<string, number>>;
}

const nameOf = ({ firstName, lastName }: Driver) => `${firstName} ${lastName}`;

function pidsOf({ engines, ingest, worker, web }: Running): Record<string, number> {
  const servers = Object.values(engines.services).map(({ name, pid }) => [name, pid ?? 0] as const);
  return { ingest: ingest.pid, worker: worker.pid, web: web.pid, ...Object.fromEntries(servers) };
}

async function watchLags(worker: ServerProcess, signal: AbortSignal): Promise<Record<string, number>> {
  const worst: Record<string, number> = {};
  while (!signal.aborted) {
    for (const [name, lag] of Object.entries(await worker.lags()))
      worst[name] = Math.max(worst[name] ?? 0, lag);
    await sleep(1000);
  }
  return worst;
}

async function untilDrained(worker: ServerProcess): Promise<number> {
  const startMs = performance.now();
  for (;;) {
    const isEmpty = Object.values(await worker.lags()).every((lag) => lag === 0);
    const tookS = (performance.now() - startMs) / 1000;
    if (isEmpty || tookS > 180) return tookS;
    await sleep(200);
  }
}

function background(running: Running, run: string, ratePerS: number, seconds: number): Buffer[] {
  const { state } = running.engines;
  const except = new Set(running.drivers.map(({ number }) => number));
  return trafficOf({
    state,
    origin: running.ingest.origin,
    run,
    count: ratePerS * seconds,
    ratePerS,
    except,
  });
}

/** Messages at a fixed rate whatever the answers; the parts of the path must keep up. */
async function hold(running: Running, ratePerS: number, seconds: number): Promise<Step> {
  const requests = background(running, `h${ratePerS}x${seconds}`, ratePerS, seconds);
  const pids = pidsOf(running);
  const before = Object.values(pids).map(cpuSecondsOf);
  const ended = new AbortController();
  const [ownBefore, startMs] = [ownCpuSeconds(), performance.now()];
  const watching = watchLags(running.worker, ended.signal);
  const { sent, refused } = await sendPaced(running.sender, requests, ratePerS);
  const tookS = (performance.now() - startMs) / 1000;
  ended.abort();
  const shares = Object.fromEntries(
    Object.entries(pids).map(([name, pid], at) => [name, (cpuSecondsOf(pid) - (before[at] ?? 0)) / tookS]),
  );
  shares['load maker'] = (ownCpuSeconds() - ownBefore) / tookS;
  const worst = await watching;
  const drainedInS = await untilDrained(running.worker);
  const behindS = Object.entries(worst).map(([name, lag]) => lag / ratePerS / (recordsPerEvent[name] ?? 1));
  const offered = sent / tookS >= ratePerS * 0.98;
  const held =
    offered && refused === 0 && Math.max(...behindS) <= allowedLagS && drainedInS < allowedLagS * 2;
  return {
    ratePerS,
    seconds,
    held,
    writesPerS: (sent - refused) / tookS,
    worst,
    refused,
    drainedInS,
    shares,
  };
}

function tell(step: Step): string {
  const lags = Object.entries(step.worst).filter(([, lag]) => lag > 0);
  const behind = lags.map(([name, lag]) => `${name} ${said(lag)}`).join(', ') || 'nothing';
  const shares = Object.entries(step.shares).map(([name, share]) => `${name} ${Math.round(share * 100)} %`);
  return (
    `${step.ratePerS}/s for ${step.seconds} s ${step.held ? 'held' : 'NOT held'}: most behind ${behind}; refused ${step.refused}; ` +
    `drained ${step.drainedInS.toFixed(1)} s after the last. Of a core: ${shares.join(', ')}.`
  );
}

/** Those of the drivers whose flag follows a suspended licence and a valid one; others are red for another reason. */
async function thoseThatChange(
  running: Omit<Running, 'drivers'>,
  candidates: readonly Driver[],
): Promise<Driver[]> {
  const { viewer, toggles, sender, worker, web } = running;
  let following = [...candidates];
  for (let turn = 0; turn < 2; turn += 1) {
    const before = viewer.sightings.length;
    await Promise.all(following.map((driver) => sender.post(toggles.next(driver))));
    await settled(worker.origin);
    await settled(web.origin);
    await sleep(1000);
    const seen = new Set(viewer.sightings.slice(before).map(({ name }) => name));
    following = following.filter((driver) => seen.has(nameOf(driver)));
  }
  return following;
}

interface Latencies {
  readonly ratePerS: number;
  readonly samplesMs: readonly number[];
  readonly unseen: number;
}

/** Marked messages amid the background; each must change its driver's flag on the viewer's socket. */
async function latencies(running: Running, ratePerS: number, samples: number): Promise<Latencies> {
  const { drivers, sender, viewer, toggles } = running;
  const everyMs = Math.max(25, 2500 / drivers.length);
  const seconds = Math.ceil((samples * everyMs) / 1000) + 8;
  const ended = new AbortController();
  const requests = background(running, `e${ratePerS}`, ratePerS, seconds);
  const own = await openSender({ host: 'localhost', port: running.ingest.port, connections: 8 });
  const sending = sendPaced(sender, requests, ratePerS, ended.signal);
  const posts: { name: string; atMs: number }[] = [];
  await sleep(3000);
  for (let at = 0; at < samples; at += 1) {
    const driver = drivers[at % drivers.length];
    if (driver === undefined) break;
    const request = toggles.next(driver);
    posts.push({ name: nameOf(driver), atMs: performance.now() });
    void own.post(request);
    await sleep(everyMs);
  }
  await sleep(3000);
  ended.abort();
  await sending;
  own.close();
  return { ratePerS, ...pair(posts, viewer) };
}

/** The first change of the person's flag after each post and before the next post of the same person. */
function pair(posts: readonly { name: string; atMs: number }[], { sightings }: LiveViewer) {
  const seen = Map.groupBy(sightings, ({ name }) => name);
  const next = new Map<string, number>();
  const samplesMs: number[] = [];
  for (const { name, atMs } of posts.toReversed()) {
    const until = next.get(name) ?? Number.POSITIVE_INFINITY;
    next.set(name, atMs);
    const found = seen.get(name)?.find((sighting) => sighting.atMs >= atMs && sighting.atMs < until);
    if (found !== undefined) samplesMs.push(found.atMs - atMs);
  }
  return { samplesMs, unseen: posts.length - samplesMs.length };
}

function tellLatencies({ ratePerS, samplesMs, unseen }: Latencies): string {
  const ranks = [50, 95, 99]
    .map((rank) => `p${rank} ${percentile(samplesMs, rank).toFixed(1)} ms`)
    .join(', ');
  return `POST → live frame at ${ratePerS}/s: ${ranks}; ${samplesMs.length} marked messages, ${unseen} changed nothing in time.`;
}

async function findMaximum(running: Running, rates: readonly number[], seconds: number): Promise<Step[]> {
  const steps: Step[] = [];
  for (const rate of rates) {
    const step = await hold(running, rate, seconds);
    steps.push(step);
    if (!step.held) break;
  }
  return steps;
}

/** The highest rate that is held for the whole time, from the maximum of the short steps downwards. */
async function sustain(running: Running, fromPerS: number, seconds: number): Promise<Step[]> {
  const steps: Step[] = [];
  for (let rate = fromPerS; rate >= 100 && steps.length < 4; rate = Math.round((rate * 0.8) / 10) * 10) {
    const step = await hold(running, rate, seconds);
    steps.push(step);
    if (step.held) break;
  }
  return steps;
}

async function startPath(engines: Engines): Promise<Running> {
  const ingest = await engines.start('ingest');
  const worker = await engines.start('worker');
  const web = await engines.start('web');
  const toggles = createToggles(engines.state, ingest.origin, 'path');
  const everybody = companyOf(engines.state).people.map(nameOf);
  const candidates = toggles.drivers
    .filter((driver) => everybody.filter((name) => name === nameOf(driver)).length === 1)
    // More changes at once than a viewer is sent would come as the advice to read everything anew.
    .slice(0, 60);
  const cookie = await signIn(web.origin, admin);
  const viewer = await openLiveViewer(web.origin, cookie, new Set(candidates.map(nameOf)));
  const sender = await openSender({ host: 'localhost', port: ingest.port, connections });
  await settled(worker.origin);
  const running = { engines, ingest, worker, web, sender, toggles, viewer };
  const drivers = await thoseThatChange(running, candidates);
  if (drivers.length < 5) throw new Error(`the flags of only ${drivers.length} drivers follow their licence`);
  return { ...running, drivers };
}

async function measureOn(
  running: Running,
  options: { quick: boolean; minutes: number },
): Promise<PartResult> {
  const { quick, minutes } = options;
  const rates = quick ? [100, 200] : [250, 500, 750, 1000, 1500, 2000, 3000, 4000];
  await hold(running, 200, quick ? 2 : 10);
  const steps = await findMaximum(running, rates, quick ? 3 : 12);
  const best = steps.filter(({ held }) => held).at(-1)?.ratePerS ?? 200;
  const half = await latencies(running, best / 2, quick ? 40 : 600);
  const atAim = best >= aimRatePerS ? await latencies(running, aimRatePerS, 600) : null;
  const sustained = await sustain(running, best, quick ? 5 : minutes * 60);
  const last = sustained.at(-1);
  const p99 = metric('e2e.p99_ms', percentile((atAim ?? half).samplesMs, 99));
  const metrics: Metric[] = [
    metric('e2e.p50_ms', percentile(half.samplesMs, 50)),
    // The aim is set at a rate: a calm answer at a lower one does not meet it.
    { ...metric('e2e.p99_ms', percentile(half.samplesMs, 99)), met: atAim !== null && p99.met },
    metric('sustained.writes_per_s', last?.held === true ? last.writesPerS : 0),
  ];
  const aim =
    atAim === null
      ? [`The aim of e2e.p99_ms is set at ${aimRatePerS}/s, which was not held.`]
      : [tellLatencies(atAim)];
  return {
    metrics,
    notes: [
      ...steps.map(tell),
      tellLatencies(half),
      ...aim,
      ...sustained.map((step) => `Sustained: ${tell(step)}`),
    ],
  };
}

/**
 * The whole path with one process of each role: the highest rate that it holds, POST → live frame at half of that, and
 * the rate that it holds for minutes, broker and databases on the same cores.
 */
export async function measurePath(
  engines: Engines,
  options: { readonly quick: boolean; readonly minutes: number },
): Promise<PartResult> {
  const running = await startPath(engines);
  try {
    return await measureOn(running, options);
  } finally {
    running.viewer.close();
    running.sender.close();
    await Promise.all([running.ingest.stop(), running.worker.stop(), running.web.stop()]);
  }
}
