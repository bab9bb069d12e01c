import { fork } from 'node:child_process';
import type { WayAnswer, WayRequest } from './ways-process.ts';

/** The ways between the application and its engines, by the engine's name. */
export interface Ways {
  open(name: string, port: number, target: number): Promise<void>;
  cut(name: string): Promise<void>;
  mend(name: string): Promise<void>;
  delay(name: string, ms: number): Promise<void>;
  close(): void;
}

type Unnumbered<R> = R extends WayRequest ? Omit<R, 'id'> : never;

export function startWays(): Ways {
  const child = fork(new URL('ways-process.ts', import.meta.url));
  const waiting = new Map<number, (answer: WayAnswer) => void>();
  let count = 0;
  child.on('message', (answer: WayAnswer) => {
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  const ask = async (request: Unnumbered<WayRequest>): Promise<void> => {
    count += 1;
    const id = count;
    const answered = new Promise<WayAnswer>((resolve) => waiting.set(id, resolve));
    child.send({ ...request, id });
    const { failed } = await answered;
    if (failed !== null) throw new Error(failed);
  };
  return {
    open: (name, port, target) => ask({ act: 'open', name, port, target }),
    cut: (name) => ask({ act: 'cut', name }),
    mend: (name) => ask({ act: 'mend', name }),
    delay: (name, ms) => ask({ act: 'delay', name, ms }),
    close: () => child.disconnect(),
  };
}
