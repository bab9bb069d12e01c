import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

export const liveUrlPath = '/ws';

/** Raw answers at the door: there is no response object before the protocol is switched. */
const denials = {
  unauthenticated: '401 Unauthorized',
  forbidden: '403 Forbidden',
  notFound: '404 Not Found',
  tooMany: '429 Too Many Requests',
  failed: '500 Internal Server Error',
  closing: '503 Service Unavailable',
} as const;
export type Denial = keyof typeof denials;

export function deny(socket: Duplex, denial: Denial): void {
  if (socket.writable) {
    socket.end(`HTTP/1.1 ${denials[denial]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  }
  socket.destroy();
}

/**
 * A browser always sends Origin with a WebSocket request and does not apply CORS to it, so this check is what keeps
 * other sites from opening a socket with the viewer's cookie.
 */
export function isOriginAllowed(origin: string | undefined, allowed: readonly string[]): boolean {
  return origin !== undefined && allowed.includes(origin);
}

export function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?')[0] ?? '';
}

export function headersOf(request: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return headers;
}
