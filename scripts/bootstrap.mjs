// Runs before `npm start` and `npm test` on whatever Node is there (>= 20.19): installs the locked dependencies
// (which bring Node 24 for the script that follows), then builds the pages if their sources are newer.
// Plain JavaScript without dependencies, because nothing is installed yet.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const stampFile = join(root, 'node_modules', '.bootstrap');

function run(command, args) {
  const result = spawnSync(command, args, {
    cwd: root,
    // Standard output belongs to the command that follows: some print JSON.
    stdio: ['inherit', 2, 2],
    shell: process.platform === 'win32',
    env: {
      ...process.env,
      PATH: `${join(root, 'node_modules', '.bin')}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH}`,
    },
  });
  if (result.status !== 0) {
    console.error(
      `bootstrap: "${command} ${args.join(' ')}" failed (exit ${result.status ?? result.signal}). The lines above say why.`,
    );
    process.exit(result.status ?? 1);
  }
}

function step(label, work) {
  const started = performance.now();
  process.stderr.write(`• ${label} …\n`);
  work();
  process.stderr.write(`  done in ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
}

/** Latest change below a folder or of a file, in milliseconds; 0 when absent. */
function newest(path) {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  let latest = 0;
  for (const name of readdirSync(path)) latest = Math.max(latest, newest(join(path, name)));
  return latest;
}

const lock = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');
const installed = existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : '';
if (installed !== lock) {
  step('Installing dependencies, Node 24 included', () =>
    run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']),
  );
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  writeFileSync(stampFile, lock);
}

const probe = spawnSync(join(root, 'node_modules', '.bin', 'node'), ['-p', 'process.versions.node'], {
  encoding: 'utf8',
  shell: process.platform === 'win32',
});
const own = Number(process.versions.node.split('.')[0]);
if (!(Number((probe.stdout ?? '').split('.')[0]) >= 24) && own < 24) {
  console.error(
    'bootstrap: no Node 24 package exists for this platform. Install Node 24 (see .nvmrc) and run again.',
  );
  process.exit(1);
}

if (process.argv.includes('--build')) {
  const built = join(root, 'build', 'index.js');
  const sources = Math.max(
    ...['src', 'svelte.config.js', 'vite.config.ts', 'package-lock.json'].map((name) =>
      newest(join(root, name)),
    ),
  );
  if (sources > newest(built)) step('Building the pages', () => run('vite', ['build', '--logLevel', 'warn']));
}
