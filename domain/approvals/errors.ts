import { moduleNames, modules } from '#contracts/modules';
import type { Area, Right } from '#contracts/roles';
import type { ApprovalKind } from '#contracts/screens/approvals';
import { notHeld, type Scope } from '#domain/identity';
import { PlumblineError } from '#platform/errors';
import type { Refusal } from './policy.ts';

const areaWords = (area: Area): string =>
  modules.some((module) => module === area) ? moduleNames[area as keyof typeof moduleNames] : area;

const joined = (areas: readonly Area[]): string => areas.map(areaWords).join(', ');

/** The rule by which somebody may not answer, in words for them. */
export function decisionWords(refusal: Refusal, scope: Scope): string {
  switch (refusal.code) {
    case 'own_request':
      return 'You asked for this yourself: a second person must answer.';
    case 'about_oneself':
      return 'This would change your own rights: somebody else must answer.';
    case 'right_missing':
      return `Answering needs the right to approve in ${joined(refusal.areas)} (approve); ${notHeld(scope)}.`;
    case 'scope_too_narrow':
      return 'This reaches people outside your divisions and locations: somebody who reaches them must answer.';
  }
}

export function decisionDenied(refusal: Refusal, scope: Scope): PlumblineError {
  return new PlumblineError({
    kind: 'forbidden',
    code: 'approvals.decision_denied',
    detail: decisionWords(refusal, scope),
  });
}

export function requestDenied(right: Right, areas: readonly Area[], scope: Scope): PlumblineError {
  return new PlumblineError({
    kind: 'forbidden',
    code: 'approvals.request_denied',
    detail: `This needs the right "${right}" in ${joined(areas)}; ${notHeld(scope)}.`,
  });
}

export function refused(reason: string): PlumblineError {
  return new PlumblineError({ kind: 'conflict', code: 'approvals.refused', detail: reason });
}

export function notFound(id: string): PlumblineError {
  return new PlumblineError({
    kind: 'not_found',
    code: 'approvals.not_found',
    detail: `There is no request ${id} that you may know of.`,
  });
}

export function notYours(): PlumblineError {
  return new PlumblineError({
    kind: 'forbidden',
    code: 'approvals.not_yours',
    detail: 'Only whoever asked for this may do that.',
  });
}

export function kindNotHere(kind: ApprovalKind): PlumblineError {
  return new PlumblineError({
    kind: 'invalid',
    code: 'approvals.kind_not_here',
    detail: `Nothing here does ${kind.replaceAll('_', ' ')}.`,
  });
}

export function actorMissing(): PlumblineError {
  return new PlumblineError({
    kind: 'internal',
    code: 'approvals.actor_missing',
    detail: 'Who acts is not who is signed in.',
  });
}
