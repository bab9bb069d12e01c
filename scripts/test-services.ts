// `npm run test:services`: the suites of the services projects against real engines. Those that `TEST_KAFKA_BROKERS`,
// `TEST_DATABASE_URL` and `TEST_CLICKHOUSE_URL` name are used; the others are started for this run. Arguments go to vitest.
import { spawn } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { processEnvironment } from '#platform/config';
import { PlumblineError } from '#platform/errors';
import { testVariables } from './services/environment.ts';
import {
  removeServices,
  serviceNames,
  startServices,
  temporaryFolder,
  type ServiceName,
} from './services/index.ts';

const root = path.resolve(import.meta.dirname, '..');
const say = (line: string) => process.stderr.write(`• ${line}\n`);
const given = processEnvironment();

async function main(): Promise<number> {
  const missing = serviceNames.filter((name) => (given[testVariables[name]] ?? '') === '');
  if (missing.length === 0) return runTests({});
  const folder = temporaryFolder();
  // The tests end by themselves at Ctrl-C, which reaches them too; then the services are removed.
  process.on('SIGINT', () => {}).on('SIGTERM', () => {});
  try {
    return await runTests(await startMissing(folder, missing));
  } finally {
    await removeServices(folder, say);
  }
}

async function startMissing(
  folder: string,
  missing: readonly ServiceName[],
): Promise<Record<string, string>> {
  const services = await startServices({
    folder,
    only: missing,
    ports: { kafka: 0, postgres: 0, clickhouse: 0 },
    say,
  });
  const urls = Object.fromEntries(missing.map((name) => [testVariables[name], services[name].url]));
  const restart = [
    process.execPath,
    path.join(root, 'scripts/services.ts'),
    '--folder',
    folder,
    'restart',
    'kafka',
  ];
  return missing.includes('kafka') ? { ...urls, TEST_KAFKA_RESTART: restart.join(' ') } : urls;
}

function runTests(env: Record<string, string>): Promise<number> {
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
  const projects = ['--project', 'services', '--project', 'services-alone'];
  const child = spawn(process.execPath, [vitest, 'run', ...projects, ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
    env: { ...given, ...env },
  });
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof PlumblineError)) throw error;
  process.stderr.write(`${error.detail}\n`);
  process.exitCode = 1;
}
