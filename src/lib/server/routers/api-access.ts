import * as z from 'zod';
import {
  apiAccessPageSchema,
  groupMappingSchema,
  groupsPageSchema,
  newApiClientSchema,
  newApiSecretSchema,
  type ApiAccessPage,
  type ApiClientRow,
} from '#contracts/screens/api-access';
import { idSchema } from '#contracts/ids';
import { roleNames, type FrameTenant } from '#contracts/screens/frame';
import { scopesOf, type ApiAccess, type ApiClient } from '#domain/api-access';
import { can, isPrivileged, portals, type Scope, type Viewer } from '#domain/identity';
import type { Provisioning } from '#domain/provisioning';
import type { Clock } from '#platform/clock';
import { actContextOf } from '../context.ts';
import { router, scopedProcedure } from '../trpc.ts';

export interface ApiAccessRouterDeps {
  readonly access: ApiAccess;
  readonly provisioning: Provisioning;
  readonly clock: Clock;
  /** Requests a minute of all programs of a company. */
  readonly ratePerMinute: number;
  /** Throws unless the viewer has just shown who they are. */
  requireFresh(session: { readonly sessionId: string }): Promise<void>;
  userNames(tenantId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  listTenants(viewer: Viewer): Promise<FrameTenant[]>;
}

const reader = scopedProcedure('administration', 'view');
const administrator = scopedProcedure('administration', 'write');

/** Programs with a key, and what the groups of the identity provider give. */
export function createApiAccessRouter(deps: ApiAccessRouterDeps) {
  const { access, provisioning } = deps;
  return router({
    clients: reader.output(apiAccessPageSchema).query(({ ctx: { scope } }) => readClients(deps, scope)),
    /** The secret is in this answer and nowhere else. */
    create: administrator
      .input(newApiClientSchema)
      .output(newApiSecretSchema)
      .mutation(async ({ ctx, input }) => {
        await deps.requireFresh(ctx.session);
        const { client, secret } = await access.create(ctx.scope, input, actContextOf(ctx));
        return { id: client.id, secret };
      }),
    revoke: administrator
      .input(z.object({ id: idSchema('apiClient') }))
      .mutation(({ ctx, input }) => access.revoke(ctx.scope, input.id, actContextOf(ctx))),
    groups: reader.output(groupsPageSchema).query(async ({ ctx: { scope, session } }) => {
      const tenants = await deps.listTenants(session.viewer);
      const tenant = tenants.find(({ id }) => id === scope.tenantId);
      const given = portals[tenant?.kind ?? 'service'].filter((role) => !isPrivileged(role));
      const groups = await provisioning.groups(scope);
      return {
        groups: groups.map((group) => ({ ...group, mapping: group.mapping && writable(group.mapping) })),
        roles: given.map((role) => ({
          role,
          label: tenant?.roleLabels[role] ?? roleNames[role],
          limited: role === 'SafetyManager' || role === 'SiteSupervisor',
        })),
        mayChange: can(scope, 'write', 'administration'),
      };
    }),
    mapGroup: administrator.input(groupMappingSchema).mutation(async ({ ctx, input }) => {
      await deps.requireFresh(ctx.session);
      await provisioning.map(ctx.scope, input, actContextOf(ctx));
    }),
  });
}

async function readClients(deps: ApiAccessRouterDeps, scope: Scope): Promise<ApiAccessPage> {
  const { access, clock, ratePerMinute } = deps;
  const clients = await access.list(scope);
  const names = await deps.userNames(scope.tenantId, [...new Set(clients.map(({ createdBy }) => createdBy))]);
  const denied = deniedOf(scope);
  return {
    clients: clients.map((client) => toRow(client, names, clock.nowMs())),
    scopes: denied === '' && scope.role !== null ? [...scopesOf(scope.role)] : [],
    denied,
    ratePerMinute,
  };
}

function deniedOf(scope: Scope): string {
  if (!can(scope, 'write', 'administration'))
    return 'Your role may look at this, not change it: that needs Administration (write).';
  return scope.homeTenantId === scope.tenantId ? '' : 'Keys are made by the company itself.';
}

function toRow(client: ApiClient, names: ReadonlyMap<string, string>, nowMs: number): ApiClientRow {
  const { id, kind, name, prefix, scopes, divisionIds, locationIds, ratePerMinute } = client;
  const { expiresAt, lastUsedAt, lastUsedIp, createdAt, createdBy, revokedAt } = client;
  const ended = Date.parse(expiresAt) <= nowMs;
  return {
    id,
    kind,
    name,
    prefix,
    ratePerMinute,
    expiresAt,
    lastUsedAt,
    lastUsedIp,
    createdAt,
    scopes: [...scopes],
    places: (divisionIds?.length ?? 0) + (locationIds?.length ?? 0),
    state: revokedAt !== null ? 'revoked' : ended ? 'ended' : 'living',
    createdBy: names.get(createdBy) ?? 'a former user',
  };
}

type Mapping = NonNullable<Awaited<ReturnType<Provisioning['groups']>>[number]['mapping']>;

const writable = ({ role, divisionIds, locationIds }: Mapping) => ({
  role,
  divisionIds: divisionIds && [...divisionIds],
  locationIds: locationIds && [...locationIds],
});
