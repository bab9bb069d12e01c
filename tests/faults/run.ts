// `npm run test:faults`: real Kafka, Postgres and ClickHouse engines, two processes of each role, vendors sending at
// least 500 events a second; each fault in turn, and after each the proof that nothing was lost, doubled, put out of
// order or shown green wrongly. Options: --rate N, --people N, --only TEXT, --json FILE, --keep.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { companyOf } from '#demo';
import { systemClock } from '#platform/clock';
import { createToggles } from '../../bench/toggles.ts';
import { signIn } from '../../bench/sign-in.ts';
import { openSender } from '../../bench/sender.ts';
import { createStream } from '../../demo/simulator/stream.ts';
import { compareEffects, storedFacts, type Findings } from '../support/effects.ts';
import { expectedOf } from '../support/expected-effects.ts';
import { decideAgain, openCheckEngines, untilQuiet, type CheckEngines } from './checks.ts';
import { startCluster, type Cluster } from './cluster.ts';
import { countOrderBreaks } from './order.ts';
import { startReaders, type Readers } from './readers.ts';
import { rounds, type Round } from './rounds.ts';
import { startTraffic, type Traffic } from './traffic.ts';

const { values: options } = parseArgs({
  options: {
    rate: { type: 'string', default: '500' },
    people: { type: 'string', default: '1000' },
    only: { type: 'string' },
    json: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});

const ratePerS = Number(options.rate);
const watchedCount = 8;
/** Traffic before the fault, and after it was mended. */
const beforeMs = 5000;
const afterMs = 5000;
/** Longest time until everything that waits has had its effect. */
const catchUpMs = 240_000;
const admin = 'marguerite.voss@harrowpike.example';

const say = (line: string) => process.stdout.write(`${line}\n`);

interface RoundResult {
  readonly name: string;
  readonly findings: Findings;
  readonly orderBreaks: number;
  readonly wrongReads: number;
  readonly readErrors: number;
  readonly reads: number;
  readonly sent: number;
  readonly unavailable: number;
  readonly unavailableWithoutRetry: number;
  readonly refused: number;
  readonly caughtUpMs: number;
}

const nameOf = (person: { firstName: string; lastName: string }) => `${person.firstName} ${person.lastName}`;

/** Drivers whose licence is reported suspended before the first fault, and of whom nothing else is told. */
async function suspendSome(cluster: Cluster): Promise<{ numbers: Set<string>; names: string[] }> {
  const origin = cluster.of('ingest')[0]?.origin ?? '';
  const toggles = createToggles(cluster.state, origin, 'watched');
  const all = companyOf(cluster.state).people.map(nameOf);
  const drivers = toggles.drivers
    .filter((driver) => all.filter((name) => name === nameOf(driver)).length === 1)
    .slice(0, watchedCount);
  const sender = await openSender({ host: 'localhost', port: Number(new URL(origin).port), connections: 1 });
  for (const driver of drivers) {
    const status = await sender.post(toggles.next(driver));
    if (status !== 202) throw new Error(`a licence report was answered with ${status}`);
  }
  sender.close();
  await untilQuiet(cluster, catchUpMs);
  return { numbers: new Set(drivers.map(({ number }) => number)), names: drivers.map(nameOf) };
}

interface Running {
  readonly cluster: Cluster;
  readonly engines: CheckEngines;
  readonly traffic: Traffic;
  readonly readers: Readers;
  readonly facts: { readonly acknowledged: Set<string>; readonly sent: Set<string> };
}

async function play(round: Round, running: Running): Promise<RoundResult> {
  const { cluster, engines, traffic, readers, facts } = running;
  const [countsBefore, seenBefore] = [traffic.counts(), readers.sightings()];
  traffic.pace(ratePerS);
  await sleep(beforeMs);
  await round.strike(cluster, engines.log);
  await sleep(afterMs);
  traffic.pace(0);
  const caughtUpMs = await settle(running);
  const findings = await compareEffects(engines, cluster.state.tenantId, facts);
  const orderBreaks = await countOrderBreaks(engines.postgres, engines.log, cluster.state.tenantId);
  const [counts, seen] = [traffic.counts(), readers.sightings()];
  const unavailable = counts.unavailable - countsBefore.unavailable;
  return {
    name: round.name,
    findings,
    orderBreaks,
    caughtUpMs,
    wrongReads: seen.wrong - seenBefore.wrong,
    readErrors: seen.errors - seenBefore.errors,
    reads: seen.answers - seenBefore.answers,
    sent: counts.acknowledged - countsBefore.acknowledged,
    unavailable,
    unavailableWithoutRetry: unavailable - (counts.withRetryAfter - countsBefore.withRetryAfter),
    refused: counts.refused - countsBefore.refused,
  };
}

/** All that was begun is acknowledged, and all that was acknowledged has had its effect. */
async function settle({ cluster, traffic }: Running): Promise<number> {
  const startMs = performance.now();
  for (;;) {
    const { sent, acknowledged } = traffic.counts();
    if (sent === acknowledged) break;
    if (performance.now() - startMs > catchUpMs)
      throw new Error(`${sent - acknowledged} are not acknowledged`);
    await sleep(100);
  }
  await untilQuiet(cluster, catchUpMs);
  return performance.now() - startMs;
}

const doubledIn = (found: Findings) => found.doubled + found.warehouseDoubled + found.auditDoubled;
const lostIn = (found: Findings) => found.lost + found.warehouseMissing + found.auditMissing;
const isRight = (result: RoundResult) =>
  lostIn(result.findings) + doubledIn(result.findings) + result.findings.unexplained === 0 &&
  result.orderBreaks + result.wrongReads + result.refused + result.unavailableWithoutRetry === 0 &&
  result.findings.chainOk;

function tell(result: RoundResult): void {
  const { findings } = result;
  say(
    `${isRight(result) ? 'right ' : 'WRONG '} ${result.name.padEnd(48)} ${String(result.sent).padStart(7)} acknowledged, ` +
      `lost ${lostIn(findings)}, doubled ${doubledIn(findings)}, unexplained ${findings.unexplained}, ` +
      `order ${result.orderBreaks}, chain ${findings.chainOk ? 'whole' : 'BROKEN'}; ` +
      `read ${result.reads} boards, ${result.wrongReads} wrong, ${result.readErrors} errors; ` +
      `503 × ${result.unavailable} (${result.unavailableWithoutRetry} without Retry-After), other refusals ${result.refused}; ` +
      `caught up in ${(result.caughtUpMs / 1000).toFixed(1)} s`,
  );
}

function report(results: readonly RoundResult[], wrongFlags: number): void {
  const sum = (of: (result: RoundResult) => number) => results.reduce((total, one) => total + of(one), 0);
  const last = results.at(-1)?.findings;
  const zero = [
    ['faults.lost', last ? lostIn(last) : 0],
    ['faults.doubled', last ? doubledIn(last) : 0],
    ['faults.order_breaks', results.at(-1)?.orderBreaks ?? 0],
    ['faults.wrong_green', sum((one) => one.wrongReads) + wrongFlags],
  ] as const;
  const counted = [
    ['faults.rounds', results.length],
    ['faults.acknowledged', sum((one) => one.sent)],
  ] as const;
  say('');
  for (const [name, value] of [...counted, ...zero]) say(`${name.padEnd(24)}${String(value).padStart(9)}`);
  if (options.json !== undefined) {
    const metrics = [
      ...counted.map(([name, value]) => ({ name, value, unit: 'count', aim: null, met: null })),
      ...zero.map(([name, value]) => ({ name, value, unit: 'count', aim: '= 0', met: value === 0 })),
    ];
    writeFileSync(options.json, `${JSON.stringify({ metrics }, null, 2)}\n`);
  }
  const right = results.every(isRight) && zero.every(([, value]) => value === 0);
  say(right ? '\nNothing lost, nothing doubled, nothing out of order, nothing wrongly green.' : '\nFAILED');
  process.exitCode = right ? 0 : 1;
}

async function begin(cluster: Cluster): Promise<Running> {
  const engines = await openCheckEngines(cluster);
  await decideAgain(engines, cluster);
  const watched = await suspendSome(cluster);
  const company = companyOf(cluster.state);
  const people = company.people.filter(({ number }) => !watched.numbers.has(number));
  const trouble = { duplicate: 0.05, late: 0.05, forged: 0 };
  const run = `${systemClock.nowMs().toString(36)}f`;
  const stream = createStream({ company: { ...company, people }, seed: cluster.state.seed, run, trouble });
  const { state } = cluster;
  // The watched drivers' own reports are no part of the traffic, and have an effect all the same.
  const sent = new Set(await storedFacts(engines.postgres, state.tenantId));
  const facts = { acknowledged: new Set<string>(), sent };
  const traffic = startTraffic({
    state,
    doors: cluster.of('ingest').map(({ origin }) => origin),
    ratePerS: 0,
    next: (nowMs) => {
      const message = stream.next(nowMs);
      for (const key of expectedOf(message, state, nowMs).events) facts.sent.add(key);
      return message;
    },
    onAcknowledged: (message) => {
      for (const key of expectedOf(message, state, systemClock.nowMs()).events) facts.acknowledged.add(key);
    },
  });
  const [first] = cluster.of('web');
  const cookie = await signIn(first?.origin ?? '', admin);
  const origins = cluster.of('web').map(({ origin }) => origin);
  const readers = startReaders({ origins, cookie, drivers: watched.names.map((name) => ({ name })) });
  return { cluster, engines, traffic, readers, facts };
}

async function playAll(running: Running): Promise<RoundResult[]> {
  const results: RoundResult[] = [];
  for (const round of rounds.filter(({ name }) => name.includes(options.only ?? ''))) {
    if (round.needs?.(running.cluster) === false) {
      say(`not played on this machine: ${round.name}`);
      continue;
    }
    say(`… ${round.name}`);
    const result = await play(round, running);
    tell(result);
    for (const example of running.readers.sightings().examples) say(`        ${example}`);
    results.push(result);
  }
  return results;
}

const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-faults-'));
say(`Logs and data in ${folder}`);
const cluster = await startCluster({ folder, people: Number(options.people), say });
try {
  const running = await begin(cluster);
  const results = await playAll(running);
  await running.readers.stop();
  await running.traffic.finish();
  const wrongFlags = await decideAgain(running.engines, cluster);
  await running.engines.close();
  report(results, wrongFlags);
} catch (error) {
  process.exitCode = 1;
  say(`\nFAILED: ${error instanceof Error ? error.message : String(error)}`);
} finally {
  await cluster.close();
}
if (!options.keep && process.exitCode === 0) rmSync(folder, { recursive: true, force: true });
// Vendors that are still trying, and readers, must not keep a failed run alive.
process.exit();
