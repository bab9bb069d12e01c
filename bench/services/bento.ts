import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, chmod } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { processEnvironment } from '#platform/config';
import { cacheFolder, keepFolder } from '../../scripts/services/downloads.ts';
import { endProcess } from '../../tests/support/server-process.ts';

const run = promisify(execFile);
const version = 'v1.20.0';
const module = `github.com/warpstreamlabs/bento`;

/**
 * The program to compare with: `BENTO`, else built once from the module's source with `go` and kept with the services'
 * downloads. A string that is no path says why there is none.
 */
export async function findBento(
  say: (line: string) => void,
): Promise<{ readonly program: string } | { readonly missing: string }> {
  const given = processEnvironment()['BENTO'];
  if (given !== undefined && given !== '') return { program: given };
  const folder = path.join(cacheFolder(), `bento-${version}`);
  try {
    await run('go', ['version']);
  } catch {
    return { missing: 'there is no `go` to build it with, and BENTO names no program' };
  }
  try {
    await keepFolder(folder, async (draft) => {
      say(`building Bento ${version}, some minutes the first time`);
      await build(draft);
    });
    return { program: path.join(folder, 'bento') };
  } catch (error) {
    const why = error instanceof Error ? error.message.slice(0, 600) : String(error);
    return { missing: `it could not be built: ${why}` };
  }
}

const main = `package main

import (
	"context"

	"${module}/public/service"

	_ "${module}/public/components/crypto"
	_ "${module}/public/components/io"
	_ "${module}/public/components/kafka"
	_ "${module}/public/components/pure"
)

func main() { service.RunCLI(context.Background()) }
`;

/** Inside a copy of its own module, so that its own pins of dependencies and replacements hold. */
async function build(draft: string): Promise<void> {
  const { stdout } = await run('go', ['mod', 'download', '-json', `${module}@${version}`], { cwd: draft });
  const { Dir: source } = JSON.parse(stdout) as { Dir: string };
  const copy = path.join(draft, 'source');
  cpSync(source, copy, { recursive: true });
  await makeWritable(copy);
  const command = path.join(copy, 'cmd/measured');
  mkdirSync(command, { recursive: true });
  writeFileSync(path.join(command, 'main.go'), main);
  const program = path.join(draft, 'bento');
  await run('go', ['build', '-ldflags', '-s -w', '-o', program, './cmd/measured'], {
    cwd: copy,
    maxBuffer: 64 * 1024 * 1024,
  });
  chmodSync(program, 0o755);
  rmSync(copy, { recursive: true, force: true });
}

/** The module cache is read-only, and so is a copy of it. */
async function makeWritable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) await makeWritable(file);
    else await chmod(file, 0o644);
  }
}

export interface BentoSettings {
  readonly port: number;
  readonly brokers: string;
  readonly topic: string;
  readonly secret: string;
  readonly variant: BentoVariant;
}

/** What of its settings decides its speed here. */
export interface BentoVariant {
  readonly name: string;
  readonly threads: number;
  readonly maxInFlight: number;
  /** Messages gathered before a write, and how long for; null: each goes to the client library by itself, which batches. */
  readonly batch: { readonly count: number; readonly period: string } | null;
}

export const bentoVariants: readonly BentoVariant[] = [
  { name: '2 threads, 1,024 in flight', threads: 2, maxInFlight: 1024, batch: null },
  { name: '1 thread, 256 in flight', threads: 1, maxInFlight: 256, batch: null },
  {
    name: '2 threads, batches of 64 within 2 ms',
    threads: 2,
    maxInFlight: 64,
    batch: { count: 64, period: '2ms' },
  },
];

export const bentoPath = '/webhooks/checkr';

/** The same promises as our door: believed by HMAC, valid by schema, acknowledged by all replicas, then 202. */
function configOf({ port, brokers, topic, secret, variant }: BentoSettings): object {
  const checkSignature = [
    'let given = @."X-Checkr-Signature".or("")',
    `root = if content().hash("hmac_sha256", ${JSON.stringify(secret)}).encode("hex") != $given { throw("signature") }`,
  ].join('\n');
  return {
    http: { enabled: false },
    logger: { level: 'OFF' },
    input: {
      http_server: {
        address: `127.0.0.1:${port}`,
        path: bentoPath,
        allowed_verbs: ['POST'],
        timeout: '10s',
      },
    },
    pipeline: {
      threads: variant.threads,
      processors: [{ mapping: checkSignature }, { json_schema: { schema: JSON.stringify(checkrSchema) } }],
    },
    output: {
      // Without this a message that failed a processor is dropped and answered as if it had been taken.
      reject_errored: {
        kafka_franz: {
          seed_brokers: brokers.split(','),
          topic,
          key: '${! json("data.object.candidate_id") }',
          idempotent_write: true,
          // As ours; its usual compression costs it more.
          compression: 'none',
          max_in_flight: variant.maxInFlight,
          ...(variant.batch === null ? {} : { batching: variant.batch }),
        },
      },
    },
  };
}

const word = { type: ['string', 'null'] };
const instant = { type: ['string', 'null'], format: 'date-time' };

/** What our door asks of a Checkr report, in JSON Schema. */
const checkrSchema = {
  type: 'object',
  required: ['id', 'object', 'type', 'created_at', 'data'],
  properties: {
    id: { type: 'string', minLength: 1 },
    object: { const: 'event' },
    type: { type: 'string', minLength: 1, maxLength: 200 },
    created_at: { type: 'string', format: 'date-time' },
    account_id: word,
    data: {
      type: 'object',
      required: ['object'],
      properties: {
        object: {
          type: 'object',
          required: ['id'],
          properties: {
            id: { type: 'string', minLength: 1 },
            object: word,
            status: word,
            result: word,
            adjudication: word,
            includes_canceled: { type: ['boolean', 'null'] },
            created_at: instant,
            completed_at: instant,
            revised_at: instant,
            upgraded_at: instant,
            package: { type: ['string', 'object', 'null'] },
            source: word,
            candidate_id: word,
          },
        },
      },
    },
  },
};

export interface Bento {
  readonly pid: number;
  stop(): Promise<void>;
}

export async function startBento(program: string, folder: string, settings: BentoSettings): Promise<Bento> {
  const file = path.join(folder, 'bento.json');
  writeFileSync(file, JSON.stringify(configOf(settings)), { mode: 0o600 });
  const child = spawn(program, ['-c', file], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await untilListening(child, settings.port, () => output);
  return {
    pid: child.pid ?? 0,
    stop: async () => {
      await endProcess(child, 10_000);
    },
  };
}

async function untilListening(child: ChildProcess, port: number, output: () => string): Promise<void> {
  for (let looks = 0; looks < 200; looks += 1) {
    if (child.exitCode !== null) break;
    if (await listens(port)) return;
    await sleep(50);
  }
  child.kill('SIGKILL');
  throw new Error(`Bento did not start:\n${output().slice(-2000)}`);
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
