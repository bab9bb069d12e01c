import type { ComplianceEvent } from '#contracts/compliance-event';
import type { EmployeeId, TenantId, UserId } from '#contracts/ids';
import type { Role } from '#contracts/roles';
import { createAudit, systemContext, type Audit } from '#domain/audit';
import { authorize, createIdentity, type Membership, type Scope } from '#domain/identity';
import { createFrozenClock } from '#platform/clock';
import { randomIds } from '#platform/ids';
import { createTemporaryKeys } from '#platform/keys';
import type { Postgres } from '#platform/postgres';
import type { NewEmployee } from './insert.ts';
import { createPeople } from './service.ts';

export const context = systemContext('test');

/** For the tests of this module: people over a database, and a company with places to put them. */
export function createPeopleBench(postgres: Postgres) {
  const clock = createFrozenClock('2026-11-20T12:00:00.000Z');
  const keys = createTemporaryKeys(clock);
  const audit: Audit = createAudit({ clock, ids: randomIds, keys });
  const people = createPeople({
    postgres,
    clock,
    ids: randomIds,
    keys,
    audit,
    // What is announced is looked at where it arrives: tests/warehouse.
    outbox: { add: () => Promise.resolve() },
  });
  const identity = createIdentity({ postgres, clock, ids: randomIds, audit });

  async function company() {
    const tenant = await identity.createTenant(
      { kind: 'service', name: 'Haul', zone: 'America/Chicago' },
      context,
    );
    const places = await postgres.asTenant(tenant, (tx) =>
      people.savePlaces(tx, tenant, placesInput, context),
    );
    const insert = (...given: NewEmployee[]) =>
      postgres.asTenant(tenant, (tx) => people.insertMany(tx, tenant, given, context));
    return {
      tenant,
      places,
      insert,
      insertOne: async (number: string, change: Partial<NewEmployee> = {}): Promise<EmployeeId> => {
        const [id] = await insert(person(number, change));
        if (id === undefined) throw new Error('not inserted');
        return id;
      },
      scope: (role: Role | null, change: Partial<Membership> = {}) => scopeOf(tenant, role, change),
      apply: (...events: ComplianceEvent[]) =>
        postgres.asTenant(tenant, (tx) => people.applyEvents(tx, tenant, events, context)),
    };
  }

  return { clock, keys, audit, people, identity, company };
}

export type Company = Awaited<ReturnType<ReturnType<typeof createPeopleBench>['company']>>;

const placesInput = {
  divisions: [
    { code: 'north', name: 'North' },
    { code: 'south', name: 'South' },
  ],
  locations: [
    { code: 'yard', name: 'Yard', zone: 'America/Denver', jurisdiction: 'CO' },
    { code: 'port', name: 'Port', zone: 'America/Chicago', jurisdiction: 'TX' },
  ],
  jobRoles: [
    { code: 'driver', name: 'Driver', requirements: { dot: { class: 'CI' as const, intracityZone: false } } },
  ],
};

/** A person at work since January, named after the number. */
export function person(number: string, change: Partial<NewEmployee> = {}): NewEmployee {
  return {
    number,
    firstName: 'Ann',
    lastName: `Lee ${number}`,
    declaredPhase: 'active',
    periods: [{ from: '2026-01-05', to: null }],
    ...change,
  };
}

function scopeOf(tenant: TenantId, role: Role | null, change: Partial<Membership>): Scope {
  const membership: Membership = {
    id: randomIds.next('membership'),
    tenantId: role === 'Auditor' ? randomIds.next('tenant') : tenant,
    role,
    divisionIds: null,
    locationIds: null,
    employeeId: null,
    actsFor: [tenant],
    ...change,
  };
  const user = { id: 'usr_1' as UserId, name: 'U', email: 'u@example.com' };
  const billing = role === 'BillingAdmin';
  return authorize(
    { user, membership, actingTenantId: tenant },
    billing ? 'view' : 'see',
    billing ? 'billing' : 'any-module',
  );
}

/** A `people` event as a personnel system would cause it. */
export function peopleEvent(
  tenantId: TenantId,
  employeeId: EmployeeId,
  type: string,
  occurredAt: string,
  payload: object,
): ComplianceEvent {
  return {
    id: randomIds.next('event'),
    schemaVersion: 1,
    tenantId,
    employeeId,
    module: 'people',
    type,
    subjectRef: employeeId,
    occurredAt,
    receivedAt: occurredAt,
    version: 0,
    source: {
      vendor: 'bamboohr',
      endpointId: null,
      dedupeKey: `${employeeId} ${type} ${occurredAt}`,
      rawRef: null,
    },
    payload: payload as ComplianceEvent['payload'],
    review: null,
  };
}
