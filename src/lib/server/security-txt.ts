import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '#platform/clock';
import { pathOf } from './live/upgrade.ts';

const place = '/.well-known/security.txt';
/** RFC 9116, 2.5.5 wants less than a year. */
const validMs = 180 * 86_400_000;

/** Where to report a weakness. @returns false when the request is not for it. Source: RFC 9116. */
export function createSecurityTxt({
  origin,
  contact,
  clock,
}: {
  origin: string;
  contact: string | undefined;
  clock: Clock;
}) {
  return function handle(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    if (pathOf(request) !== place) return Promise.resolve(false);
    response.writeHead(200, {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'public, max-age=86400',
    });
    response.end(
      [
        // RFC 2142 gives every host this mailbox for the purpose.
        `Contact: ${contact ?? `mailto:security@${new URL(origin).hostname}`}`,
        `Expires: ${new Date(clock.nowMs() + validMs).toISOString()}`,
        'Preferred-Languages: en, es',
        `Canonical: ${origin}${place}`,
        '',
      ].join('\n'),
    );
    return Promise.resolve(true);
  };
}
