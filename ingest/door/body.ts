import type { IncomingMessage } from 'node:http';

export type Body =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'too_large' }
  | { readonly kind: 'aborted' };

/** Reads a request's body up to `limit` bytes. Never rejects. */
export function readBody(request: IncomingMessage, limit: number): Promise<Body> {
  if (Number(request.headers['content-length'] ?? 0) > limit) return Promise.resolve({ kind: 'too_large' });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) resolve({ kind: 'too_large' });
      else chunks.push(chunk);
    });
    request.on('end', () => {
      const [only] = chunks;
      resolve({ kind: 'bytes', bytes: chunks.length === 1 && only ? only : Buffer.concat(chunks) });
    });
    request.on('error', () => resolve({ kind: 'aborted' }));
    request.on('close', () => resolve({ kind: 'aborted' }));
  });
}

/** Longest time a sender may go on sending after it was told that the body is too large. */
const lingerMs = 2_000;

/** Lets the sender read the answer before the connection goes: most only read it after they sent everything. */
export function discardRest(request: IncomingMessage): void {
  request.removeAllListeners('data');
  request.resume();
  const timer = setTimeout(() => request.destroy(), lingerMs);
  timer.unref();
  request.once('close', () => clearTimeout(timer));
}
