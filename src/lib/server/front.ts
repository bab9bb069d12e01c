import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EngineConfig } from '#platform/config';
import type { Telemetry } from '#platform/telemetry';
import { observeRequests } from './status/http-observed.ts';
import { createMetricsRoute } from './status/metrics-http.ts';

/** Answers a request; false when it is not for it. */
export type Route = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

/** What a process answers beside its pages. */
export interface Front {
  http: Route;
  /** Path prefixes that `http` answers, for whoever must try each of them. */
  doors: readonly string[];
}

/** Puts routes by path prefix, and `/metrics`, behind one function that counts and times them. */
export function createFront(
  { config, telemetry }: { config: EngineConfig; telemetry: Telemetry },
  routes: Readonly<Record<string, Route>>,
): Front {
  const all: Readonly<Record<string, Route>> = {
    ...routes,
    '/metrics': createMetricsRoute(telemetry.meter, config.metrics.token),
  };
  const observed = observeRequests(telemetry);
  return {
    doors: Object.keys(all),
    http: (request, response) =>
      observed(request, response, async () => {
        for (const route of Object.values(all)) if (await route(request, response)) return true;
        return false;
      }),
  };
}
