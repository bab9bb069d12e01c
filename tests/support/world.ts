import type { ComplianceEvent } from '#contracts/compliance-event';
import type { EmployeeId, TenantId } from '#contracts/ids';
import type { Requirements } from '#contracts/person-facts';
import { systemContext } from '#domain/audit';
import { createIdentity, type Identity } from '#domain/identity';
import { createFrozenClock, type FrozenClock } from '#platform/clock';
import { openPostgresEventLog, type PostgresEventLog } from '#platform/event-log';
import { randomIds, type Ids } from '#platform/ids';
import { createTemporaryKeys, type Keys } from '#platform/keys';
import { createSilentLog } from '#platform/log';
import type { Postgres } from '#platform/postgres';
import type { Sources } from '#domain/flags';
import { createDomain, type Domain } from '../../src/lib/server/domain.ts';
import { openTestDatabase } from './database.ts';

/** The compliance core on an embedded database with a clock that stands still, one company and its people. */
export interface World {
  postgres: Postgres;
  eventLog: PostgresEventLog;
  domain: Domain;
  identity: Identity;
  clock: FrozenClock;
  ids: Ids;
  keys: Keys;
  tenantId: TenantId;
  /** Feeds as the rules see them; change it to make a vendor silent. */
  sources: { current: Sources };
  hire(number: string, requirements: Requirements): Promise<EmployeeId>;
  /** An event of an employee with everything else filled in. */
  event(parts: EventParts): ComplianceEvent;
  close(): Promise<void>;
}

export type EventParts = Pick<ComplianceEvent, 'module' | 'type' | 'payload'> & {
  employeeId: EmployeeId;
  at: string;
  subjectRef?: string;
  dedupeKey?: string;
  version?: number;
  vendor?: string;
  review?: ComplianceEvent['review'];
};

const context = systemContext('test');

export async function openWorld(now = '2026-11-20T12:00:00.000Z'): Promise<World> {
  const postgres = await openTestDatabase();
  const clock = createFrozenClock(now);
  const ids = randomIds;
  const keys = createTemporaryKeys(clock);
  const eventLog = await openPostgresEventLog({ postgres, clock, log: createSilentLog() });
  const sources: World['sources'] = { current: {} };
  const domain = createDomain({
    postgres,
    clock,
    ids,
    keys,
    outbox: eventLog.outbox,
    sourcesOf: () => Promise.resolve(sources.current),
    onChanges: () => {},
  });
  const identity = createIdentity({ postgres, clock, ids, audit: domain.audit });
  const tenant = { kind: 'service' as const, name: 'Test Haulage', zone: 'America/Chicago' };
  const tenantId = await identity.createTenant(tenant, context);
  return {
    postgres,
    eventLog,
    domain,
    identity,
    clock,
    ids,
    keys,
    tenantId,
    sources,
    hire: (number, requirements) => hire({ postgres, domain, tenantId }, number, requirements),
    event: (parts) => toEvent(tenantId, ids, parts),
    close: async () => {
      await eventLog.close();
      await postgres.close();
    },
  };
}

async function hire(
  { postgres, domain, tenantId }: Pick<World, 'postgres' | 'domain' | 'tenantId'>,
  number: string,
  requirements: Requirements,
): Promise<EmployeeId> {
  const [id] = await postgres.asTenant(tenantId, (tx) =>
    domain.people.insertMany(
      tx,
      tenantId,
      [
        {
          number,
          firstName: 'Wendell',
          lastName: `Person ${number}`,
          birthDate: '1985-04-12',
          declaredPhase: 'active',
          periods: [{ from: '2026-01-05', to: null }],
          requirements,
        },
      ],
      context,
    ),
  );
  if (id === undefined) throw new Error('nobody was hired');
  return id;
}

function toEvent(tenantId: TenantId, ids: Ids, parts: EventParts): ComplianceEvent {
  const id = ids.next('event');
  return {
    id,
    schemaVersion: 1,
    tenantId,
    employeeId: parts.employeeId,
    module: parts.module,
    type: parts.type,
    subjectRef: parts.subjectRef ?? 'subject-1',
    occurredAt: parts.at,
    receivedAt: parts.at,
    version: parts.version ?? 0,
    source: {
      vendor: parts.vendor ?? 'standard-webhooks',
      endpointId: null,
      dedupeKey: parts.dedupeKey ?? id,
      rawRef: null,
    },
    payload: parts.payload,
    review: parts.review ?? null,
  };
}
