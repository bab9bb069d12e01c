import { modules } from '#contracts/modules';
import { authorizeOwn, can, canChangeRoster, visibilityOf, authorize } from '#domain/identity';
import type { Identity, Scope, Viewer } from '#domain/identity';
import * as z from 'zod';
import { actContextOf } from '../context.ts';
import { router, signedInProcedure } from '../trpc.ts';

export interface SessionRouterDeps {
  readonly identity: Pick<Identity, 'viewer' | 'recordActing'>;
}

export function createSessionRouter({ identity }: SessionRouterDeps) {
  return router({
    /**
     * Changes the company or the role that is on: `ten_…` or `ten_….SafetyManager`. Acting for a client begins and ends in
     * both companies' logs. Answers what the page keeps in its cookie; null when it is not the viewer's to choose.
     */
    choose: signedInProcedure
      .input(z.object({ to: z.string().max(80) }))
      .output(z.object({ keep: z.string().nullable() }))
      .mutation(async ({ ctx, input: { to } }) => {
        const before = ctx.session.viewer;
        const bound = before.boundTenantId ?? null;
        const chosen = await identity.viewer(before.user, to, bound);
        const [tenantId, role] = to.split('.');
        if (chosen === null || chosen.actingTenantId !== tenantId) return { keep: null };
        if (role !== undefined && chosen.membership.role !== role) return { keep: null };
        const moved =
          chosen.actingTenantId !== before.actingTenantId ||
          chosen.membership.role !== before.membership.role;
        if (moved) {
          await identity.recordActing(before, 'end', actContextOf(ctx));
          const session = { ...ctx.session, viewer: chosen };
          await identity.recordActing(chosen, 'begin', actContextOf({ ...ctx, session }));
        }
        return { keep: to };
      }),
    /** Who the viewer is and what they may do here: what the frame and every screen draw themselves by. */
    me: signedInProcedure.query(({ ctx }) => describeViewer(ctx.session.viewer)),
  });
}

/** Rights as screens ask for them. A viewer without any right in the modules is not refused here: sign-in itself works. */
function describeViewer(viewer: Viewer) {
  const { user, membership, actingTenantId } = viewer;
  const scope = scopeOrNull(viewer);
  return {
    user,
    role: membership.role,
    homeTenantId: membership.tenantId,
    tenantId: actingTenantId,
    actsFor: membership.actsFor,
    hasOwnRecord: hasOwnRecord(viewer),
    divisionIds: scope?.divisionIds ?? null,
    locationIds: scope?.locationIds ?? null,
    ownRecordOnly: scope === null ? false : scope.ownEmployeeId !== null,
    modules: Object.fromEntries(modules.map((module) => [module, sight(scope, module)])),
    canChangeRoster: scope !== null && canChangeRoster(scope),
    administration: scope === null ? [] : scope.rights.administration,
  };
}

function sight(scope: Scope | null, module: (typeof modules)[number]) {
  if (scope === null) {
    return { sees: 'none' as const, write: false, approve: false, export: false, exportNames: false };
  }
  return {
    sees: visibilityOf(scope, module),
    write: can(scope, 'write', module),
    approve: can(scope, 'approve', module),
    export: can(scope, 'export-deidentified', module),
    /** With names, which a second person must approve. */
    exportNames: can(scope, 'export', module) && can(scope, 'view', module),
  };
}

function scopeOrNull(viewer: Viewer): Scope | null {
  try {
    return authorize(viewer, 'see', 'any-module');
  } catch {
    return null;
  }
}

function hasOwnRecord(viewer: Viewer): boolean {
  try {
    return authorizeOwn(viewer).ownEmployeeId !== null;
  } catch {
    return false;
  }
}
