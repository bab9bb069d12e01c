import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '#platform/clock';
import type { Ids } from '#platform/ids';
import type { Log } from '#platform/log';
import { createDomain } from '../src/lib/server/domain.ts';
import type { PreparedParts } from '../src/lib/server/app.ts';
import type { SimulatorControl } from '../src/lib/server/routers/integrations.ts';
import { demoAccounts, demoPassword } from './accounts.ts';
import { companyOf, provisionDemo, type DemoState } from './provision.ts';
import { runSimulator } from './simulator/run.ts';
import { createStream, usualTrouble } from './simulator/stream.ts';
import type { SimulatedEndpoint, SimulatedVendor } from './simulator/wire.ts';

/** The demo of one data folder: its companies, its accounts, and the simulator that the integrations screen controls. */
export interface Demo {
  accounts: readonly { email: string; password: string; name: string; note: string }[];
  simulator: SimulatorControl;
  /** Makes the companies on the first start; later starts read what was made. */
  prepare(parts: PreparedParts): Promise<void>;
  /** True when this start made the companies. */
  isNew(): boolean;
}

export interface DemoInput {
  folder: string;
  origin: string;
  people: number;
  withHistory: boolean;
  clock: Clock;
  ids: Ids;
  log: Log;
  signal: AbortSignal;
  onProgress: (step: string) => void;
}

const seed = 20_261_120;
const stateFile = (folder: string) => path.join(folder, 'demo.json');
const busyFile = (folder: string) => path.join(folder, 'demo.unfinished');

/** What a finished set-up left in the data folder; undefined when there is none. */
export function readDemoState(folder: string): DemoState | undefined {
  const file = stateFile(folder);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as DemoState) : undefined;
}

/** Where each simulated vendor posts. */
export function endpointsOf(state: DemoState, origin: string): Record<SimulatedVendor, SimulatedEndpoint> {
  return Object.fromEntries(
    Object.entries(state.endpoints).map(([vendor, { id, secret }]) => [
      vendor,
      { url: `${origin}/webhooks/${id}`, secret },
    ]),
  ) as Record<SimulatedVendor, SimulatedEndpoint>;
}

/**
 * A set-up that was cut short leaves half a company. Nothing of a user's can be in it, because the server was never
 * reachable, so it starts over. Call before the engines open.
 */
export function clearUnfinishedDemo(folder: string): boolean {
  if (!existsSync(busyFile(folder))) return false;
  for (const name of ['postgres', 'clickhouse', 'demo.unfinished']) {
    rmSync(path.join(folder, name), { recursive: true, force: true });
  }
  return true;
}

function createSimulatorControl(input: DemoInput, stateOf: () => DemoState | undefined): SimulatorControl {
  let rate = 0;
  let sent = 0;
  let refused = 0;
  let running: Promise<unknown> | undefined;
  return {
    state: () => ({ running: rate > 0, rate, sent, refused }),
    start: (ratePerSecond) => {
      const state = stateOf();
      if (!state) return Promise.reject(new Error('the demo is not set up'));
      rate = ratePerSecond;
      running ??= runSimulator({
        stream: createStream({
          company: companyOf(state),
          seed: state.seed,
          run: `${input.clock.nowMs().toString(36)}x`,
          trouble: usualTrouble,
        }),
        endpoints: endpointsOf(state, input.origin),
        rate: () => rate,
        clock: input.clock,
        signal: input.signal,
        onAnswer: (_message, status) => {
          sent += 1;
          if (status >= 400) refused += 1;
        },
      }).catch((err: unknown) => input.log.error({ err }, 'the vendor simulator stopped'));
      return Promise.resolve();
    },
    stop: () => {
      rate = 0;
      return Promise.resolve();
    },
  };
}

export function openDemo(input: DemoInput): Demo {
  let state = readDemoState(input.folder);
  let made = false;
  return {
    isNew: () => made,
    accounts: demoAccounts.map(({ email, name, note }) => ({ email, name, note, password: demoPassword })),
    simulator: createSimulatorControl(input, () => state),
    prepare: async ({ engines, keys, identity, auth, ingest }) => {
      if (state) return;
      writeFileSync(busyFile(input.folder), '');
      const { clock, ids, onProgress } = input;
      const { postgres, eventLog } = engines;
      state = await provisionDemo(
        { postgres, eventLog, keys, identity, auth, ingest, clock, ids, createDomain, onProgress },
        { seed, people: input.people, withHistory: input.withHistory },
      );
      writeFileSync(stateFile(input.folder), JSON.stringify(state, null, 2), { mode: 0o600 });
      rmSync(busyFile(input.folder));
      made = true;
    },
  };
}
