import { Resolver } from 'node:dns/promises';
import path from 'node:path';
import type { FlagChanged } from '#contracts/live';
import { createApiAccess, type ApiAccess } from '#domain/api-access';
import { createProvisioning, type Provisioning } from '#domain/provisioning';
import {
  createAccount,
  createAuth,
  createIdentity,
  createInvitations,
  createProvisioned,
  createSessions,
  createSingleSignOn,
  type Account,
  type Auth,
  type Identity,
  type Invitations,
  type Sessions,
  type SingleSignOn,
} from '#domain/identity';
import { createIngest, type Ingest } from '#ingest';
import type { Clock } from '#platform/clock';
import { openGeography } from '#platform/geography';
import type { Config, EngineConfig } from '#platform/config';
import type { Ids } from '#platform/ids';
import type { Keys } from '#platform/keys';
import type { Lifecycle } from '#platform/lifecycle';
import type { Log } from '#platform/log';
import { createMail } from '#platform/mail';
import { createOutgoing } from '#platform/outgoing';
import type { Telemetry } from '#platform/telemetry';
import { createDomain, type Domain } from './domain.ts';
import { openKeys } from './keys.ts';
import type { LogEngines } from './engines.ts';
import type { LiveHub } from './live.ts';
import { cachedSources } from './pipeline.ts';

export interface CoreInput {
  config: EngineConfig;
  clock: Clock;
  ids: Ids;
  log: Log;
  lifecycle: Lifecycle;
  telemetry: Telemetry;
}

export interface ServicesInput extends CoreInput {
  config: Config;
}

/** What every role has: the compliance core, the ingest floor and who belongs where. */
export interface Core {
  keys: Keys;
  domain: Domain;
  ingest: Ingest;
  identity: Identity;
}

export interface SignIn {
  /** Programs with a key. */
  access: ApiAccess;
  /** People as the company's identity provider sees them. */
  provisioning: Provisioning;
  auth: Auth;
  sessions: Sessions;
  account: Account;
  invitations: Invitations;
  sso: SingleSignOn;
}

export type Services = Core & SignIn;

/** The core of one process on open engines; its counters are written before the engines close. */
export function createCore(
  { config, clock, ids, log, lifecycle, telemetry }: CoreInput,
  { postgres, eventLog, rateLimits }: LogEngines,
  onChanges: (changes: readonly FlagChanged[]) => void,
): Core {
  const { mapFile, trustedOrigins } = config.security;
  const keys = openKeys(config, { log, clock, ids });
  const domain: Domain = createDomain({
    postgres,
    clock,
    ids,
    keys,
    outbox: eventLog.outbox,
    sourcesOf: cachedSources((tenantId) => ingest.sourcesOf(tenantId)),
    onChanges,
    ...(mapFile !== undefined && openGeography(mapFile)),
  });
  const ingest: Ingest = createIngest({
    postgres,
    log: eventLog,
    outbox: eventLog.outbox,
    people: domain.people,
    audit: domain.audit,
    clock,
    ids,
    keys,
    logger: log,
    meter: telemetry.meter,
    webhookRatePerMinute: config.http.webhookRatePerMinute,
    rateLimits,
    bodyLimitBytes: config.http.bodyLimitBytes,
    outgoing: createOutgoing({ trustedOrigins }),
  });
  lifecycle.onClose('endpoint health', () => ingest.close());
  const identity = createIdentity({ postgres, clock, ids, audit: domain.audit });
  return { keys, domain, ingest, identity };
}

/** TXT records of a name, each in one piece. */
function createTxtResolver(server: string | undefined) {
  const resolver = new Resolver({ timeout: 5000, tries: 2 });
  if (server !== undefined) resolver.setServers([server]);
  return async (name: string) => (await resolver.resolveTxt(name)).map((parts) => parts.join(''));
}

const sessionEnded = 'session-ended';

/** Signing in. All processes are told of a session that ends in this one. */
export function createSignIn(
  { config, clock, ids, log }: ServicesInput,
  { postgres, signals, rateLimits }: LogEngines,
  { identity, domain }: Core,
): SignIn {
  const { secret, secondFactor: factorRule, privateIdentityProviders } = config.auth;
  const { origin } = config.http;
  const own = { clock, ids, audit: domain.audit };
  const outgoing = createOutgoing({ trustedOrigins: privateIdentityProviders });
  const resolveTxt = createTxtResolver(config.auth.dnsServer);
  const sso = createSingleSignOn({ ...own, postgres, origin, outgoing, resolveTxt });
  const auth = createAuth({
    postgres,
    secret,
    origins: [origin],
    clock,
    ids,
    log,
    rateLimits,
    factorRule,
    sso,
    privateIdentityProviders,
  });
  const sessions = createSessions({ auth, identity, clock });
  auth.onSession((event) => identity.recordSession(event));
  auth.onSessionEnded(({ sessionId }) => void signals.send(sessionEnded, sessionId));
  const access = createApiAccess({ postgres, clock, ids, audit: domain.audit });
  const mail = createMail({ ...config.mail, folder: path.join(config.data.folder, 'outbox') });
  const invitations = createInvitations({ ...own, postgres, mail, auth, origin });
  const provisioning = createProvisioning({
    ...own,
    postgres,
    accounts: createProvisioned(own),
    endSessions: (userId) => auth.endSessions(userId),
  });
  return {
    auth,
    sessions,
    sso,
    invitations,
    account: createAccount({ postgres, auth }),
    access,
    provisioning,
  };
}

/** Sockets close wherever they are when their session ends anywhere. */
export function closeEndedSessions(
  { signals }: Pick<LogEngines, 'signals'>,
  { auth, sessions }: SignIn,
  hub: Pick<LiveHub, 'closeSession' | 'recheck'>,
  onError: (error: unknown) => void,
): void {
  auth.onSessionEnded(({ sessionId }) => void hub.closeSession(sessionId));
  const close = (sessionId: string): void => {
    sessions.forget(sessionId);
    hub.closeSession(sessionId);
  };
  // What was missed while nothing could be heard: every socket's session is looked at.
  signals.listen(sessionEnded, close, () => void hub.recheck().catch(onError));
}
