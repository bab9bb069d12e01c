import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EmployeeId, TenantId } from '#contracts/ids';
import { verifyAudit } from '#domain/audit';
import { authorize, type Scope } from '#domain/identity';
import { createPrivacyParts } from '../../src/lib/server/privacy/wiring.ts';
import { standardEvent } from '../../demo/simulator/vendors.ts';
import { randomIds } from '#platform/ids';
import { loadConfig } from '#platform/config';
import { context, openApp, plantCompany, type Planted, type PlantedCompany } from '../isolation/companies.ts';
import { deliver, lifeOf } from '../isolation/messages.ts';
import { wordsOf } from '../isolation/planted.ts';
import { testKafkaBrokers } from '../support/kafka.ts';

const yearMs = 366 * 86_400_000;
let planted: Planted;
let company: PlantedCompany;
let parts: ReturnType<typeof createPrivacyParts>;
let erased: EmployeeId;
let other: EmployeeId;

/** Every word that names the person, as anything may write it. */
const erasedIndex = 3;
const namesOf = (index: number): string[] => {
  const { firstName, lastName, number, email, candidateId } = wordsOf('Alder', index);
  return [firstName, lastName, number, email, candidateId].map((word) => word.toLowerCase());
};

beforeAll(async () => {
  planted = await openApp();
  const { app } = planted;
  company = await plantCompany(app, 'Alder');
  await app.services.ingest.directory.refresh();
  const nowMs = planted.clock.nowMs();
  const about = { origin: planted.origin, nowMs };
  for (const message of lifeOf(company, nowMs)) await deliver(about, company, message);
  // A body about the person that becomes nothing: the event is not known.
  const words = wordsOf('Alder', erasedIndex);
  const unknown = {
    id: 'Alder-nothing-3',
    module: 'training' as const,
    type: 'nothing.known',
    subjectRef: 's',
    payload: {},
  };
  await deliver(about, company, standardEvent({ number: words.number }, unknown, nowMs));
  for (const index of [erasedIndex, 4]) {
    const left = {
      id: `Alder-left-${index}`,
      module: 'people' as const,
      type: 'employee.terminated',
      subjectRef: 'x',
      payload: { on: new Date(nowMs).toISOString().slice(0, 10) },
    };
    await deliver(about, company, standardEvent({ number: wordsOf('Alder', index).number }, left, nowMs));
  }
  await app.settle();
  erased = idOf(erasedIndex);
  await app.engines.postgres.asTenant(company.tenantId, (tx) =>
    sql`insert into dead_letters (tenant_id, id, endpoint_id, vendor, delivery_key, item, reason, detail, subject,
        raw_ref, raw, raw_headers, preview, received_at, first_seen_at, last_seen_at)
      values (${company.tenantId}, ${randomIds.next('deadLetter')}, 'x', 'checkr', 'd', 'i', 'unmatched', 'nobody',
        ${JSON.stringify({ email: words.email })}::jsonb, 'raw.checkr/0/0', ${Buffer.from(words.lastName)}, '{}', '', now(),
        now(), now())`.execute(tx),
  );
  other = idOf(4);
  parts = createPrivacyParts({
    engines: app.engines,
    keys: app.services.keys,
    domain: app.services.domain,
    clock: planted.clock,
    config: loadConfig({
      PLUMBLINE_DATA: '/nonexistent-and-never-made',
      // Kafka gives up no record: there the log is left to its retention.
      ...(testKafkaBrokers() !== undefined && { KAFKA_BROKERS: testKafkaBrokers() }),
      AUTH_SECRET: 'x'.repeat(40),
      MASTER_KEYS: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
    }),
  });
}, 180_000);
afterAll(() => planted.close());

function idOf(index: number): EmployeeId {
  const id = company.people.get(index);
  if (id === undefined) throw new Error(`person ${index} was not planted`);
  return id;
}

function scope(role: 'CompanyAdmin' | 'DER' | 'SiteSupervisor' = 'CompanyAdmin'): Scope {
  const tenantId: TenantId = company.tenantId;
  const user = { id: randomIds.next('user'), name: 'Dana Ruiz', email: 'dana@example.com' };
  const limits = { divisionIds: null, locationIds: null, employeeId: null, actsFor: [] };
  const membership = { id: randomIds.next('membership'), tenantId, role, ...limits };
  return authorize({ user, membership, actingTenantId: tenantId }, 'see', 'any-module');
}

/** Where any of the words stands: `table.column` for each table of both engines, and the files of the folder. */
async function placesOf(words: readonly string[]): Promise<string[]> {
  return [...(await inPostgres(words)), ...(await inClickHouse(words))].toSorted();
}

async function inPostgres(words: readonly string[]): Promise<string[]> {
  const { pool } = planted.app.engines.postgres;
  const { rows: columns } = await pool.query<{ t: string; c: string; type: string }>(`
    select c.table_schema || '.' || c.table_name as t, c.column_name as c, c.data_type as type
    from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
    where t.table_type = 'BASE TABLE' and c.table_schema in ('public', 'pgboss')`);
  const found: string[] = [];
  for (const { t, c, type } of columns) {
    const text = type === 'bytea' ? `encode("${c}", 'escape')` : `"${c}"::text`;
    const looked = `select exists (select 1 from ${t} where lower(${text}) like any ($1::text[])) as hit`;
    const liked = words.map((word) => `%${word}%`);
    if (await hits(looked, liked)) found.push(`${t}.${c}`);
  }
  return found;
}

/** As the system role, which sees every row; tables that it has no right to are their owner's, who sees theirs. */
async function hits(query: string, liked: readonly string[]): Promise<boolean> {
  const { pool } = planted.app.engines.postgres;
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query('savepoint looked');
    await client.query("select set_config('role', 'plumbline_system', true)");
    const answer = await client.query<{ hit: boolean }>(query, [liked]).catch(async () => {
      await client.query('rollback to savepoint looked');
      return client.query<{ hit: boolean }>(query, [liked]);
    });
    await client.query('rollback');
    return answer.rows[0]?.hit === true;
  } finally {
    client.release();
  }
}

async function inClickHouse(words: readonly string[]): Promise<string[]> {
  const { client } = planted.app.engines.clickhouse;
  const columns = await (
    await client.query({
      query: `select table, name from system.columns where database = currentDatabase() and type like '%String%'`,
      format: 'JSONEachRow',
    })
  ).json<{ table: string; name: string }>();
  const found: string[] = [];
  for (const { table, name } of columns) {
    const answer = await client.query({
      query: `select count() as hits from ${table} where multiSearchAnyCaseInsensitive(${name}, {words:Array(String)})`,
      query_params: { words },
      format: 'JSONEachRow',
    });
    const [row] = await answer.json<{ hits: string }>();
    if (Number(row?.hits) > 0) found.push(`clickhouse ${table}.${name}`);
  }
  return found;
}

const input = (number: string) =>
  ({ employeeId: erased, number, basis: 'asked_by_person', caseRef: 'Letter 7' }) as const;
const right = wordsOf('Alder', erasedIndex).number;

test('before: the person stands in many places, and what is closely kept stands in none', async () => {
  const places = await placesOf(namesOf(erasedIndex));
  expect(places).toEqual(
    expect.arrayContaining([
      'public.employees.first_name',
      ...(testKafkaBrokers() === undefined ? ['public.event_log.value'] : []),
      'clickhouse people.name',
    ]),
  );
  // Payloads, records, lifecycle and audit values are under the person's key already.
  for (const sealed of [
    'public.employee_events.payload',
    'public.audit_entries.after',
    'public.records.record',
  ]) {
    expect(places).not.toContain(sealed);
  }
  const { rows } = await planted.app.engines.postgres.asSystem((tx) =>
    sql<{ n: number }>`select count(*)::int as n from employees where birth_date is not null`.execute(tx),
  );
  expect(rows[0]?.n).toBe(0);
  expect(await inPostgres(['1985-04-12'])).toEqual([]);
  expect(await inPostgres(['whsec_'])).toEqual([]);
});

test('a field is revealed for a reason, on the record, by whoever works with it', async () => {
  const { privacy } = parts;
  const ask = {
    employeeId: erased,
    field: 'birthDate',
    purpose: 'vendor_order',
    words: 'Ordering a test for Alderfirst3',
  } as const;
  await expect(privacy.reveal(scope('SiteSupervisor'), ask, context)).rejects.toMatchObject({
    code: 'privacy.reveal_denied',
  });
  const seen = await privacy.reveal(scope('DER'), ask, context);
  expect(seen.values).toEqual(['1985-04-12']);
  expect(Date.parse(seen.untilAt) - planted.clock.nowMs()).toBe(60_000);
  const filter = { act: 'privacy:field:reveal' };
  const { entries } = await planted.app.engines.postgres.asTenant(company.tenantId, (tx) =>
    planted.app.services.domain.audit.list(tx, filter, { limit: 10 }),
  );
  expect(entries).toMatchObject([
    { subject: { id: erased }, after: { field: 'birthDate', purpose: 'vendor_order' } },
  ]);
});

test('everything held is in the person’s package, readable, with its source', async () => {
  const found = await parts.privacy.collect(scope(), erased);
  const sources = found.parts.map(({ source }) => source);
  expect(sources).toEqual(
    expect.arrayContaining([
      'employees',
      'employee_references',
      'compliance_events',
      'records',
      'flags',
      'flag_history',
      'audit_entries',
      'dead_letters',
    ]),
  );
  const text = JSON.stringify(found);
  expect(text).toContain('1985-04-12');
  expect(text).not.toContain('plk1.');
  const strangers = [1, 2, 4, 5, 6].flatMap(namesOf).filter((word) => text.toLowerCase().includes(word));
  expect(strangers).toEqual([]);
  expect(found.rawRefs.length).toBeGreaterThan(3);
});

test('erasure waits for the law, the right and the right number', async () => {
  const { privacy } = parts;
  await expect(privacy.erase(scope('DER'), input(right), context)).rejects.toMatchObject({
    code: 'privacy.erasure_denied',
  });
  await expect(privacy.erase(scope(), input(right), context)).rejects.toMatchObject({
    detail: expect.stringContaining('while the person works here') as string,
  });
  planted.clock.advanceMs(2 * 86_400_000);
  await expect(privacy.erase(scope(), input(right), context)).rejects.toMatchObject({
    code: 'privacy.must_be_kept',
    detail: expect.stringContaining('391.51') as string,
  });
  planted.clock.advanceMs(31 * yearMs);
  const { legalHolds } = planted.app.services.domain;
  const hold = {
    tenantId: company.tenantId,
    employeeId: erased,
    matter: 'Docket 7',
    requestId: randomIds.next('approval'),
  };
  const { postgres } = planted.app.engines;
  await postgres.asTenant(company.tenantId, (tx) => legalHolds.place(tx, hold, context));
  await expect(privacy.erase(scope(), input(right), context)).rejects.toMatchObject({
    detail: expect.stringContaining('Docket 7') as string,
  });
  await postgres.asTenant(company.tenantId, (tx) => legalHolds.lift(tx, hold, context));
  await expect(privacy.erase(scope(), input('Aldernum4'), context)).rejects.toMatchObject({
    code: 'privacy.number_differs',
  });
});

test('after: no word of the person is anywhere, the others are as they were, the chain holds', async () => {
  const { app } = planted;
  const { postgres } = app.engines;
  const before = await placesOf(namesOf(4));
  await parts.privacy.erase(scope(), input(right), context);
  await expect(parts.privacy.erase(scope(), input('erased'), context)).rejects.toMatchObject({
    code: 'privacy.already_erased',
  });
  // As after a crash in between: begun, and gone on with.
  await parts.finish(null);
  await app.settle();
  await parts.finish(null);
  expect(await placesOf(namesOf(erasedIndex))).toEqual([]);
  expect(await placesOf(namesOf(4))).toEqual(before);
  const { ok, entries } = await verifyAudit(postgres, company.tenantId);
  expect([ok, entries > 50]).toEqual([true, true]);
  const about = await postgres.asTenant(company.tenantId, (tx) =>
    app.services.domain.audit.list(tx, { subjectId: erased }, { limit: 100 }),
  );
  expect(about.entries.map(({ act }) => act)).toContain('privacy:person:erase');
  const reveals = about.entries.filter(({ act }) => act === 'privacy:field:reveal');
  expect(reveals.map(({ after }) => after)).toEqual([{ erased: true }]);
  const [person] = (await app.services.domain.people.list(scope(), { ids: [erased] }, { limit: 1 }))
    .employees;
  expect(person).toMatchObject({ firstName: 'Erased', lastName: 'person', email: null });
  expect((await app.services.domain.people.get(scope(), other)).birthDateHeld).toBe(true);
  const [note] = await parts.privacy.erasures(scope());
  expect(note?.doneAt).not.toBeNull();
});

test('a late message about the person brings nobody back', async () => {
  const { app } = planted;
  const nowMs = planted.clock.nowMs();
  const event = {
    id: 'late',
    module: 'training' as const,
    type: 'completion.recorded',
    subjectRef: 'late',
    payload: { item: 'hazmat', completedOn: '2026-01-01' },
  };
  await deliver({ origin: planted.origin, nowMs }, company, standardEvent({ number: right }, event, nowMs));
  await app.settle();
  const { rows } = await app.engines.postgres.asSystem((tx) =>
    sql<{
      n: number;
    }>`select count(*)::int as n from compliance_events where employee_id = ${erased}`.execute(tx),
  );
  expect(rows[0]?.n).toBe(0);
});
