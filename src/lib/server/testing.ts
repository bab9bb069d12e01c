import type { FlagState } from '#contracts/flags';
import type { DivisionId, EmployeeId, Id, LocationId, TenantId } from '#contracts/ids';
import type { FlagChanged } from '#contracts/live';
import type { Role } from '#contracts/roles';
import type { Viewer } from '#domain/identity';
import { createCountingIds } from '#platform/ids';
import type { Context } from './context.ts';

/** Makers of viewers and changes for the tests of this folder; nothing else imports them. */
const ids = createCountingIds();

export interface ViewerParts {
  readonly role: Role | null;
  readonly divisionIds?: readonly DivisionId[];
  readonly locationIds?: readonly LocationId[];
  readonly employeeId?: EmployeeId;
  readonly actsFor?: readonly TenantId[];
}

export function viewer(tenantId: TenantId, parts: ViewerParts): Viewer {
  return {
    user: { id: ids.next('user'), name: 'Dana Ruiz', email: 'dana@example.com' },
    membership: {
      id: ids.next('membership'),
      tenantId,
      role: parts.role,
      divisionIds: parts.divisionIds ?? null,
      locationIds: parts.locationIds ?? null,
      employeeId: parts.employeeId ?? null,
      actsFor: parts.actsFor ?? [],
    },
    actingTenantId: tenantId,
  };
}

export function change(parts: Partial<FlagChanged> & { tenantId: TenantId }): FlagChanged {
  const id: Id<'flagChange'> = ids.next('flagChange');
  return {
    id,
    sequence: 1,
    audience: 'all',
    employeeId: ids.next('employee'),
    divisionId: null,
    locationId: ids.next('location'),
    jobRoleId: ids.next('jobRole'),
    name: 'Wendell Achterberg',
    module: 'dot',
    from: { flag: 'yellow', hold: false },
    to: { flag: 'red', hold: true },
    short: '3 d late',
    summary: 'Report of 12 November shows findings.',
    leadRuleId: 'BG02',
    nextChangeAt: '2026-11-25T17:00:00.000Z',
    nextFlag: 'yellow',
    turnsRedAt: '2026-11-26T17:00:00.000Z',
    receivedAt: '2026-11-20T12:00:00.000Z',
    decidedAt: '2026-11-20T12:00:00.050Z',
    ...parts,
  };
}

export function flagState(parts: Partial<FlagState> = {}): FlagState {
  return {
    module: 'dot',
    flag: 'red',
    hold: true,
    short: '3 d late',
    since: '2026-11-18T06:00:00.000Z',
    nextChangeAt: '2026-12-01T06:00:00.000Z',
    nextFlag: 'green',
    leadRuleId: 'DT06',
    ...parts,
  };
}

export function contextOf(of: Viewer | null): Context {
  return {
    session: of === null ? null : { sessionId: 'session', viewer: of },
    reference: 'req_test',
    ip: null,
    userAgent: null,
    origin: 'page',
  };
}
