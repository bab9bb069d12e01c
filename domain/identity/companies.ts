import { sql } from 'kysely';
import type { Role } from '#contracts/roles';
import type { ActContext, Audit } from '#domain/audit';
import { PlumblineError } from '#platform/errors';
import type { Postgres } from '#platform/postgres';
import { can } from './authorize.ts';
import { getTenant, requirePortal } from './grants.ts';
import type { Tenant } from './memberships.postgres.ts';
import type { Scope } from './scope.ts';
import type { Viewer } from './viewer.ts';

interface Deps {
  readonly postgres: Postgres;
  readonly audit: Audit;
}

export async function nameRoles(
  { postgres, audit }: Deps,
  scope: Scope,
  labels: Tenant['roleLabels'],
  context: ActContext,
): Promise<void> {
  if (!can(scope, 'write', 'administration')) throw labelsDenied();
  await postgres.asViewer(scope, async (tx) => {
    const before = await getTenant(tx, scope.tenantId);
    for (const role of Object.keys(labels) as Role[]) requirePortal(role, before);
    await sql`
      update tenants set role_labels = ${JSON.stringify(labels)}::jsonb where tenant_id = ${scope.tenantId}`.execute(
      tx,
    );
    const subject = { type: 'tenant', id: scope.tenantId };
    await audit.append(tx, scope.tenantId, [
      {
        ...context,
        act: 'identity:role_labels:change',
        subject,
        before: before.roleLabels,
        after: labels,
      },
    ]);
  });
}

/** In one order always, so that two such transactions cannot wait for each other. */
export async function recordActing(
  { postgres, audit }: Deps,
  viewer: Viewer,
  verb: 'begin' | 'end',
  context: ActContext,
): Promise<void> {
  const { membership, actingTenantId } = viewer;
  if (membership.tenantId === actingTenantId) return;
  await postgres.asSystem(async (tx) => {
    const client = await getTenant(tx, actingTenantId);
    const { tenantName: company, role } = membership;
    const after = { company, role, client: client.name };
    for (const tenantId of [membership.tenantId, actingTenantId].toSorted()) {
      const subject = { type: 'tenant', id: actingTenantId };
      await audit.append(tx, tenantId, [{ ...context, act: `identity:acting:${verb}`, subject, after }]);
    }
  });
}

function labelsDenied(): PlumblineError {
  return new PlumblineError({
    kind: 'forbidden',
    code: 'identity.role_labels_denied',
    detail: 'Naming roles needs the right to change Administration (write).',
  });
}
