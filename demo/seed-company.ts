import type { DivisionId, EmployeeId, JobRoleId, LocationId, TenantId } from '#contracts/ids';
import { systemContext } from '#domain/audit';
import type { Auth, Identity } from '#domain/identity';
import type { NewEmployee, People } from '#domain/people';
import type { Postgres } from '#platform/postgres';
import { demoAccounts, demoPassword, type DemoAccountPlan } from './accounts.ts';
import type { DemoCompany, DemoPerson } from './company.ts';
import { checkrCandidateId } from './simulator/vendors.ts';

const context = systemContext('demo set-up');

export interface SeededPeople {
  /** Employee id by employee number. */
  ids: ReadonlyMap<string, EmployeeId>;
  divisions: ReadonlyMap<string, DivisionId>;
  locations: ReadonlyMap<string, LocationId>;
}

function byRef<I>(refs: readonly { ref: string }[], ids: readonly I[]): Map<string, I> {
  return new Map(
    refs.flatMap(({ ref }, index) => {
      const id = ids[index];
      return id === undefined ? [] : [[ref, id] as const];
    }),
  );
}

function newEmployee(
  person: DemoPerson,
  places: {
    divisions: Map<string, DivisionId>;
    locations: Map<string, LocationId>;
    jobRoles: Map<string, JobRoleId>;
  },
): NewEmployee {
  return {
    number: person.number,
    firstName: person.firstName,
    lastName: person.lastName,
    email: person.email,
    birthDate: person.birthDate,
    divisionId: places.divisions.get(person.divisionRef) ?? null,
    locationId: places.locations.get(person.locationRef) ?? null,
    jobRoleId: places.jobRoles.get(person.jobRoleRef) ?? null,
    declaredPhase: person.phase,
    periods: [{ from: person.hiredOn, to: person.terminatedOn }],
    leaveFrom: person.phase === 'leave' ? person.hiredOn : null,
    returnOn: person.returnOn,
    safetySensitiveFirstAt: person.phase === 'applicant' ? null : `${person.hiredOn}T15:00:00.000Z`,
    refs: [
      { system: 'checkr.candidate', value: checkrCandidateId(person) },
      { system: 'quest-esp.client_reference', value: person.number },
    ],
  };
}

/** Places and people of the demo company. */
export async function seedPeople(
  deps: { postgres: Postgres; people: People },
  tenantId: TenantId,
  company: DemoCompany,
): Promise<SeededPeople> {
  return deps.postgres.asTenant(tenantId, async (tx) => {
    const saved = await deps.people.savePlaces(
      tx,
      tenantId,
      {
        divisions: company.divisions.map(({ ref, name }) => ({ code: ref, name })),
        locations: company.locations.map(({ ref, name, zone, state }) => ({
          code: ref,
          name,
          zone,
          jurisdiction: `US-${state}`,
        })),
        jobRoles: company.jobRoles.map(({ ref, name, requirements }) => ({ code: ref, name, requirements })),
      },
      context,
    );
    const places = {
      divisions: byRef(company.divisions, saved.divisions),
      locations: byRef(company.locations, saved.locations),
      jobRoles: byRef(company.jobRoles, saved.jobRoles),
    };
    const ids = await deps.people.insertMany(
      tx,
      tenantId,
      company.people.map((person) => newEmployee(person, places)),
      context,
    );
    const numbered = company.people.flatMap((person, index) => {
      const id = ids[index];
      return id === undefined ? [] : [[person.number, id] as const];
    });
    return { ids: new Map(numbered), divisions: places.divisions, locations: places.locations };
  });
}

function linkedEmployee(
  plan: DemoAccountPlan,
  company: DemoCompany,
  seeded: SeededPeople,
): EmployeeId | null {
  if (plan.jobRoleRef === undefined) return null;
  const person = company.people.find((one) => one.jobRoleRef === plan.jobRoleRef && one.phase === 'active');
  return (person && seeded.ids.get(person.number)) ?? null;
}

/** One account per role. */
export async function seedAccounts(
  deps: { auth: Auth; identity: Identity },
  tenants: { service: TenantId; compliance: TenantId },
  company: DemoCompany,
  seeded: SeededPeople,
): Promise<void> {
  for (const plan of demoAccounts) {
    const userId = await deps.auth.createUser({ name: plan.name, email: plan.email, password: demoPassword });
    await deps.identity.grantMembership(
      {
        tenantId: tenants[plan.portal],
        userId,
        role: plan.role,
        divisionIds: plan.divisionRefs?.flatMap((ref) => seeded.divisions.get(ref) ?? []) ?? null,
        locationIds: plan.locationRefs?.flatMap((ref) => seeded.locations.get(ref) ?? []) ?? null,
        assignedTenantIds: plan.portal === 'compliance' ? [tenants.service] : [],
        employeeId: linkedEmployee(plan, company, seeded),
      },
      context,
    );
  }
}
