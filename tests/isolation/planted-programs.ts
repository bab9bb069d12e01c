import { createHash } from 'node:crypto';
import type { Id, TenantId, UserId } from '#contracts/ids';
import { createRunOnce, type ApiClient, type NewClient } from '#domain/api-access';
import { systemContext } from '#domain/audit';
import { authorize, type Scope } from '#domain/identity';
import { createFrozenClock, type Clock } from '#platform/clock';
import type { App } from '../../src/lib/server/app.ts';

const context = systemContext('isolation test');

/** What a program of a company may be given: the letters of the table but approving, exporting and settings. */
const modulesOfApi = ['drug_alcohol', 'background', 'dot', 'health', 'training', 'geofence'];
export const everyScope: readonly string[] = [
  ...modulesOfApi.flatMap((module) => [`${module}:view`, `${module}:write`]),
  'administration:view',
];

/** The scope of an administrator of a company who has no account. */
export function adminScope(tenantId: TenantId): Scope {
  const none = { divisionIds: null, locationIds: null, employeeId: null, actsFor: [] };
  const id = 'mem_00000000000000000000000001' as Id<'membership'>;
  return authorize(
    {
      user: { id: 'usr_00000000000000000000000001' as UserId, name: 'Ann Admin', email: 'ann@example.com' },
      membership: { id, tenantId, role: 'CompanyAdmin', ...none },
      actingTenantId: tenantId,
    },
    'write',
    'administration',
  );
}

export function makeClient(
  { services }: Pick<App, 'services'>,
  tenantId: TenantId,
  name: string,
  scopes: readonly string[],
  parts: Partial<NewClient> = {},
): Promise<{ client: ApiClient; secret: string }> {
  const limits = { divisionIds: null, locationIds: null, ratePerMinute: null, days: 30 };
  const client = { kind: 'key' as const, name, ...limits, scopes, ...parts };
  return services.access.create(adminScope(tenantId), client, context);
}

/** A row in every table of programs and provisioning, through the services' own doors. */
export async function plantPrograms(app: App, tenantId: TenantId, word: string): Promise<void> {
  const { access, provisioning } = app.services;
  const { client, secret } = await makeClient(app, tenantId, `${word} payroll`, ['training:view'], {
    kind: 'oauth',
  });
  await access.issueToken(client.id, secret, null, null);
  await keepAnswer(app, client, word);
  const user = await provisioning.create(
    tenantId,
    'User',
    { userName: `scim@${word.toLowerCase()}.example`, displayName: `${word} provisioned` },
    context,
  );
  const group = await provisioning.create(
    tenantId,
    'Group',
    { displayName: `${word} crew`, members: [{ value: user.id }] },
    context,
  );
  const places = { divisionIds: null, locationIds: null };
  await provisioning.map(
    adminScope(tenantId),
    { groupId: group.id, role: 'BillingAdmin', ...places },
    context,
  );
}

async function keepAnswer({ engines }: App, client: ApiClient, word: string): Promise<void> {
  const clock: Clock = createFrozenClock(client.createdAt);
  const runOnce = createRunOnce({ postgres: engines.postgres, clock });
  const body = createHash('sha256').update(word).digest();
  await runOnce({ client, key: word, method: 'POST', path: '/events', body }, () =>
    Promise.resolve({ status: 202, body: { told: `${word} kept` } }),
  );
}
