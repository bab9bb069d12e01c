import { createApprovals, type Approvals } from '#domain/approvals';
import type { Auth } from '#domain/identity';
import { PlumblineError } from '#platform/errors';
import type { Board } from '../board/model.ts';
import type { Engines } from '../engines.ts';
import type { ApprovalsRouterDeps } from '../routers/approvals.ts';
import type { Core, CoreInput } from '../services.ts';
import { createApprovalChanges } from './changes.ts';
import { createPeopleWithNames } from './people-with-names.ts';
import { createRoleGrantAct } from './role-grant.ts';

interface ApprovalParts extends Pick<CoreInput, 'clock' | 'ids'>, Pick<Core, 'domain' | 'identity'> {
  readonly engines: Pick<Engines, 'postgres' | 'signals'>;
  readonly auth: Pick<Auth, 'freshness'>;
}

/** Dual control with the acts that exist. */
export function createApprovalParts(parts: ApprovalParts, board: Board): ApprovalsRouterDeps {
  const { engines, domain, identity, auth, clock, ids } = parts;
  const changes = createApprovalChanges(engines.signals);
  const approvals: Approvals = createApprovals({
    postgres: engines.postgres,
    audit: domain.audit,
    clock,
    ids,
    acts: {
      pii_export: createPeopleWithNames({ board, people: domain.people, clock }),
      role_grant: createRoleGrantAct(identity),
    },
    requireFresh: ({ sessionId }) =>
      sessionId === null ? Promise.reject(noSession()) : auth.freshness.requireFresh({ sessionId }),
    onChanged: changes.tell,
  });
  return { approvals, clock, changed: changes.next };
}

/** A program with a key shows no second factor. */
function noSession(): PlumblineError {
  return new PlumblineError({
    kind: 'forbidden',
    code: 'approvals.session_needed',
    detail: 'This is for somebody who is signed in, not for a program.',
  });
}
