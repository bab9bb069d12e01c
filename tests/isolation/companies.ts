import { createServer, type RequestListener, type Server } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import type { DivisionId, EmployeeId, EndpointId, LocationId, TenantId } from '#contracts/ids';
import { systemContext } from '#domain/audit';
import { createFrozenClock, systemClock, type FrozenClock } from '#platform/clock';
import { loadConfig } from '#platform/config';
import { randomIds } from '#platform/ids';
import { createLifecycle } from '#platform/lifecycle';
import type { Tx } from '#platform/postgres';
import type { Log } from '#platform/log';
import { createSilentTelemetry, type Telemetry } from '#platform/telemetry';
import { createCorpus, openBestEmbedder } from '#rag';
import { createApp, type App } from '../../src/lib/server/app.ts';
import { collectedLog, plantSecret } from '../support/collected-logs.ts';
import { openAppEngines } from '../support/app-engines.ts';
import { freePort } from '../support/server-process.ts';
import { plantPrograms } from './planted-programs.ts';
import { placeName, plantedNeeds, plantedPeople, wordsOf } from './planted.ts';

export const context = systemContext('isolation test');

const nobody = `usr_${'0'.repeat(26)}`;

/** What a planted request asks for: approving it finds nobody of that id. */
const nobodysGrant = {
  userId: nobody,
  role: 'DER',
  beside: false,
  divisionIds: null,
  locationIds: null,
  assignedTenantIds: [],
};

export interface PlantedCompany {
  readonly word: string;
  readonly tenantId: TenantId;
  /** By index, 1 to 6. */
  readonly people: ReadonlyMap<number, EmployeeId>;
  readonly divisions: Readonly<Record<'North' | 'South', DivisionId>>;
  readonly locations: Readonly<Record<'Quarry' | 'Harbour', LocationId>>;
  readonly endpoints: ReadonlyMap<string, { id: EndpointId; secret: string }>;
}

/** The real app on embedded engines in a folder of its own, behind a real port. */
export interface Planted {
  readonly app: App;
  readonly origin: string;
  readonly clock: FrozenClock;
  /** Put the built pages behind the app's own doors. */
  servePages(pages: RequestListener): void;
  close(): Promise<void>;
}

const noPages: RequestListener = (_request, response) => void response.writeHead(404).end();

/** What a test watches the app with; nothing when left out. */
export interface Watched {
  readonly telemetry?: Telemetry;
  readonly log?: Log;
  readonly env?: Readonly<Record<string, string>>;
}

export async function openApp(watched: Watched = {}): Promise<Planted> {
  const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-isolation-'));
  const engines = await openAppEngines();
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const config = loadConfig({
    ...engines.env,
    PLUMBLINE_DATA: folder,
    PLUMBLINE_DEMO: 'false',
    PORT: String(port),
    ORIGIN: origin,
    WEBHOOK_RATE_PER_MINUTE: '100000',
    API_RATE_PER_MINUTE: '100000',
    AUTH_SECRET: 'a secret of more than thirty-two letters',
    AUTH_SECOND_FACTOR: 'asked',
    MASTER_KEYS: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
    // Nobody here brings it: without one the door would not be there to be tried.
    METRICS_TOKEN: 'a token that no viewer has',
    ...watched.env,
  });
  const clock = createFrozenClock(systemClock.now());
  const log = watched.log ?? collectedLog();
  const lifecycle = createLifecycle({ log, clock: systemClock });
  const app = await createApp({
    config,
    clock,
    log,
    lifecycle,
    telemetry: watched.telemetry ?? createSilentTelemetry(),
    ids: randomIds,
    demo: null,
    onProgress: () => {},
  });
  let pages = noPages;
  const server = createServer((request, response) => {
    void app.http(request, response).then((answered) => (answered ? undefined : pages(request, response)));
  });
  server.on('upgrade', (request, socket, head) => void app.upgrade(request, socket, head));
  await listen(server, port);
  return {
    app,
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    clock,
    servePages: (handler) => {
      pages = handler;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await lifecycle.close('test over');
      await engines.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });

/** A service company with places, people and a door for each vendor; `word` is part of every name in it. */
export async function plantCompany(app: App, word: string): Promise<PlantedCompany> {
  const { identity } = app.services;
  const name = `${word} Works`;
  const tenantId = await identity.createTenant({ kind: 'service', name, zone: 'America/Chicago' }, context);
  await plantPrograms(app, tenantId, word);
  await plantHandbook(app, tenantId, word);
  return app.engines.postgres.asTenant(tenantId, async (tx) => {
    const places = await plantPlaces(app, tx, tenantId, word);
    const people = await plantPeople(app, tx, tenantId, word, places);
    const endpoints = await plantEndpoints(app, tx, tenantId, word);
    await sql`insert into view_preferences (tenant_id, user_id, name, value, updated_at)
      values (${tenantId}, 'planted', 'board.columns', '["site"]'::jsonb, now())`.execute(tx);
    await plantConversation(tx, tenantId, word);
    await sql`insert into approval_requests (tenant_id, id, kind, areas, payload, title, effects, reason, requested_by,
        requested_name, requested_at, expires_at)
      values (${tenantId}, ${randomIds.next('approval')}, 'role_grant', '{administration}',
        ${JSON.stringify(nobodysGrant)}::jsonb, ${`${word} asks`},
        ${[`${word} effect`]}::text[], 'planted for a test', ${nobody}, 'planted', now(), now() + interval '3 days')`.execute(
      tx,
    );
    await sql`insert into legal_holds (tenant_id, id, employee_id, matter, placed_at, placed_by_request)
      values (${tenantId}, ${randomIds.next('legalHold')}, ${people.get(1)}, 'case 1', now(), 'planted')`.execute(
      tx,
    );
    await sql`insert into need_to_know_reasons (tenant_id, id, user_id, employee_id, module, purpose, case_ref, words,
        given_at, ends_at)
      values (${tenantId}, ${randomIds.next('needToKnow')}, 'planted', ${people.get(1)}, 'background', 'audit', 'case 1',
        'planted for a test', now(), now() + interval '1 hour')`.execute(tx);
    await plantIncident(tx, tenantId, word);
    await sql`insert into erasures (tenant_id, employee_id, basis, case_ref, requested_by, requested_name, requested_at, log_to,
        done_at) values (${tenantId}, ${randomIds.next('employee')}, 'retention_over', ${`${word} case`}, 'planted', 'planted',
        now(), 0, now())`.execute(tx);
    await plantInvitation(tx, tenantId, word);
    return { word, tenantId, people, endpoints, divisions: places.divisions, locations: places.locations };
  });
}

/** A document of the company's own, in every table of the corpus. */
async function plantHandbook(app: App, tenantId: TenantId, word: string): Promise<void> {
  const embedder = await openBestEmbedder('', 'static');
  const corpus = createCorpus({ ...app.engines, clock: systemClock, ids: randomIds, embedder });
  const citation = `${word} handbook`;
  await corpus.load({ name: citation, format: 'md', shelf: tenantId, roles: [] }, [
    {
      citation,
      title: citation,
      path: [],
      group: 'company',
      status: 'text',
      asOf: '2026-01-01',
      notices: [],
      text: `(a) The ${word} handbook says where ${word} keys hang.`,
    },
  ]);
}

/** A conversation of somebody who is none of those who ask. */
async function plantConversation(tx: Tx, tenantId: TenantId, word: string): Promise<void> {
  const id = randomIds.next('conversation');
  const content = { question: `${word} question`, events: [{ type: 'text', delta: `${word} answer` }] };
  await sql`insert into conversations (tenant_id, id, user_id, title, started_at, asked_at)
    values (${tenantId}, ${id}, 'planted', ${JSON.stringify(`${word} question`)}::jsonb, now(), now())`.execute(
    tx,
  );
  await sql`insert into conversation_turns (tenant_id, id, conversation_id, user_id, content, seen_as, asked_at)
    values (${tenantId}, ${randomIds.next('conversationTurn')}, ${id}, 'planted', ${JSON.stringify(content)}::jsonb, '',
      now())`.execute(tx);
  await sql`insert into assistant_spending (tenant_id, day, tokens, micro_usd)
    values (${tenantId}, '2026-01-01', 1, 1)`.execute(tx);
}

/** Something of the watch in each of its tables. */
async function plantInvitation(tx: Tx, tenantId: TenantId, word: string): Promise<void> {
  const id = randomIds.next('invitation');
  await sql`insert into invitations (tenant_id, id, email, name, role, token_digest, expires_at, sent_at, invited_by,
    invited_name) values (${tenantId}, ${id}, ${`invited@${word.toLowerCase()}.example`}, ${`${word} invited`},
    'SafetyManager', ${id}, now() + interval '7 days', now(), 'nobody', ${`${word} inviter`})`.execute(tx);
  const providerId = randomIds.next('identityProvider');
  await sql`insert into identity_providers (tenant_id, id, kind, name, issuer, domain, domain_proof, default_role,
      created_by, created_at)
    values (${tenantId}, ${providerId}, 'oidc', ${`${word} sign-on`}, ${`https://${word.toLowerCase()}.example`},
      ${`${word.toLowerCase()}.example`}, ${`${word} proof`}, 'SafetyManager', 'planted', now())`.execute(tx);
  await sql`insert into identity_provider_arrivals (tenant_id, user_id, provider_id, arrived_at)
    values (${tenantId}, 'planted', ${providerId}, now())`.execute(tx);
}

async function plantIncident(tx: Tx, tenantId: TenantId, word: string): Promise<void> {
  const id = randomIds.next('incident');
  await sql`insert into incidents (tenant_id, id, detector, subject_type, subject_id, subject_name, severity, state, title,
      opened_at, last_evidence_at, evidence_count)
    values (${tenantId}, ${id}, 'repeated_denials', 'user', 'planted', ${`${word} planted`}, 'warning', 'open',
      ${`${word} planted`}, now(), now(), 1)`.execute(tx);
  await sql`insert into incident_timeline (tenant_id, incident_id, sequence, at, recorded_at, kind, evidence_key, words)
    values (${tenantId}, ${id}, 1, now(), now(), 'evidence', 'planted', ${`${word} planted`})`.execute(tx);
  await sql`insert into access_tallies (tenant_id, user_id, user_name, kind, what, minute, count)
    values (${tenantId}, 'planted', ${`${word} planted`}, 'denied', 'planted', now(), 1)`.execute(tx);
  await sql`insert into watch_thresholds (tenant_id, detector, settings, changed_by, changed_at)
    values (${tenantId}, 'planted', '{}', 'planted', now())`.execute(tx);
}

async function plantPlaces({ services }: App, tx: Tx, tenantId: TenantId, word: string) {
  const saved = await services.domain.people.savePlaces(
    tx,
    tenantId,
    {
      divisions: ['North', 'South'].map((name) => ({ code: name, name: placeName(word, name) })),
      locations: ['Quarry', 'Harbour'].map((name) => {
        const where = { zone: 'America/Chicago', jurisdiction: 'US-TX' };
        return { ...where, code: name, name: placeName(word, name) };
      }),
      jobRoles: [{ code: 'rigger', name: placeName(word, 'Rigger'), requirements: plantedNeeds }],
    },
    context,
  );
  const [north, south] = saved.divisions;
  const [quarry, harbour] = saved.locations;
  const [rigger] = saved.jobRoles;
  if (!north || !south || !quarry || !harbour || !rigger) throw new Error('the places were not saved');
  return {
    divisions: { North: north, South: south },
    locations: { Quarry: quarry, Harbour: harbour },
    rigger,
  };
}

async function plantPeople(
  { services }: App,
  tx: Tx,
  tenantId: TenantId,
  word: string,
  places: Awaited<ReturnType<typeof plantPlaces>>,
): Promise<ReadonlyMap<number, EmployeeId>> {
  // The first of the alphabet comes last: the order of names and that of ids must not be one.
  const inTurn = plantedPeople.toReversed();
  const made = inTurn.map(({ index, division, site }) => {
    const { candidateId, ...words } = wordsOf(word, index);
    const refs = [
      { system: 'checkr.candidate', value: candidateId },
      { system: 'quest-esp.client_reference', value: words.number },
    ];
    const where = { divisionId: places.divisions[division], locationId: places.locations[site] };
    const birthDate = plantSecret('birth date', '1985-04-12');
    const work = { jobRoleId: places.rigger, declaredPhase: 'active' as const, birthDate };
    return { ...words, ...where, ...work, periods: [{ from: '2025-01-06', to: null }], refs };
  });
  const ids = await services.domain.people.insertMany(tx, tenantId, made, context);
  return new Map(ids.map((id, at) => [inTurn[at]?.index ?? 0, id]));
}

async function plantEndpoints({ services }: App, tx: Tx, tenantId: TenantId, word: string) {
  const endpoints = new Map<string, { id: EndpointId; secret: string }>();
  for (const vendor of ['standard-webhooks', 'quest-esp', 'checkr']) {
    const settings: Record<string, string> = vendor === 'quest-esp' ? { channel: 'mro' } : {};
    const endpoint = { vendor, name: `${word} ${vendor}`, settings };
    const made = await services.ingest.endpoints.insert(tx, tenantId, endpoint, context);
    plantSecret('webhook secret', made.secret);
    endpoints.set(vendor, made);
  }
  return endpoints;
}
