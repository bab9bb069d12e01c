import { createApprovals, type Approvals } from '#domain/approvals';
import type { Auth } from '#domain/identity';
import type { Privacy } from '#domain/privacy';
import { PlumblineError } from '#platform/errors';
import type { Board } from '../board/model.ts';
import type { Engines } from '../engines.ts';
import type { ApprovalsRouterDeps } from '../routers/approvals.ts';
import { createPersonPackage } from '../privacy/person-package.ts';
import type { PersonPages } from '../person/pages.ts';
import type { Core, CoreInput } from '../services.ts';
import { createApprovalChanges } from './changes.ts';
import { createDqPacket } from './dq-packet.ts';
import { createLegalHoldAct } from './legal-hold.ts';
import { createPeopleWithNames } from './people-with-names.ts';
import { createRoleGrantAct } from './role-grant.ts';

interface ApprovalParts extends Pick<CoreInput, 'clock' | 'ids'>, Pick<Core, 'domain' | 'identity'> {
  readonly engines: Pick<Engines, 'postgres' | 'signals' | 'eventLog'>;
  readonly privacy: Privacy;
  readonly auth: Pick<Auth, 'freshness'>;
}

/** Dual control with the acts that exist. */
export function createApprovalParts(
  parts: ApprovalParts,
  board: Board,
  persons: PersonPages,
): ApprovalsRouterDeps {
  const { engines, domain, identity, auth, privacy, clock, ids } = parts;
  const changes = createApprovalChanges(engines.signals);
  const approvals: Approvals = createApprovals({
    postgres: engines.postgres,
    audit: domain.audit,
    clock,
    ids,
    acts: {
      pii_export: createPeopleWithNames({ board, people: domain.people, clock }),
      person_package: createPersonPackage({ privacy, eventLog: engines.eventLog }),
      dq_packet: createDqPacket({ people: domain.people, persons, clock }),
      role_grant: createRoleGrantAct(identity),
      legal_hold: createLegalHoldAct({ postgres: engines.postgres, ...domain }),
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
