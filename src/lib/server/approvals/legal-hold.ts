import { legalHoldSchema } from '#contracts/screens/approvals';
import type { ApprovalAct } from '#domain/approvals';
import type { Scope } from '#domain/identity';
import type { LegalHolds } from '#domain/legal-holds';
import type { People } from '#domain/people';
import { PlumblineError } from '#platform/errors';
import type { Postgres } from '#platform/postgres';

interface Deps {
  readonly postgres: Postgres;
  readonly people: Pick<People, 'get'>;
  readonly legalHolds: LegalHolds;
}

/** A legal hold on a person, placed or lifted by two people. */
export function createLegalHoldAct({ postgres, people, legalHolds }: Deps): ApprovalAct {
  const matters = (scope: Scope, employeeId: Parameters<People['get']>[1]) =>
    postgres.asViewer(scope, async (tx) =>
      (await legalHolds.of(tx, scope.tenantId, employeeId)).map(({ matter }) => matter),
    );
  return {
    async plan(scope, payload) {
      const { act, employeeId, matter } = legalHoldSchema.parse(payload);
      const { firstName, lastName } = await people.get(scope, employeeId);
      const name = `${firstName ?? ''} ${lastName ?? ''}`.trim();
      const standing = await matters(scope, employeeId);
      if (standing.includes(matter) !== (act === 'lift')) throw nothingToDo(act, matter);
      const others = standing.filter((one) => one !== matter).length;
      return act === 'place'
        ? {
            title: `Legal hold on ${name}: ${matter}`,
            effects: [
              `Nothing of ${name} can be erased while the hold for "${matter}" stands, neither on request nor at the end of a retention.`,
              'It stands until two people lift it.',
            ],
            areas: ['administration'],
          }
        : {
            title: `Lift the legal hold on ${name}: ${matter}`,
            effects: [
              `The hold for "${matter}" ends at once. ${others === 0 ? `${name} can then be erased where no duty to keep stands against it.` : `${others} more stand.`}`,
            ],
            areas: ['administration'],
          };
    },
    async effect(tx, scope, request, context) {
      const { act, employeeId, matter } = legalHoldSchema.parse(request.payload);
      const order = { tenantId: scope.tenantId, employeeId, matter, requestId: request.id };
      await legalHolds[act](tx, order, context);
      return { outcome: act === 'place' ? 'The hold stands.' : 'The hold was lifted.' };
    },
  };
}

function nothingToDo(act: 'place' | 'lift', matter: string): PlumblineError {
  return new PlumblineError({
    kind: 'conflict',
    code: 'approvals.hold_as_asked',
    detail:
      act === 'place'
        ? `A legal hold for "${matter}" stands already on this person.`
        : `No legal hold for "${matter}" stands on this person.`,
  });
}
