import type { EndpointId, TenantId } from '#contracts/ids';
import { systemContext } from '#domain/audit';
import type { Auth, Identity } from '#domain/identity';
import type { Ingest } from '#ingest';
import { createFrozenClock, type Clock } from '#platform/clock';
import type { PostgresEventLog } from '#platform/event-log';
import type { Ids } from '#platform/ids';
import type { Keys } from '#platform/keys';
import type { Postgres } from '#platform/postgres';
import type { createDomain } from '../src/lib/server/domain.ts';
import { demoCompany, type DemoCompany } from './company.ts';
import { seedAccounts, seedPeople } from './seed-company.ts';
import { seedHistory } from './seed-history.ts';
import { simulatedVendors, type SimulatedVendor } from './simulator/wire.ts';

/** What the simulator must know of a demo: kept beside the data, read by `npm run simulate`. */
export interface DemoState {
  seed: number;
  people: number;
  /** Anchors the company's dates. */
  todayMs: number;
  tenantId: TenantId;
  endpoints: Record<SimulatedVendor, { id: EndpointId; secret: string }>;
}

export interface ProvisionDeps {
  postgres: Postgres;
  eventLog: PostgresEventLog;
  identity: Identity;
  auth: Auth;
  ingest: Ingest;
  keys: Keys;
  clock: Clock;
  ids: Ids;
  createDomain: typeof createDomain;
  onProgress: (step: string) => void;
}

const context = systemContext('demo set-up');

const endpointNames: Record<SimulatedVendor, string> = {
  checkr: 'Checkr',
  'quest-esp': 'Quest ESP',
  tazworks: 'TazWorks',
  'standard-webhooks': 'Partner systems',
};

/** The company of a demo state: the same people for the server and for a simulator in another process. */
export function companyOf(state: Pick<DemoState, 'seed' | 'people' | 'todayMs'>): DemoCompany {
  return demoCompany(state.seed, state.people, state.todayMs);
}

async function createEndpoints(deps: ProvisionDeps, tenantId: TenantId): Promise<DemoState['endpoints']> {
  const made: Partial<DemoState['endpoints']> = {};
  await deps.postgres.asTenant(tenantId, async (tx) => {
    for (const vendor of simulatedVendors) {
      const settings: Record<string, string> =
        vendor === 'quest-esp' ? { channel: 'mro' } : { externalIdentifier: 'employee' };
      const endpoint = { vendor, name: endpointNames[vendor], settings, ratePerMinute: 1_000_000 };
      const { id, secret } = await deps.ingest.endpoints.insert(tx, tenantId, endpoint, context);
      made[vendor] = { id, secret };
    }
  });
  return made as DemoState['endpoints'];
}

/** Makes the demo's two companies with people, accounts, endpoints and a lived past. */
export async function provisionDemo(
  deps: ProvisionDeps,
  options: { seed: number; people: number; withHistory: boolean },
): Promise<DemoState> {
  const { identity, onProgress } = deps;
  const todayMs = deps.clock.nowMs();
  onProgress('Demo: companies and accounts');
  const service = await identity.createTenant(
    { kind: 'service', name: 'Harrow & Pike', zone: 'America/Chicago' },
    context,
  );
  const compliance = await identity.createTenant(
    { kind: 'compliance', name: 'Meridian Compliance', zone: 'America/Chicago' },
    context,
  );
  await identity.oversee(compliance, service, context);
  const company = companyOf({ seed: options.seed, people: options.people, todayMs });
  const clock = createFrozenClock(deps.clock.now());
  const domain = deps.createDomain({
    postgres: deps.postgres,
    clock,
    ids: deps.ids,
    keys: deps.keys,
    outbox: deps.eventLog.outbox,
    sourcesOf: () => Promise.resolve({}),
    onChanges: () => {},
  });
  onProgress(`Demo: ${options.people} people`);
  const seeded = await seedPeople({ postgres: deps.postgres, people: domain.people }, service, company);
  await seedAccounts(deps, { service, compliance }, company, seeded);
  if (options.withHistory) {
    let shown = -1;
    const tell = (share: number) => {
      const percent = Math.min(100, Math.floor(share * 10) * 10);
      if (percent > shown) onProgress(`Demo: living through the past, ${percent} %`);
      shown = Math.max(shown, percent);
    };
    await seedHistory(
      { driver: domain.driver, postgres: deps.postgres, clock, ids: deps.ids, onProgress: tell },
      { seed: options.seed, company, tenantId: service, employeeIds: seeded.ids, nowMs: todayMs },
    );
  }
  const endpoints = await createEndpoints(deps, service);
  return { seed: options.seed, people: options.people, todayMs, tenantId: service, endpoints };
}
