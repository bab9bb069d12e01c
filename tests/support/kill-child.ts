import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface KilledChild {
  /** Complete lines that the child wrote before it died. */
  lines: string[];
  signal: NodeJS.Signals | null;
}

export interface KillOptions {
  /** A TypeScript program; each line it prints is one acknowledgement. */
  program: string;
  args: readonly string[];
  /** `kill -9` after this many lines. */
  afterLines?: number;
  /** `kill -9` after this time. */
  afterMs?: number;
  /** Runs once, at the first line, while the child works. */
  whileRunning?: () => Promise<void>;
}

/** Runs a program and kills it with SIGKILL in the middle of its work. */
export async function killChild(options: KillOptions): Promise<KilledChild> {
  const child = spawn(process.execPath, [options.program, ...options.args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => {
    child.on('exit', (_code, signal) => resolve(signal));
  });
  const kill = () => child.kill('SIGKILL');
  const timer = options.afterMs === undefined ? undefined : setTimeout(kill, options.afterMs);
  const lines: string[] = [];
  let beside: Promise<void> | undefined;
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    if (lines.length === 1 && options.whileRunning !== undefined) {
      beside = options.whileRunning();
      await beside.catch(() => {});
    }
    if (options.afterLines !== undefined && lines.length >= options.afterLines) kill();
  }
  const signal = await ended;
  clearTimeout(timer);
  await beside;
  return { lines, signal };
}
