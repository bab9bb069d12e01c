import type { FlagChanged } from '#contracts/live';
import {
  createAuth,
  createIdentity,
  createSessions,
  type Auth,
  type Identity,
  type Sessions,
} from '#domain/identity';
import { createIngest, type Ingest } from '#ingest';
import type { Clock } from '#platform/clock';
import type { Config } from '#platform/config';
import type { Ids } from '#platform/ids';
import type { Lifecycle } from '#platform/lifecycle';
import type { Log } from '#platform/log';
import type { Telemetry } from '#platform/telemetry';
import { createDomain, type Domain } from './domain.ts';
import type { Engines } from './engines.ts';
import { cachedSources } from './pipeline.ts';

export interface ServicesInput {
  config: Config;
  clock: Clock;
  ids: Ids;
  log: Log;
  lifecycle: Lifecycle;
  telemetry: Telemetry;
}

export interface Services {
  domain: Domain;
  ingest: Ingest;
  identity: Identity;
  auth: Auth;
  sessions: Sessions;
}

/** The services of one process on open engines. */
export function createServices(
  { config, clock, ids, log, telemetry }: ServicesInput,
  { postgres, eventLog }: Engines,
  onChanges: (changes: readonly FlagChanged[]) => void,
): Services {
  const domain: Domain = createDomain({
    postgres,
    clock,
    ids,
    outbox: eventLog.outbox,
    sourcesOf: cachedSources((tenantId) => ingest.sourcesOf(tenantId)),
    onChanges,
  });
  const ingest: Ingest = createIngest({
    postgres,
    log: eventLog,
    outbox: eventLog.outbox,
    people: domain.people,
    audit: domain.audit,
    clock,
    ids,
    logger: log,
    meter: telemetry.meter,
    webhookRatePerMinute: config.http.webhookRatePerMinute,
    bodyLimitBytes: config.http.bodyLimitBytes,
  });
  const identity = createIdentity({ postgres, clock, ids, audit: domain.audit });
  const { secret } = config.auth;
  const auth = createAuth({ postgres, secret, origins: [config.http.origin], clock, ids, log });
  const sessions = createSessions({ auth, identity, clock });
  return { domain, ingest, identity, auth, sessions };
}
