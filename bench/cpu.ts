import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/**
 * CPU seconds of a process and all that it started, user and system; on Linux also of those that ended. Wall time says little on a machine with
 * neighbours; CPU time hardly moves with them. Linux reads /proc (10 ms steps); elsewhere `ps` (10 ms to 1 s steps).
 */
export function cpuSecondsOf(pid: number): number {
  const all = process.platform === 'linux' ? readProc() : readPs();
  const family = [pid];
  for (const parent of family) {
    for (const [child, { parent: of }] of all) if (of === parent) family.push(child);
  }
  return family.reduce((sum, one) => sum + (all.get(one)?.seconds ?? 0), 0);
}

interface Process {
  readonly parent: number;
  readonly seconds: number;
}

const ticksPerS = 100;

function readProc(): Map<number, Process> {
  const found = new Map<number, Process>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const fields = statOf(name);
    if (fields === null) continue;
    const [, parent, , , , , , , , , , user, system, endedUser, endedSystem] = fields;
    const ticks = [user, system, endedUser, endedSystem].reduce((sum, each) => sum + Number(each), 0);
    found.set(Number(name), { parent: Number(parent), seconds: ticks / ticksPerS });
  }
  return found;
}

/** Fields from the third on: the second, the name, may hold spaces and brackets. Null when the process just ended. */
function statOf(pid: string): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

function readPs(): Map<number, Process> {
  const lines = execFileSync('ps', ['-axo', 'pid=,ppid=,time='], { encoding: 'utf8' }).trim().split('\n');
  return new Map(
    lines.map((line) => {
      const [pid, parent, time = '0'] = line.trim().split(/\s+/);
      const seconds = time.split(/[:-]/).reduce((sum, part) => sum * 60 + Number(part), 0);
      return [Number(pid), { parent: Number(parent), seconds }] as const;
    }),
  );
}

/** Resident memory of one process in bytes; null where it cannot be told. */
export function residentBytesOf(pid: number): number | null {
  if (process.platform !== 'linux') return null;
  const found = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return found === null ? null : Number(found[1]) * 1024;
}

/** CPU seconds of this process. */
export function ownCpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
