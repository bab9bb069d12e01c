import { roleNames, frameSchema, type FrameData, type FrameTenant } from '#contracts/screens/frame';
import { authorize, type Scope, type Viewer } from '#domain/identity';
import type { Clock } from '#platform/clock';
import { PlumblineError } from '#platform/errors';
import { router, signedInProcedure } from '../trpc.ts';

export interface FrameRouterDeps {
  readonly clock: Clock;
  /** The viewer's own tenant and those it may act for. */
  listTenants(viewer: Viewer): Promise<FrameTenant[]>;
  /** Alerts that nobody has acknowledged. */
  countOpenAlerts(scope: Scope): Promise<number>;
  /** Open questions that the viewer may read. */
  countReviews(scope: Scope): Promise<number>;
  countDeadLetters(scope: Scope): Promise<number>;
  /** Security incidents that nobody has answered. */
  countIncidents(scope: Scope): Promise<number>;
  /** Requests that wait for the viewer's answer. */
  countApprovals(scope: Scope): Promise<number>;
}

export function createFrameRouter(deps: FrameRouterDeps) {
  return router({
    /** Read once per page: the rail, the top bar and the banners draw themselves by it. */
    get: signedInProcedure.output(frameSchema).query(({ ctx }) => readFrame(deps, ctx.session.viewer)),
  });
}

async function readFrame(deps: FrameRouterDeps, viewer: Viewer): Promise<FrameData> {
  const { user, membership, actingTenantId } = viewer;
  const people = scopeOrNull(viewer, 'any-module', 'see');
  const administration = scopeOrNull(viewer, 'administration', 'view');
  const dualControl = scopeOrNull(viewer, 'any-module', 'dual-control');
  const [tenants, alerts, reviews, deadLetters, approvals, incidents] = await Promise.all([
    deps.listTenants(viewer),
    people === null ? 0 : deps.countOpenAlerts(people),
    people === null ? 0 : deps.countReviews(people),
    administration === null ? 0 : deps.countDeadLetters(administration),
    dualControl === null ? 0 : deps.countApprovals(dualControl),
    administration === null ? 0 : deps.countIncidents(administration),
  ]);
  const tenant = tenants.find((one) => one.id === actingTenantId);
  const home = tenants.find((one) => one.id === membership.tenantId);
  if (!tenant) throw noTenant();
  const { role } = membership;
  return {
    viewer: {
      ...user,
      role,
      roleLabel: role === null ? 'Field worker' : (home?.roleLabels[role] ?? roleNames[role]),
      employeeId: membership.employeeId,
    },
    tenant,
    actingFrom: home && home.id !== tenant.id ? { id: home.id, name: home.name } : null,
    tenants: tenants.map(({ id, name }) => ({ id, name })),
    administration: administration !== null,
    people: people !== null,
    dualControl: dualControl !== null,
    counts: { alerts, reviews, deadLetters, approvals, incidents },
    now: deps.clock.nowMs(),
  };
}

function scopeOrNull(
  viewer: Viewer,
  area: 'any-module' | 'administration',
  ask: 'see' | 'view' | 'dual-control',
): Scope | null {
  try {
    return authorize(viewer, ask, area);
  } catch (error) {
    if (error instanceof PlumblineError && error.kind === 'forbidden') return null;
    throw error;
  }
}

function noTenant(): PlumblineError {
  return new PlumblineError({
    kind: 'not_found',
    code: 'identity.tenant_missing',
    detail: 'The company you look at is gone. Sign in again.',
  });
}
