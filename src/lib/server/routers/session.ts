import { modules } from '#contracts/modules';
import { authorizeOwn, can, canChangeRoster, visibilityOf, authorize } from '#domain/identity';
import type { Scope, Viewer } from '#domain/identity';
import { router, signedInProcedure } from '../trpc.ts';

export function createSessionRouter() {
  return router({
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
