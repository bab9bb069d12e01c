import * as z from 'zod';
import { idSchema } from '#contracts/ids';
import { roleNames, type FrameTenant } from '#contracts/screens/frame';
import { newProviderSchema, singleSignOnPageSchema } from '#contracts/screens/single-sign-on';
import { isPrivileged, portals, type SingleSignOn, type Viewer } from '#domain/identity';
import { actContextOf } from '../context.ts';
import { router, scopedProcedure } from '../trpc.ts';

export interface SingleSignOnRouterDeps {
  readonly sso: SingleSignOn;
  readonly origin: string;
  listTenants(viewer: Viewer): Promise<FrameTenant[]>;
}

const administrator = scopedProcedure('administration', 'write');
const idInput = z.object({ id: idSchema('identityProvider') });

export function createSingleSignOnRouter({ sso, origin, listTenants }: SingleSignOnRouterDeps) {
  return router({
    list: administrator.output(singleSignOnPageSchema).query(async ({ ctx }) => {
      const { viewer } = ctx.session;
      const rows = await sso.list(ctx.scope);
      const tenant = (await listTenants(viewer)).find(({ id }) => id === viewer.actingTenantId);
      const labelOf = (role: keyof typeof roleNames) => tenant?.roleLabels[role] ?? roleNames[role];
      const given = portals[tenant?.kind ?? 'service'].filter((role) => !isPrivileged(role));
      return {
        rows: rows.map((row) => ({ ...row, defaultRoleLabel: labelOf(row.defaultRole) })),
        roles: given.map((role) => ({ role, label: labelOf(role) })),
        entityId: origin,
      };
    }),
    register: administrator
      .input(newProviderSchema)
      .output(idInput)
      .mutation(async ({ ctx, input }) => {
        const { id } = await sso.register(ctx.scope, input, actContextOf(ctx));
        return { id };
      }),
    verifyDomain: administrator.input(idInput).mutation(async ({ ctx, input }) => {
      await sso.verifyDomain(ctx.scope, input.id, actContextOf(ctx));
    }),
    remove: administrator.input(idInput).mutation(async ({ ctx, input }) => {
      await sso.remove(ctx.scope, input.id, actContextOf(ctx));
    }),
  });
}
