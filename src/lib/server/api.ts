import { createHash } from 'node:crypto';
import path from 'node:path';
import { modules } from '#contracts/modules';
import type { TenantId } from '#contracts/ids';
import { verifyAudit, type AuditDraft } from '#domain/audit';
import { builtInPacks, changesSince, compilePacks, headSequence } from '#domain/flags';
import { can, type Scope, type Viewer } from '#domain/identity';
import { createMetrics } from '#warehouse';
import type { Verify } from './audit/verification.ts';
import { createApprovalParts } from './approvals/wiring.ts';
import { createColumnChoice } from './board/columns.postgres.ts';
import { createBoard } from './board/model.ts';
import { createBoardReader } from './board/read.postgres.ts';
import { createEndOfDay } from './end-of-day.ts';
import { createDerIq, type DerIqParts } from './der-iq/wiring.ts';
import type { Engines } from './engines.ts';
import { createStandingReader } from './integrations/standing.postgres.ts';
import { createRecordedGuard } from './explorer/guard.ts';
import { createLiveHub, defaultLiveOptions, type LiveHub } from './live.ts';
import { createPersonPages } from './person/pages.ts';
import { createPseudonyms } from './pseudonyms.ts';
import { createRegulationShelf } from './regulations/shelf.ts';
import { createRestRouter, type RestRouter } from './rest/router.ts';
import { createApiFactory, createRouter, type AppRouter } from './router.ts';
import type { SimulatorControl } from './routers/integrations.ts';
import { sightOf } from './routers/reviews.ts';
import type { Services, ServicesInput } from './services.ts';
import { createPrivacyParts } from './privacy/wiring.ts';
import { createEngineChecks } from './status/engine-checks.ts';
import type { Platform } from './status/platform.ts';

export interface ApiDeps extends ServicesInput, Services {
  engines: Engines;
  platform: Platform;
  simulator: SimulatorControl | null;
}

export interface ApiParts {
  router: AppRouter;
  rest: RestRouter;
  hub: LiveHub;
  derIq: DerIqParts;
}

const maxBoardPeople = 300_000;

/** Alerts that nobody has acknowledged, in the modules that the viewer may see. */
function countOpenAlerts({ domain, clock }: ApiDeps, scope: Scope): Promise<number> {
  const seen = modules.filter((module) => can(scope, 'view', module));
  const filter = { statuses: ['open' as const], modules: seen, includeMuted: false, at: clock.now() };
  return domain.alerts.count(scope, filter);
}

const openReviews = { status: 'open', module: null, employeeId: null } as const;

/** Tenant settings that the overview shows; no screen sets a target yet. */
const targetOf = () => Promise.resolve(null);

/** A browser that closed its socket is no failure. */
function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}

function createHub(deps: ApiDeps, pseudonyms: ReturnType<typeof createPseudonyms>): LiveHub {
  const { postgres } = deps.engines;
  return createLiveHub({
    sessions: deps.sessions,
    pseudonyms,
    history: {
      head: (tenantId) => postgres.asTenant(tenantId, headSequence),
      since: (tenantId, sequence, limit) =>
        postgres.asTenant(tenantId, (tx) => changesSince(tx, sequence, limit)),
    },
    options: {
      ...defaultLiveOptions,
      origins: [deps.config.http.origin],
      maxSocketsPerUser: deps.config.http.liveSocketsPerUser,
    },
    onPublished: deps.platform.latency.published,
    onSent: deps.platform.latency.sent,
    onError: (err) =>
      isGone(err)
        ? deps.log.debug({ err }, 'a viewer went away')
        : deps.log.error({ err }, 'the live feed met an error'),
  });
}

function createPersons(
  { engines, domain, keys, clock }: ApiDeps,
  pseudonyms: ReturnType<typeof createPseudonyms>,
) {
  const { people, audit, alerts, needToKnow, legalHolds } = domain;
  return createPersonPages({
    postgres: engines.postgres,
    people,
    audit,
    alerts,
    needToKnow,
    legalHolds,
    keys,
    clock,
    pseudonyms,
    dotPack: compilePacks().dot,
  });
}

function ruleTitles(): ReadonlyMap<string, string> {
  return new Map(
    Object.values(builtInPacks).flatMap(({ rules }) => rules.map((rule) => [rule.id, rule.title] as const)),
  );
}

function createBoardOf({ engines, clock }: ApiDeps, pseudonyms: ReturnType<typeof createPseudonyms>) {
  const titles = ruleTitles();
  return createBoard({
    reader: createBoardReader(engines.postgres),
    pseudonyms,
    ruleTitle: (ruleId) => titles.get(ruleId) ?? ruleId,
    clock,
    freshMs: 1000,
    maxPeople: maxBoardPeople,
  });
}

function integrationsOf({ engines, ingest, simulator }: ApiDeps) {
  const readStanding = createStandingReader(engines.postgres);
  return { simulator, readStanding, setAdmitsPeople: ingest.endpoints.setAdmitsPeople };
}

function statusOf({ engines, platform }: ApiDeps) {
  const { latency, lags, read } = platform;
  return { latency, lags, platform: read, checkEngines: createEngineChecks(engines) };
}

function shelfOf({ engines, clock, ids, config }: ApiDeps) {
  const models = path.join(config.data.folder, 'models');
  return createRegulationShelf({
    ...engines,
    clock,
    ids,
    models,
    service: config.embeddings,
    demo: config.demo.enabled,
  });
}

/** What several screens are made of. */
function createScreenParts(deps: ApiDeps) {
  const { engines, identity, clock } = deps;
  const zoneOf = async (tenantId: string) => (await identity.tenant(tenantId as TenantId)).zone;
  const pseudonyms = createPseudonyms(
    createHash('sha256').update(`pseudonyms ${deps.config.auth.secret}`).digest(),
  );
  const board = createBoardOf(deps, pseudonyms);
  const persons = createPersons(deps, pseudonyms);
  const { privacy } = createPrivacyParts(deps);
  return {
    zoneOf,
    endOfDay: createEndOfDay(zoneOf),
    metrics: createMetrics({ clickhouse: engines.clickhouse, clock }),
    pseudonyms,
    board,
    persons,
    privacy,
    approvals: createApprovalParts({ ...deps, privacy }, board, persons),
    hub: createHub(deps, pseudonyms),
    listEndpoints: (scope: Scope) => deps.ingest.endpoints.list(scope),
    listTenants: (viewer: Viewer) => identity.tenantsOf(viewer),
    userNames: (tenantId: string, userIds: readonly string[]) =>
      identity.userNames(tenantId as TenantId, userIds),
  };
}

type ScreenParts = ReturnType<typeof createScreenParts>;

/** The frame around every page: places with their counts. */
function frameOf(deps: ApiDeps, { approvals }: ScreenParts) {
  const { domain, identity, clock } = deps;
  return {
    clock,
    listSeats: (viewer: Viewer) => identity.seatsOf(viewer),
    countDeadLetters: async (scope: Scope) =>
      (await deps.ingest.deadLetters.counts(scope)).reduce((sum, one) => sum + one.open, 0),
    countOpenAlerts: (scope: Scope) => countOpenAlerts(deps, scope),
    countApprovals: (scope: Scope) => approvals.approvals.countWaiting(scope),
    countIncidents: (scope: Scope) => domain.incidents.countOpen(scope),
    countReviews: (scope: Scope) => domain.reviews.count(scope, sightOf(scope), openReviews),
  };
}

/** Screens on people and their standing. */
function peopleScreens(deps: ApiDeps, parts: ScreenParts) {
  const { domain, clock } = deps;
  const { postgres, clickhouse } = deps.engines;
  const { board, endOfDay, metrics, persons, pseudonyms, userNames, zoneOf } = parts;
  return {
    explorer: {
      guard: createRecordedGuard({ clickhouse, postgres, audit: domain.audit, clock, userNames }),
    },
    live: { hub: parts.hub, clock },
    overview: { metrics, endOfDay, pseudonyms, zoneOf, targetOf },
    board: { board, endOfDay, columns: createColumnChoice({ postgres, clock }) },
    people: {
      board,
      record: (scope: Scope, draft: AuditDraft) =>
        postgres.asViewer(scope, async (tx) => {
          await domain.audit.append(tx, scope.tenantId, [draft]);
        }),
    },
    person: { persons, endOfDay, clock },
    alerts: { alerts: domain.alerts, clock, userNames },
    regulations: { retrieval: shelfOf(deps) },
    reviews: { reviews: domain.reviews, userNames },
  };
}

/** Screens on who may do what, and on what was done. */
function officeScreens(deps: ApiDeps, parts: ScreenParts) {
  const { domain, engines, identity, clock } = deps;
  const { approvals, endOfDay, listTenants, privacy, userNames } = parts;
  const { origin, apiRatePerMinute: ratePerMinute } = deps.config.http;
  const packs = compilePacks();
  const verify: Verify = (tenantId, options) => verifyAudit(engines.postgres, tenantId, options);
  return {
    session: { identity },
    approvals,
    members: { identity, approvals: approvals.approvals },
    audit: {
      postgres: engines.postgres,
      audit: domain.audit,
      endOfDay,
      clock,
      verify,
    },
    security: deps,
    singleSignOn: { sso: deps.sso, origin, listTenants },
    apiAccess: {
      access: deps.access,
      provisioning: deps.provisioning,
      clock,
      userNames,
      listTenants,
      ratePerMinute,
      requireFresh: (session: { readonly sessionId: string }) => deps.auth.freshness.requireFresh(session),
    },
    invitations: { invitations: deps.invitations, listTenants },
    incidents: {
      incidents: domain.incidents,
      userNames,
      mapped: deps.config.security.mapFile !== undefined,
    },
    privacy: {
      privacy,
      clock,
      wrappingKeyId: deps.keys.wrappingKeyId,
      finishSoon: () => void engines.jobs.send('privacy-erasures', { owner: 'platform' }),
    },
    settings: { identity, listTenants, packsOf: () => Promise.resolve(packs) },
  };
}

/** Wires every procedure and the live hub to the services. */
export function createApiParts(deps: ApiDeps): ApiParts {
  const { engines, domain, clock } = deps;
  const parts = createScreenParts(deps);
  const { board, hub, listEndpoints, metrics } = parts;
  const vendorReads = { clock, metrics, deadLetters: deps.ingest.deadLetters, listEndpoints };
  const screens = peopleScreens(deps, parts);
  const derIq = createDerIq({ ...deps, ...parts, ...screens.explorer, ...screens.regulations });
  const router = createRouter({
    frame: frameOf(deps, parts),
    ...screens,
    derIq,
    ...officeScreens(deps, parts),
    integrations: { ...vendorReads, ...integrationsOf(deps) },
    status: { ...vendorReads, ...statusOf(deps) },
  });
  const rest = createRestRouter({
    postgres: engines.postgres,
    board,
    clock,
    keys: deps.keys,
    outbox: engines.eventLog.outbox,
    people: domain.people,
    audit: domain.audit,
    pages: createApiFactory(router),
  });
  return { router, rest, hub, derIq };
}
