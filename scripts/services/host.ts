import { execFile, spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { platform } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { failure } from './failure.ts';

/** Whom a program runs as when not as ourselves. */
export interface Owner {
  uid: number;
  gid: number;
}

/** Postgres refuses to run as root: there it runs as `postgres` where that user exists, else as `nobody`. */
export function unprivilegedOwner(): Owner | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const owners = ['postgres', 'nobody'].map(ownerNamed);
  const owner = owners.find((each) => each !== undefined);
  if (owner === undefined) {
    throw failure(
      'services.setup_failed',
      'Postgres does not run as root, and there is no user postgres or nobody.',
    );
  }
  return owner;
}

function ownerNamed(name: string): Owner | undefined {
  const [uid, gid] = ['-u', '-g'].map((flag) =>
    spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout?.trim(),
  );
  return uid === undefined || uid === '' || gid === undefined
    ? undefined
    : { uid: Number(uid), gid: Number(gid) };
}

/** Whether somebody else may walk down to `folder`. Folders that are still missing are ours to make. */
export function isOpenToOthers(folder: string): boolean {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    const found = statSync(at, { throwIfNoEntry: false });
    if (found !== undefined && (found.mode & 0o001) === 0) return false;
    if (at === path.dirname(at)) return true;
  }
}

/** A port of the loopback interface nobody listens on: the wished one when free, else any. */
export async function freePort(wished = 0): Promise<number> {
  const probe = createServer();
  try {
    return await new Promise<number>((resolve, reject) => {
      probe.once('error', reject);
      probe.listen(wished, '127.0.0.1', () => {
        const address = probe.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  } catch (error) {
    if (wished === 0) throw error;
    return await freePort();
  } finally {
    probe.close();
  }
}

export async function isPortFree(port: number): Promise<boolean> {
  return (await freePort(port)) === port;
}

interface Line {
  pid: number;
  parent: number;
  /** Blank for a zombie. */
  command: string;
}

async function processes(): Promise<Line[]> {
  if (platform() !== 'linux') return listProcesses();
  const numbers = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return (await Promise.all(numbers.map(readProcess))).flatMap((line) => line ?? []);
}

/** Small images of Linux have no `ps`. Undefined when it ended meanwhile. */
async function readProcess(pid: string): Promise<Line | undefined> {
  try {
    const [status, command] = await Promise.all(
      ['status', 'cmdline'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8')),
    );
    const parent = /^PPid:\s+(\d+)$/m.exec(status ?? '')?.[1];
    return { pid: Number(pid), parent: Number(parent), command: (command ?? '').replaceAll('\0', ' ') };
  } catch {
    return undefined;
  }
}

async function listProcesses(): Promise<Line[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-ww', '-o', 'pid=,ppid=,args='], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), command: command ?? '' }];
  });
}

/** Whether that process lives and is still the one meant: numbers are given out again. */
export async function isRunning(pid: number, mark: string): Promise<boolean> {
  return (await processes()).some((each) => each.pid === pid && each.command.includes(mark));
}

/** Sends a signal to a process and everything below it, parents first. */
export async function signalTree(pid: number, signal: NodeJS.Signals): Promise<void> {
  const all = await processes();
  const tree = [pid];
  for (const parent of tree)
    tree.push(...all.filter((each) => each.parent === parent).map((each) => each.pid));
  for (const each of tree) sendSignal(each, signal);
}

export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It ended by itself meanwhile.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** @returns whether it held within the time. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  timeoutMs: number,
  everyMs = 100,
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) return false;
    await sleep(everyMs);
  }
  return true;
}
