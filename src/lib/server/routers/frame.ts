import { frameSchema, type FrameData } from '#contracts/screens/frame';
import { authorize, isDeidentified, type Scope, type Seat, type Viewer } from '#domain/identity';
import type { Clock } from '#platform/clock';
import { PlumblineError } from '#platform/errors';
import { router, signedInProcedure } from '../trpc.ts';

export interface FrameRouterDeps {
  readonly clock: Clock;
  /** The viewer's own companies and those they may act for, with each role they have for them. */
  listSeats(viewer: Viewer): Promise<Seat[]>;
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
  const [seats, alerts, reviews, deadLetters, approvals, incidents] = await Promise.all([
    deps.listSeats(viewer),
    people === null ? 0 : deps.countOpenAlerts(people),
    people === null ? 0 : deps.countReviews(people),
    administration === null ? 0 : deps.countDeadLetters(administration),
    dualControl === null ? 0 : deps.countApprovals(dualControl),
    administration === null ? 0 : deps.countIncidents(administration),
  ]);
  const isCurrent = ({ tenant, home, role }: Seat) =>
    tenant.id === actingTenantId && home.id === membership.tenantId && role === membership.role;
  const current = seats.find(isCurrent);
  if (!current) throw noTenant();
  const { tenant, home, role } = current;
  return {
    viewer: {
      ...user,
      role,
      roleLabel: current.roleLabel,
      employeeId: membership.employeeId,
    },
    tenant,
    actingFrom: home.id === tenant.id ? null : home,
    tenants: distinct(seats),
    seats: seats.map((seat) => ({
      to: seat.role === null ? seat.tenant.id : `${seat.tenant.id}.${seat.role}`,
      tenantName: seat.tenant.name,
      roleLabel: seat.roleLabel,
      from: seat.home.id === seat.tenant.id ? null : seat.home.name,
      current: seat === current,
    })),
    administration: administration !== null,
    people: people !== null,
    names: people !== null && !isDeidentified(people),
    dualControl: dualControl !== null,
    counts: { alerts, reviews, deadLetters, approvals, incidents },
    now: deps.clock.nowMs(),
  };
}

function distinct(seats: readonly Seat[]): FrameData['tenants'] {
  const names = new Map(seats.map(({ tenant }) => [tenant.id, tenant.name]));
  return [...names].map(([id, name]) => ({ id, name }));
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
