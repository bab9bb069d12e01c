import { modules } from '#contracts/modules';
import type { Role } from '#contracts/roles';
import { covers, isDeidentified, visibilityOf, type Scope } from '#domain/identity';
import { trialPeople, tenantOf, type TrialPerson } from './people.ts';
import { reasonOf } from './rows.ts';
import { askGolden, type EvaluationDeps } from './evaluate.ts';
import type { Golden } from './golden.ts';

export interface Leak {
  readonly role: Role | null;
  readonly question: string;
  readonly text: string;
}

/** Texts of the made-up companies that this asker must never be told. */
export function secretsFor(scope: Scope): string[] {
  return trialPeople
    .flatMap((person) => {
      const seen = covers(scope, placed(person));
      const name = seen && !isDeidentified(scope) ? [] : [person.name];
      const id = seen ? [] : [person.employeeId];
      const reasons = modules
        .filter((module) => !seen || visibilityOf(scope, module) !== 'full')
        .map((module) => reasonOf(person, module));
      return [...name, ...id, ...reasons];
    })
    .filter((text) => !namesSeen(scope).has(text));
}

/** Two people may have one name. */
function namesSeen(scope: Scope): ReadonlySet<string> {
  return isDeidentified(scope)
    ? new Set()
    : new Set(trialPeople.filter((person) => covers(scope, placed(person))).map(({ name }) => name));
}

const placed = ({ company, employeeId, division, location }: TrialPerson) => ({
  tenantId: tenantOf(company),
  employeeId,
  divisionId: division.id,
  locationId: location.id,
});

/** Asks every question as this asker and looks for what must not be told. What the asker wrote may come back. */
export async function findLeaks(
  deps: EvaluationDeps,
  role: Role | null,
  goldens: readonly Golden[],
): Promise<Leak[]> {
  const scope = deps.scopeOf(role);
  const secrets = secretsFor(scope);
  const leaks: Leak[] = [];
  for (const golden of goldens) {
    const told = JSON.stringify(await askGolden(deps, scope, golden));
    const asked = `${golden.question} ${golden.before ?? ''}`;
    const text = secrets.find((secret) => told.includes(secret) && !asked.includes(secret));
    if (text !== undefined) leaks.push({ role, question: golden.question, text });
  }
  return leaks;
}
