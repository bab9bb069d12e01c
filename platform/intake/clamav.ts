import { connect } from 'node:net';
import type { Scanner, Verdict } from './scanner.ts';

export interface ClamAvOptions {
  readonly host: string;
  readonly port: number;
  /** Whole scan, ms; 30 s when absent. */
  readonly timeoutMs?: number;
}

const chunkBytes = 64 * 1024;
const maxReplyBytes = 4096;

/**
 * ClamAV's daemon over TCP by INSTREAM: length-prefixed chunks, an empty one at the end, then one line. Source: clamd(8).
 */
export function createClamAv({ host, port, timeoutMs = 30_000 }: ClamAvOptions): Scanner {
  return {
    scan: async (bytes, signal) => {
      const limit = AbortSignal.timeout(timeoutMs);
      try {
        const asked = signal === undefined ? limit : AbortSignal.any([signal, limit]);
        return read(await stream(bytes, { host, port }, asked));
      } catch (error) {
        return {
          verdict: 'failed',
          why: error instanceof Error ? error.message : 'the scanner does not answer',
        };
      }
    },
  };
}

function stream(bytes: Buffer, at: { host: string; port: number }, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...at });
    let reply = '';
    const fail = (why: string) => socket.destroy(new Error(why));
    const onAbort = () => fail('the scanner did not answer in time');
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    socket.setEncoding('utf8');
    socket.on('connect', () => send(socket, bytes));
    socket.on('data', (text: string) => {
      reply += text;
      if (reply.length > maxReplyBytes) fail('the scanner says too much');
    });
    socket.on('end', () => resolve(reply));
    socket.on('error', reject);
    socket.on('close', () => {
      signal.removeEventListener('abort', onAbort);
      resolve(reply);
    });
  });
}

function send(socket: ReturnType<typeof connect>, bytes: Buffer): void {
  socket.write('zINSTREAM\0');
  for (let from = 0; from < bytes.length; from += chunkBytes) {
    const chunk = bytes.subarray(from, from + chunkBytes);
    socket.write(lengthOf(chunk.length));
    socket.write(chunk);
  }
  socket.write(lengthOf(0));
}

function lengthOf(bytes: number): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes);
  return length;
}

/** `stream: OK`, `stream: Eicar-Test-Signature FOUND`, or a complaint. Anything not understood is no clean bill. */
function read(reply: string): Verdict {
  const line = reply.replace(/\0[^]*$/, '').trim();
  if (line === 'stream: OK') return { verdict: 'clean' };
  const found = line.startsWith('stream: ') && line.endsWith(' FOUND');
  if (found) return { verdict: 'infected', name: line.slice('stream: '.length, -' FOUND'.length) };
  return {
    verdict: 'failed',
    why: line === '' ? 'the scanner hung up' : `the scanner says: ${line.slice(0, 200)}`,
  };
}
