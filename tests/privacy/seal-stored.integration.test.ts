import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EmployeeId } from '#contracts/ids';
import { systemContext } from '#domain/audit';
import { matchEmployees } from '#domain/people';
import { listEvents, loadRecords } from '#domain/records';
import { createLocalKms, newMasterKey, rotateKeys, createKeys } from '#platform/keys';
import { sealStored } from '../../src/lib/server/privacy/seal-stored.ts';
import { createEndpoints } from '../../ingest/endpoints/service.ts';
import { loadEndpoints } from '../../ingest/endpoints/store.postgres.ts';
import { sealStoredSecrets } from '../../ingest/endpoints/seal-stored.ts';
import { sources } from '../../ingest/sources.ts';
import { openWorld, type World } from '../support/world.ts';

let world: World;
let employee: EmployeeId;
let secret: string;

beforeAll(async () => {
  world = await openWorld();
  const { postgres, domain, clock, ids, keys, tenantId } = world;
  employee = await world.hire('N-1', { background: { package: 'p', recheckMonths: null, trucking: true } });
  const order = { module: 'background' as const, type: 'order.placed', at: '2026-11-01T12:00:00.000Z' };
  const payload = { package: 'p', source: 'cra', trucking: true };
  const update = { module: 'people' as const, type: 'employee.updated', at: '2026-11-02T12:00:00.000Z' };
  await domain.driver.applyEvents(tenantId, [
    world.event({ ...order, employeeId: employee, payload }),
    world.event({ ...update, employeeId: employee, payload: { profile: { email: 'w@example.com' } } }),
  ]);
  const endpoints = createEndpoints({ postgres, audit: domain.audit, clock, ids, keys, sources });
  const wanted = { vendor: 'checkr', name: 'Checkr', apiKey: 'the-api-key' };
  const made = await postgres.asTenant(tenantId, (tx) =>
    endpoints.insert(tx, tenantId, wanted, systemContext('test')),
  );
  secret = made.secret;
});
afterAll(() => world.close());

/** As an installation of before holds it. */
async function unseal(): Promise<void> {
  const { postgres, tenantId, keys } = world;
  await postgres.asTenant(tenantId, async (tx) => {
    const [event] = await listEvents(keys, tx, { employeeId: employee, module: 'background' });
    const [record] = await loadRecords(keys, tx, [{ employeeId: employee, module: 'background' }]);
    await sql`update compliance_events set payload = ${JSON.stringify(event?.event.payload)}::jsonb where module = 'background'`.execute(
      tx,
    );
    await sql`update records set record = ${JSON.stringify(record?.record)}::jsonb where module = 'background'`.execute(
      tx,
    );
    await sql`update employees set birth_date = '1985-04-12', birth_sealed = null, birth_index = null`.execute(
      tx,
    );
    await sql`update employee_events set payload = '{"profile":{"email":"w@example.com"}}'`.execute(tx);
    await sql`update ingest_endpoints set secrets = array[${secret}], api_key = 'the-api-key'`.execute(tx);
  });
}

const stored = () =>
  world.postgres.asTenant(world.tenantId, async (tx) => {
    const { rows } = await sql<{ all: string }>`
      select (select jsonb_agg(payload) from compliance_events)::text || (select jsonb_agg(record) from records)::text
        || (select jsonb_agg(to_jsonb(e)) from employees e)::text || (select jsonb_agg(payload) from employee_events)::text
        || (select jsonb_agg(to_jsonb(e)) from ingest_endpoints e)::text as all`.execute(tx);
    return rows[0]?.all ?? '';
  });

const born = { name: { first: 'Wendell', last: 'Person N-1' }, birthDate: '1985-04-12' };
const match = (birthDate: string) =>
  world.postgres.asTenant(world.tenantId, (tx) =>
    matchEmployees(world.keys, tx, world.tenantId, [{ ...born, birthDate }]),
  );

test('what was stored in plain is found by matching, is sealed by the command, and is found after', async () => {
  await unseal();
  const before = await stored();
  for (const word of ['1985-04-12', secret, 'the-api-key']) expect(before).toContain(word);
  expect(await match('1985-04-12')).toEqual([employee]);
  const { postgres, keys, tenantId } = world;
  expect(await sealStored(postgres, keys, tenantId)).toBe(5);
  expect(await sealStored(postgres, keys, tenantId)).toBe(0);
  const after = await stored();
  for (const word of ['1985-04-12', secret, 'the-api-key', '"source"', '"profile"'])
    expect(after).not.toContain(word);
  expect(await match('1985-04-12')).toEqual([employee]);
  expect(await match('1985-04-13')).toEqual([null]);
  const [endpoint] = await loadEndpoints(postgres, keys);
  expect(endpoint).toMatchObject({ secrets: [secret], api: { key: 'the-api-key' } });
  const events = await postgres.asTenant(tenantId, (tx) => listEvents(keys, tx, { employeeId: employee }));
  expect(events.map(({ event }) => event.payload)).toMatchObject([{ source: 'cra' }, { profile: {} }]);
});

test('sealed again after a new company key, the earlier key is needed no more', async () => {
  const { postgres, clock, ids, tenantId } = world;
  const kms = createLocalKms([newMasterKey()]);
  const keys = createKeys({ kms, clock, ids });
  await postgres.asTenant(tenantId, (tx) =>
    sql`update ingest_endpoints set secrets = array['plain-secret'], api_key = null`.execute(tx),
  );
  // A company of this key service alone.
  const tenant = { kind: 'service' as const, name: 'Other', zone: 'UTC' };
  const other = await world.identity.createTenant(tenant, systemContext('test'));
  await postgres.asSystem((tx) => sql`update ingest_endpoints set tenant_id = ${other}`.execute(tx));
  await postgres.asTenant(other, (tx) => sealStoredSecrets(keys, tx, other, false));
  await rotateKeys({ postgres, kms, clock, ids }, other, true);
  const fresh = createKeys({ kms, clock, ids });
  expect(await postgres.asTenant(other, (tx) => sealStoredSecrets(fresh, tx, other, true))).toBe(1);
  await postgres.asSystem((tx) =>
    sql`update data_keys set wrapped = null, destroyed_at = now() where tenant_id = ${other} and retired_at is not null`.execute(
      tx,
    ),
  );
  const [endpoint] = await loadEndpoints(postgres, createKeys({ kms, clock, ids }));
  expect(endpoint?.secrets).toEqual(['plain-secret']);
});
