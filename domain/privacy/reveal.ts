import type { EmployeeId } from '#contracts/ids';
import type { RevealedField, RevealInput } from '#contracts/screens/privacy';
import type { ActContext, Audit } from '#domain/audit';
import { visibilityOf, type Scope } from '#domain/identity';
import type { People } from '#domain/people';
import type { Clock } from '#platform/clock';
import type { Keys } from '#platform/keys';
import type { Postgres, Tx } from '#platform/postgres';
import { personNotFound, revealDenied } from './errors.ts';
import { openRows, rowsAbout } from './rows.postgres.ts';

/** How long a screen may show it, milliseconds. */
export const revealLastsMs = 60_000;

export interface RevealDeps {
  readonly postgres: Postgres;
  readonly people: Pick<People, 'find'>;
  readonly audit: Audit;
  readonly keys: Keys;
  readonly clock: Clock;
}

/** Whoever works with a person's papers may look; oneself too. */
export function mayReveal(scope: Scope): boolean {
  if (scope.ownEmployeeId !== null) return true;
  return (['drug_alcohol', 'background', 'dot'] as const).some(
    (module) => visibilityOf(scope, module) === 'full',
  );
}

/**
 * Reads one field of a person in scope, and records that in the same transaction: no record, no value.
 * Throws `privacy.reveal_denied`, and `privacy.person_not_found` also for a person outside the scope.
 */
export function reveal(
  deps: RevealDeps,
  scope: Scope,
  input: RevealInput,
  context: ActContext,
): Promise<RevealedField> {
  const { employeeId } = input;
  if (!mayReveal(scope)) return Promise.reject(revealDenied());
  return deps.postgres.asViewer(scope, async (tx) => {
    if ((await deps.people.find(scope, employeeId, tx)) === null) throw personNotFound();
    const values = await readField(deps, tx, scope.tenantId, employeeId, input.field);
    const untilAt = new Date(deps.clock.nowMs() + revealLastsMs).toISOString();
    await deps.audit.append(tx, scope.tenantId, [
      {
        ...context,
        act: 'privacy:field:reveal',
        subject: { type: 'employee', id: employeeId },
        // The words may name the person.
        personal: true,
        after: { field: input.field, purpose: input.purpose, words: input.words, untilAt },
      },
    ]);
    return { field: input.field, values, untilAt };
  });
}

async function readField(
  { keys }: RevealDeps,
  tx: Tx,
  tenantId: string,
  employeeId: EmployeeId,
  field: RevealInput['field'],
): Promise<string[]> {
  if (field === 'externalIds') {
    const rows = await rowsAbout(tx, tenantId, 'employee_references', 'employee_id', employeeId);
    return rows.map((row) => `${String(row['system'])}: ${String(row['external_id'])}`).toSorted();
  }
  const stored = await rowsAbout(tx, tenantId, 'employees', 'id', employeeId);
  const [row] = await openRows(keys, tx, tenantId, 'employees', stored);
  const held = row?.['birth_sealed'] ?? row?.['birth_date'];
  return typeof held === 'string' ? [held.slice(0, 10)] : [];
}
