import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '#platform/clock';
import type { EngineConfig } from '#platform/config';
import type { Telemetry } from '#platform/telemetry';
import { observeRequests } from './status/http-observed.ts';
import { createMetricsRoute } from './status/metrics-http.ts';
import { createSecurityTxt } from './security-txt.ts';
import { isForged, securityHeaders, setSecurityHeaders } from './security-headers.ts';
import { refuseForeign } from './http.ts';

/** Answers a request; false when it is not for it. */
export type Route = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

/** What a process answers beside its pages. */
export interface Front {
  http: Route;
  /** Path prefixes that `http` answers, for whoever must try each of them. */
  doors: readonly string[];
}

/**
 * Puts routes by path prefix, and `/metrics`, behind one function that counts and times them, sets what every answer
 * says to browsers, and refuses changes that a foreign page asks for.
 */
export function createFront(
  { config, telemetry, clock }: { config: EngineConfig; telemetry: Telemetry; clock: Clock },
  routes: Readonly<Record<string, Route>>,
): Front {
  const { origin } = config.http;
  const all: Readonly<Record<string, Route>> = {
    '/.well-known/security.txt': createSecurityTxt({ origin, ...config.security, clock }),
    ...routes,
    '/metrics': createMetricsRoute(telemetry.meter, config.metrics.token),
  };
  const observed = observeRequests(telemetry);
  const headers = securityHeaders(origin);
  return {
    doors: Object.keys(all),
    http: (request, response) =>
      observed(request, response, async () => {
        setSecurityHeaders(response, headers);
        if (isForged(request, [origin])) return refuseForeign(response);
        for (const route of Object.values(all)) if (await route(request, response)) return true;
        return false;
      }),
  };
}
