import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { spawn } from 'node:child_process';
import { readDemoState, type DemoState } from '#demo';
import { createServerClickHouse } from '#platform/clickhouse';
import { createServerPostgres } from '#platform/postgres';
import { openAppEngines } from '../support/app-engines.ts';
import { compareEffects, type Findings } from '../support/effects.ts';
import { freePort, startServer, type ServerProcess } from '../support/server-process.ts';

export const roles = ['worker', 'web', 'ingest'] as const;
export type Role = (typeof roles)[number];

/** One place among the processes: what runs there can be restarted on the same port. */
export interface Place {
  readonly role: Role;
  readonly origin: string;
  readonly running: ServerProcess;
  /** SIGTERM, wait, start again. Answers the exit code of the one that ended. */
  restart(): Promise<number | null>;
}

/** Servers with the demo company, and two processes of each role on them. */
export interface Installation {
  readonly state: DemoState;
  readonly env: Readonly<Record<string, string>>;
  readonly databaseUrl: string;
  readonly places: readonly Place[];
  originsOf(role: Role): string[];
  /** Waits until everything acknowledged has had its effect. */
  settled(): Promise<void>;
  compare(expected: Parameters<typeof compareEffects>[2]): Promise<Findings>;
  close(): Promise<void>;
}

const root = path.resolve(import.meta.dirname, '../..');
const people = 40;

/** Runs the command line to its end; answers its exit code and all that it printed. */
export async function runCommand(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, ['cli.ts', ...words], { cwd: root, env: { ...process.env, ...env } });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => {
    child.once('exit', resolve);
  });
  return { code, output };
}

export async function openInstallation(log: 'table' | 'kafka'): Promise<Installation> {
  const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-processes-'));
  const engines = await openAppEngines(log === 'table' ? 'table' : 'as named');
  const databaseUrl = engines.env['DATABASE_URL'];
  if (databaseUrl === undefined || engines.env['CLICKHOUSE_URL'] === undefined)
    throw new Error('set TEST_DATABASE_URL and TEST_CLICKHOUSE_URL: separate processes share servers');
  const env = {
    ...engines.env,
    PLUMBLINE_DATA: folder,
    AUTH_SECRET: 'the secret that all processes of this test share',
    AUTH_SECOND_FACTOR: 'asked',
    MASTER_KEYS: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
    WEBHOOK_RATE_PER_MINUTE: '1000000',
    SHUTDOWN_NOTICE_MS: '300',
  };
  const places: Place[] = [];
  const close = async () => {
    await Promise.all(places.map(({ running }) => running.stop()));
    await engines.drop();
    rmSync(folder, { recursive: true, force: true });
  };
  const state = await provision(folder, env).catch((error: unknown) => close().then(() => raise(error)));
  for (const role of roles.flatMap((each) => [each, each])) {
    places.push(
      await openPlace(role, folder, env).catch((error: unknown) => close().then(() => raise(error))),
    );
  }
  const originsOf = (role: Role) => places.filter((place) => place.role === role).map(({ origin }) => origin);
  return {
    state,
    env,
    databaseUrl,
    places,
    originsOf,
    settled: () => settled(places),
    compare: (expected) => compare(engines.env, state, expected),
    close,
  };
}

function raise(error: unknown): never {
  throw error;
}

/** The whole application once: it migrates the servers and makes the company. */
async function provision(folder: string, env: Readonly<Record<string, string>>): Promise<DemoState> {
  const demo = {
    PLUMBLINE_DEMO: 'true',
    PLUMBLINE_DEMO_PEOPLE: String(people),
    PLUMBLINE_DEMO_HISTORY: 'false',
    PLUMBLINE_DEMO_RATE: '0',
  };
  const server = await startServer({ folder, port: await freePort(), env: { ...env, ...demo } });
  const code = await server.stop();
  if (code !== 0) throw new Error(`npm start ended with ${code}:\n${server.output().slice(-3000)}`);
  const state = readDemoState(folder);
  if (!state) throw new Error('no demo company was made');
  return state;
}

async function openPlace(role: Role, folder: string, env: Readonly<Record<string, string>>): Promise<Place> {
  const port = await freePort();
  const start = () => startServer({ folder, port, env, program: ['cli.ts', role], startTimeoutMs: 60_000 });
  let running = await start();
  return {
    role,
    origin: running.origin,
    get running() {
      return running;
    },
    restart: async () => {
      const code = await running.stop();
      running = await start();
      return code;
    },
  };
}

async function settled(places: readonly Place[]): Promise<void> {
  const [worker] = places.filter(({ role }) => role === 'worker');
  const deadline = performance.now() + 60_000;
  // A step may hand over to the next between two looks.
  for (let quiet = 0; quiet < 3;) {
    const lags = (await worker?.running.lags()) ?? {};
    quiet = Object.values(lags).every((lag) => lag === 0) ? quiet + 1 : 0;
    if (performance.now() > deadline) throw new Error(`not settled: ${JSON.stringify(lags)}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 250);
    });
  }
}

async function compare(
  env: Readonly<Record<string, string>>,
  state: DemoState,
  expected: Parameters<typeof compareEffects>[2],
): Promise<Findings> {
  const postgres = createServerPostgres({ url: env['DATABASE_URL'] ?? '' });
  const clickhouse = await createServerClickHouse({
    url: env['CLICKHOUSE_URL'] ?? '',
    database: env['CLICKHOUSE_DATABASE'] ?? '',
  });
  try {
    return await compareEffects({ postgres, clickhouse }, state.tenantId, expected);
  } finally {
    await clickhouse.close();
    await postgres.close();
  }
}
