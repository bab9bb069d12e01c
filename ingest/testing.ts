import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EmployeeId, TenantId } from '#contracts/ids';
import { createAudit, systemContext } from '#domain/audit';
import { authorize, createIdentity, type Scope } from '#domain/identity';
import { createPeople } from '#domain/people';
import { systemClock } from '#platform/clock';
import { openPostgresEventLog } from '#platform/event-log';
import { randomIds } from '#platform/ids';
import { createTemporaryKeys } from '#platform/keys';
import { createSilentLog } from '#platform/log';
import type { Postgres } from '#platform/postgres';
import type { NewEndpoint } from './endpoints/service.ts';
import { createIngest } from './ingest.ts';
import type { FindVendorApi } from './pipeline/normalise-consumer.ts';

export const context = systemContext('test');

/** The ingest floor on a real database, a real log and a real HTTP server. Makers for the tests of this folder only. */
export async function openIngest(postgres: Postgres, options: { findApi?: FindVendorApi } = {}) {
  const clock = systemClock;
  const logger = createSilentLog();
  const keys = createTemporaryKeys(clock);
  const audit = createAudit({ clock, ids: randomIds, keys });
  const identity = createIdentity({ postgres, clock, ids: randomIds, audit });
  const log = await openPostgresEventLog({ postgres, clock, log: logger, pollMs: 50 });
  const people = createPeople({ postgres, clock, ids: randomIds, keys, audit, outbox: log.outbox });
  const ingest = createIngest({
    postgres,
    log,
    outbox: log.outbox,
    people,
    audit,
    clock,
    logger,
    ids: randomIds,
    keys,
    webhookRatePerMinute: 1000,
    bodyLimitBytes: 1024 * 1024,
    ...options,
  });
  const server = createServer((request, response) => void ingest.door.handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function endpoint(tenantId: TenantId, input: NewEndpoint) {
    const made = await postgres.asTenant(tenantId, (tx) =>
      ingest.endpoints.insert(tx, tenantId, input, context),
    );
    await ingest.directory.refresh();
    return { ...made, url: `${url}${made.path}` };
  }

  return {
    postgres,
    log,
    ingest,
    people,
    url,
    endpoint,
    tenant: () => identity.createTenant({ kind: 'service', name: 'Haul', zone: 'America/Chicago' }, context),
    close: async () => {
      await new Promise((resolve) => server.close(resolve));
      await ingest.close();
      await log.close();
    },
  };
}

export type OpenedIngest = Awaited<ReturnType<typeof openIngest>>;

/** Adds one employee with links to other systems. */
export async function employee(
  opened: OpenedIngest,
  tenantId: TenantId,
  number: string,
  refs: readonly { system: string; value: string }[] = [],
): Promise<EmployeeId> {
  const person = {
    number,
    firstName: 'Ada',
    lastName: `Quarry ${number}`,
    declaredPhase: 'active' as const,
    periods: [{ from: '2024-01-01', to: null }],
    refs,
  };
  const [id] = await opened.postgres.asTenant(tenantId, (tx) =>
    opened.people.insertMany(tx, tenantId, [person], context),
  );
  if (!id) throw new Error('no employee');
  return id;
}

/** Somebody who administers the tenant. */
export function administrator(tenantId: TenantId): Scope {
  return authorize(
    {
      user: { id: randomIds.next('user'), name: 'Dana Ruiz', email: 'dana@example.com' },
      membership: {
        id: randomIds.next('membership'),
        tenantId,
        role: 'CompanyAdmin',
        divisionIds: null,
        locationIds: null,
        employeeId: null,
        actsFor: [],
      },
      actingTenantId: tenantId,
    },
    'write',
    'administration',
  );
}

export const secret = 'test-secret';

/** A Checkr event with its signature. */
export function checkrEvent(object: Record<string, unknown>, change: Record<string, unknown> = {}) {
  const body = JSON.stringify({
    id: `evt-${String(object['id'])}`,
    object: 'event',
    type: 'report.completed',
    created_at: '2026-11-20T12:00:00Z',
    data: { object: { object: 'report', status: 'complete', result: 'clear', ...object } },
    ...change,
  });
  return { body, headers: { 'x-checkr-signature': createHmac('sha256', secret).update(body).digest('hex') } };
}

/** Posts as a vendor would; answers status, headers and the JSON body. */
export async function post(url: string, body: string | Buffer, headers: Record<string, string> = {}) {
  const response = await fetch(url, { method: 'POST', body: body as string, headers });
  const text = await response.text();
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    retryAfter: response.headers.get('retry-after'),
    answer: (text ? JSON.parse(text) : {}) as {
      deliveryId?: string;
      title?: string;
      detail?: string;
      errors?: { path: string; message: string }[];
    },
  };
}

/** Waits until `read` gives something, at most five seconds. */
export async function eventually<T>(read: () => Promise<T | null | undefined | false>): Promise<T> {
  for (let attempt = 0; attempt < 250; attempt += 1) {
    const found = await read();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('did not happen within five seconds');
}
