import type { IncomingMessage } from 'node:http';
import { createRunOnce } from '#domain/api-access';
import { createGuard } from './door/guard.ts';
import type { Engines } from './engines.ts';
import type { Route } from './front.ts';
import { createRestHttp, type RestHttpDeps } from './rest/http.ts';
import { createOpenPaths } from './rest/open.ts';
import { createRestCaller, type RestRouter } from './rest/router.ts';
import { createScimHttp } from './scim/http.ts';
import type { Services, ServicesInput } from './services.ts';

/** The doors of programs that come with a key. */
export type ProgramDoors = Readonly<Record<'/api/v1/' | '/scim/v2/', Route>>;

interface Input extends ServicesInput, Pick<RestHttpDeps, 'onError'> {
  readonly engines: Engines;
  readonly services: Services;
  readonly rest: RestRouter;
  readonly ipOf: (request: IncomingMessage) => string | null;
}

/** The public API and provisioning, behind one guard: a company's programs share its limit. */
export function createProgramDoors({
  config,
  clock,
  ids,
  engines,
  services,
  rest,
  ipOf,
  onError,
}: Input): ProgramDoors {
  const { postgres, rateLimits } = engines;
  const { access, provisioning } = services;
  const admit = createGuard({ access, rateLimits, ratePerMinute: config.http.apiRatePerMinute });
  const newReference = () => ids.next('request');
  return {
    '/api/v1/': createRestHttp({
      admit,
      caller: createRestCaller(rest),
      runOnce: createRunOnce({ postgres, clock }),
      open: createOpenPaths({ origin: config.http.origin, access, rateLimits }),
      newReference,
      ipOf,
      onError,
    }),
    '/scim/v2/': createScimHttp({
      admit,
      provisioning,
      newReference,
      ipOf,
      onError,
      origin: config.http.origin,
    }),
  };
}
