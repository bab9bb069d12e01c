import type { ApprovalKind } from '#contracts/screens/approvals';
import type { Area, Right } from '#contracts/roles';
import { can, type Scope } from '#domain/identity';
import type { ApprovalRequest } from './request.ts';

const hourMs = 3_600_000;

interface KindPolicy {
  /** The right that the requester holds in every area the request reaches into. */
  readonly request: Extract<Right, 'write' | 'export'>;
  /** Answered within, milliseconds. */
  readonly answerWithinMs: number;
  /** Done within this time of the approval, milliseconds. */
  readonly runWithinMs: number;
}

/** What needs a second person, and how. Whoever approves holds `approve` in every area of the request. */
export const approvalPolicy: Readonly<Record<ApprovalKind, KindPolicy>> = {
  pii_export: {
    request: 'export',
    answerWithinMs: 72 * hourMs,
    runWithinMs: 24 * hourMs,
  },
  dq_packet: {
    request: 'export',
    answerWithinMs: 72 * hourMs,
    runWithinMs: 24 * hourMs,
  },
  person_package: {
    request: 'export',
    answerWithinMs: 72 * hourMs,
    runWithinMs: 24 * hourMs,
  },
  role_grant: { request: 'write', answerWithinMs: 72 * hourMs, runWithinMs: hourMs },
  rule_activation: {
    request: 'write',
    answerWithinMs: 168 * hourMs,
    runWithinMs: hourMs,
  },
  legal_hold: { request: 'write', answerWithinMs: 72 * hourMs, runWithinMs: hourMs },
};

/** Areas in which the scope may approve. */
export function approvableAreas(scope: Scope): Area[] {
  const areas = Object.keys(scope.rights) as Area[];
  return areas.filter((area) => can(scope, 'approve', area));
}

/** Why the viewer may not answer a request; null = may. `fresh` sign-in is asked of them besides. */
export type Refusal =
  | { readonly code: 'own_request' }
  | { readonly code: 'about_oneself' }
  | { readonly code: 'right_missing'; readonly areas: readonly Area[] }
  | { readonly code: 'scope_too_narrow' };

export function refusalToDecide(scope: Scope, request: ApprovalRequest): Refusal | null {
  if (request.requestedBy.id === scope.userId) return { code: 'own_request' };
  if (request.aboutUserId === scope.userId) return { code: 'about_oneself' };
  const missing = request.areas.filter((area) => !can(scope, 'approve', area));
  if (missing.length > 0) return { code: 'right_missing', areas: missing };
  return reachesAsFar(scope, request) ? null : { code: 'scope_too_narrow' };
}

/** A limited approver answers only for what lies within the same limits. */
function reachesAsFar(scope: Scope, { divisionIds, locationIds }: ApprovalRequest): boolean {
  if (scope.divisionIds === null && scope.locationIds === null) return true;
  if (divisionIds === null && locationIds === null) return false;
  return within(scope.divisionIds, divisionIds) && within(scope.locationIds, locationIds);
}

const within = (held: readonly string[] | null, asked: readonly string[] | null): boolean =>
  (asked ?? []).every((id) => held?.includes(id) ?? false);

/** Whether the viewer may know of the request: whoever asked, and whoever holds the right to approve it. */
export function mayKnow(scope: Scope, request: ApprovalRequest): boolean {
  return (
    request.requestedBy.id === scope.userId || request.areas.every((area) => can(scope, 'approve', area))
  );
}
