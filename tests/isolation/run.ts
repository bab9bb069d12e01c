// `npm run test:isolation [-- --mutate] [--json FILE]`: everything under tests/isolation, its figures as a table and as metrics.
// With --mutate each guard is taken away as well, and must be missed.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { measure, mutantLines, tableOf, type Suite } from './figures.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** One run of vitest with what its tests noted down. */
async function runSuite(args: readonly string[]): Promise<Suite> {
  const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-isolation-'));
  const report = path.join(folder, 'report.json');
  try {
    const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const child = spawn(process.execPath, [vitest, 'run', ...args, ...reporters], {
      cwd: root,
      stdio: 'inherit',
    });
    const code = await new Promise<number>((resolve) => {
      child.once('exit', (status) => resolve(status ?? 1));
    });
    return { passed: code === 0, report: JSON.parse(readFileSync(report, 'utf8')) as Suite['report'] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const { values } = parseArgs({
  options: { mutate: { type: 'boolean', default: false }, json: { type: 'string' } },
});
const startedMs = performance.now();
const suites = [await runSuite(['--project', 'unit', '--project', 'integration', 'tests/isolation'])];
if (values.mutate) suites.push(await runSuite(['--config', 'tests/isolation/mutate/vitest.config.ts']));

const metrics = measure(suites, values.mutate);
const seconds = Math.round((performance.now() - startedMs) / 1000);
process.stdout.write(
  `\n${[...mutantLines(suites), '', ...tableOf(metrics), '', `${seconds} s`].join('\n')}\n`,
);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ metrics }, null, 2)}\n`);
process.exitCode = suites.every(({ passed }) => passed) && metrics.every(({ met }) => met !== false) ? 0 : 1;
