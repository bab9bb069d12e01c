// `npm run test:crash`: kills the server three times during a simulator run of at least 20,000 events, then proves that
// everything acknowledged has exactly one effect. Options: --events N, --kills N, --people N, --json FILE, --keep.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readDemoState } from '#demo';
import { systemClock } from '#platform/clock';
import type { Findings } from '../support/effects.ts';
import { freePort, settled, startServer } from '../support/server-process.ts';
import { expectedOf, messageStream } from '../support/expected-effects.ts';
import { startSender } from './sender.ts';
import { verifyFolder } from './verify.ts';

const { values: options } = parseArgs({
  options: {
    events: { type: 'string', default: '20000' },
    kills: { type: 'string', default: '3' },
    people: { type: 'string', default: '2000' },
    json: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});

const say = (line: string) => process.stdout.write(`${line}\n`);
const events = Number(options.events);
const kills = Number(options.kills);
const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-crash-'));
const port = await freePort();
const env = {
  PLUMBLINE_DEMO: 'true',
  PLUMBLINE_DEMO_PEOPLE: options.people,
  PLUMBLINE_DEMO_HISTORY: 'false',
  PLUMBLINE_DEMO_RATE: '0',
};

say(`Server on port ${port}, data in ${folder}`);
let server = await startServer({ folder, port, env });
const state = readDemoState(folder);
if (!state) throw new Error('the server left no demo state');

const acknowledged = new Set<string>();
const sent = new Set<string>();
const stream = messageStream(state, `${systemClock.nowMs().toString(36)}c`);
const startedMs = systemClock.nowMs();
const sender = startSender({
  state,
  origin: server.origin,
  nowMs: systemClock.nowMs,
  next: (nowMs) => {
    const message = stream.next(nowMs);
    for (const key of expectedOf(message, state, nowMs).events) sent.add(key);
    return message;
  },
  onAcknowledged: (message) => {
    for (const key of expectedOf(message, state, systemClock.nowMs()).events) acknowledged.add(key);
  },
});

for (let kill = 1; kill <= kills; kill += 1) {
  await sender.acknowledged(Math.round((events * kill) / (kills + 1)));
  await server.kill9();
  say(`kill -9 no. ${kill} after ${sender.counts().acknowledged} acknowledged messages`);
  const restartMs = systemClock.nowMs();
  server = await startServer({ folder, port, env });
  say(`  ready again after ${((systemClock.nowMs() - restartMs) / 1000).toFixed(1)} s`);
}
await sender.acknowledged(events);
await sender.finish();
const sendingMs = systemClock.nowMs() - startedMs;
say(`${JSON.stringify(sender.counts())} in ${(sendingMs / 1000).toFixed(0)} s; waiting for the pipeline`);
await settled(server.origin);
const exitCode = await server.stop();
say(`stopped with exit code ${exitCode}; comparing`);

const findings = await verifyFolder(folder, state.tenantId, { acknowledged, sent });
report(findings);
if (!options.keep) rmSync(folder, { recursive: true, force: true });

function report(found: Findings): void {
  const zero = [
    ['crash.lost', found.lost, 'acknowledged facts without effect'],
    ['crash.doubled', found.doubled, 'facts with more than one effect in Postgres'],
    ['crash.unexplained', found.unexplained, 'effects that no message stands for'],
    ['crash.warehouse_missing', found.warehouseMissing, 'events without a row in ClickHouse'],
    ['crash.warehouse_doubled', found.warehouseDoubled, 'events with more than one row in ClickHouse'],
    ['crash.audit_missing', found.auditMissing, 'events without an audit entry'],
    ['crash.audit_doubled', found.auditDoubled, 'events with more than one audit entry'],
    ['crash.chain_breaks', found.chainOk ? 0 : 1, 'breaks of the audit chain'],
  ] as const;
  const counted = [
    ['crash.kills', kills, 'times kill -9'],
    ['crash.acknowledged', sender.counts().acknowledged, 'messages acknowledged'],
    ['crash.events', found.expectedEvents, 'facts they stand for'],
    ['crash.dead_letters', found.deadLetters, 'messages about strangers, waiting for a person'],
    ['crash.audit_entries', found.auditEntries, 'entries in the verified chain'],
  ] as const;
  say('');
  for (const [name, value, words] of [...counted, ...zero])
    say(`${name.padEnd(26)}${String(value).padStart(8)}  ${words}`);
  const ok = zero.every(([, value]) => value === 0) && exitCode === 0;
  say(ok ? '\nNothing lost, nothing doubled.' : '\nFAILED: the lines above that are not 0 say what.');
  if (options.json !== undefined) {
    const metrics = [
      ...counted.map(([name, value]) => ({ name, value, unit: 'count', aim: '-', met: true })),
      ...zero.map(([name, value]) => ({ name, value, unit: 'count', aim: '= 0', met: value === 0 })),
    ];
    writeFileSync(options.json, `${JSON.stringify({ metrics }, null, 2)}\n`);
  }
  process.exitCode = ok ? 0 : 1;
}
