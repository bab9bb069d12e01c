import type { DivisionId, EmployeeId, Id, TenantId } from '#contracts/ids';
import type { ApiClient, NewClient } from '#domain/api-access';
import type { Scope } from '#domain/identity';
import type { FrozenClock } from '#platform/clock';
import { context, openApp, plantCompany, type Planted, type PlantedCompany } from '../isolation/companies.ts';
import { deliver, lifeOf } from '../isolation/messages.ts';
import { adminScope, everyScope, makeClient } from '../isolation/planted-programs.ts';
import { wordsOf } from '../isolation/planted.ts';

/** What a request of a program may bring. */
export interface Bring {
  readonly key?: string;
  readonly idempotencyKey?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: unknown;
}

interface StagedCompany {
  readonly tenantId: TenantId;
  readonly people: readonly [EmployeeId, EmployeeId, EmployeeId, EmployeeId, EmployeeId, EmployeeId];
  /** The number of the fourth. */
  readonly number: string;
  readonly north: DivisionId;
}

/** The real app with two living companies, and keys for its public API. */
export interface RestStage {
  readonly planted: Planted;
  readonly origin: string;
  readonly clock: FrozenClock;
  readonly alder: StagedCompany;
  readonly borealis: StagedCompany;
  /** A key of Alder with every scope that there is for it. */
  readonly key: string;
  /** As an administrator of Alder, or of the company given. */
  makeKey(
    scopes: readonly string[],
    parts?: Partial<NewClient>,
    company?: StagedCompany,
  ): Promise<{ client: ApiClient; secret: string }>;
  /** The scope of an administrator. */
  adminOf(company: StagedCompany): Scope;
  list(): Promise<ApiClient[]>;
  revoke(id: Id<'apiClient'>): Promise<void>;
  ask(method: string, path: string, bring: Bring): Promise<Told>;
  settle(): Promise<void>;
  close(): Promise<void>;
}

const scopeOf = ({ tenantId }: StagedCompany): Scope => adminScope(tenantId);

export async function openRestStage(): Promise<RestStage> {
  const planted = await openApp({ env: { API_RATE_PER_MINUTE: '100000' } });
  const { app, origin, clock } = planted;
  const alder = await stageCompany(planted, 'Alder');
  const borealis = await stageCompany(planted, 'Borealis');
  const { access } = app.services;
  const makeKey: RestStage['makeKey'] = (scopes, parts = {}, company = alder) =>
    makeClient(app, company.tenantId, 'Payroll sync', scopes, parts);
  const settle = async () => {
    await app.services.ingest.flushHealth();
    await app.settle();
    // Answers that many viewers share are kept for a second.
    clock.advanceMs(2000);
  };
  await settle();
  return {
    planted,
    origin,
    clock,
    alder,
    borealis,
    makeKey,
    settle,
    key: (await makeKey(everyScope, { days: 366 })).secret,
    adminOf: scopeOf,
    list: () => access.list(scopeOf(alder)),
    revoke: (id) => access.revoke(scopeOf(alder), id, context),
    ask: (method, path, bring) => ask(`${origin}/api/v1${path}`, method, bring),
    close: () => planted.close(),
  };
}

async function stageCompany({ app, origin, clock }: Planted, word: string): Promise<StagedCompany> {
  const company = await plantCompany(app, word);
  await app.services.ingest.directory.refresh();
  for (const message of lifeOf(company, clock.nowMs()))
    await deliver({ origin, nowMs: clock.nowMs() }, company, message);
  return {
    tenantId: company.tenantId,
    people: peopleOf(company),
    number: wordsOf(word, 4).number,
    north: company.divisions.North,
  };
}

function peopleOf({ people }: PlantedCompany): StagedCompany['people'] {
  const of = (index: number): EmployeeId => {
    const id = people.get(index);
    if (id === undefined) throw new Error(`nobody was planted as ${index}`);
    return id;
  };
  return [of(1), of(2), of(3), of(4), of(5), of(6)];
}

export async function ask(url: string, method: string, bring: Bring): Promise<Told> {
  const { key, idempotencyKey, body, headers = {} } = bring;
  const response = await fetch(url, {
    method,
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').includes('json');
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : null };
}
