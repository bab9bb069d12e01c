import { modules, type Module } from '#contracts/modules';
import type { EmployeeId, TenantId } from '#contracts/ids';
import { roles, type Role } from '#contracts/roles';
import type { NewGrant } from '#domain/identity';
import { plantSecret } from '../support/collected-logs.ts';
import { context, type Planted, type PlantedCompany } from './companies.ts';
import { plantedPeople, workerIndex } from './planted.ts';
import { complianceRoles, lettersOf } from './role-table.ts';

const password = plantSecret('password', 'a long and lasting password');
const tenantCookie = 'plumbline.tenant';

/** Someone who asks, and what the roles table lets them be told. */
export interface Asker {
  readonly name: string;
  /** Null = a field worker; undefined = signed out. */
  readonly role: Role | null | undefined;
  readonly cookie: string;
  /** The one company whose data they may be told; null = none of the two. */
  readonly reaches: 'Alder' | 'Borealis' | null;
  /** People of that company, by index, whom they may be told of. */
  readonly people: ReadonlySet<number>;
  /** Knows that Alder is a client of the overseer: its name and id, nothing in it. */
  readonly knowsClient?: boolean;
}

/** `full`, `status`, `deidentified` or `none`, read off the table. */
export function sightOf({ role }: Asker, module: Module): 'full' | 'status' | 'deidentified' | 'none' {
  if (role === undefined) return 'none';
  // A field worker sees all of their own record.
  if (role === null) return 'full';
  const letters = lettersOf(role, module);
  if (letters.includes('V')) return 'full';
  if (letters.includes('S')) return 'status';
  return letters.includes('D') ? 'deidentified' : 'none';
}

const everybody = new Set(plantedPeople.map(({ index }) => index));

/** Safety managers have the north, site supervisors the harbour; billing reaches nobody. */
function peopleOf(role: Role): ReadonlySet<number> {
  if (role === 'BillingAdmin') return new Set();
  const kept = plantedPeople.filter(({ division, site }) => {
    if (role === 'SafetyManager') return division === 'North';
    return role === 'SiteSupervisor' ? site === 'Harbour' : true;
  });
  return new Set(kept.map(({ index }) => index));
}

export interface World {
  readonly planted: Planted;
  readonly alder: PlantedCompany;
  readonly borealis: PlantedCompany;
  readonly overseer: TenantId;
}

/** Signs everybody in: eleven roles and a field worker before Alder, strangers from Borealis and from the overseer. */
export async function signInAll(world: World): Promise<Asker[]> {
  const { alder, borealis, overseer } = world;
  const askers: Asker[] = [
    { name: 'signed out', role: undefined, cookie: '', reaches: null, people: new Set() },
  ];
  for (const role of roles) {
    const fromOverseer = complianceRoles.includes(role);
    const grant = fromOverseer
      ? { tenantId: overseer, role, assignedTenantIds: [alder.tenantId] }
      : { tenantId: alder.tenantId, role, ...limitsOf(role, alder) };
    const cookie = await signIn(world, role, grant, alder.tenantId);
    askers.push({ name: role, role, cookie, reaches: 'Alder', people: peopleOf(role) });
  }
  const own = {
    tenantId: alder.tenantId,
    role: null,
    employeeId: alder.people.get(workerIndex) as EmployeeId,
  };
  askers.push({
    name: 'field worker',
    role: null,
    reaches: 'Alder' as const,
    people: new Set([workerIndex]),
    cookie: await signIn(world, 'worker', own, alder.tenantId),
  });
  for (const role of ['CompanyAdmin', 'DER'] as const) {
    const cookie = await signIn(
      world,
      `borealis-${role}`,
      { tenantId: borealis.tenantId, role },
      alder.tenantId,
    );
    askers.push({
      name: `${role} of the other company`,
      role,
      cookie,
      reaches: 'Borealis',
      people: everybody,
    });
  }
  return [...askers, ...(await strangersOf(world))];
}

/** People of the overseer whose cookie names a company that is not theirs: it counts for nothing. */
async function strangersOf(world: World): Promise<Asker[]> {
  const { alder, borealis, overseer } = world;
  const nobody = { reaches: null, people: new Set<number>(), knowsClient: true };
  const manager = { tenantId: overseer, role: 'ComplianceManager' as const };
  const unassigned = { tenantId: overseer, role: 'AuditManager' as const };
  return [
    {
      name: 'ComplianceManager who asks for Borealis',
      role: manager.role,
      ...nobody,
      cookie: await signIn(world, 'manager-elsewhere', manager, borealis.tenantId),
    },
    {
      name: 'AuditManager without assignment',
      role: unassigned.role,
      ...nobody,
      cookie: await signIn(world, 'auditor-unassigned', unassigned, alder.tenantId),
    },
  ];
}

function limitsOf(role: Role, company: PlantedCompany): Partial<NewGrant> {
  if (role === 'SafetyManager') return { divisionIds: [company.divisions.North] };
  return role === 'SiteSupervisor' ? { locationIds: [company.locations.Harbour] } : {};
}

export async function signIn(
  { planted }: Pick<World, 'planted'>,
  name: string,
  grant: Omit<NewGrant, 'userId'>,
  wanted: TenantId,
): Promise<string> {
  const { auth, identity } = planted.app.services;
  const email = `${name.toLowerCase()}@isolation.example`;
  const userId = await auth.createUser({ name: `User ${name}`, email, password });
  await identity.grantMembership({ ...grant, userId }, context);
  const response = await fetch(`${planted.origin}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: planted.origin },
    body: JSON.stringify({ email, password }),
  });
  if (response.status !== 200)
    throw new Error(`${name} cannot sign in: ${response.status} ${await response.text()}`);
  const cookies = response.headers.getSetCookie().map((line) => line.split(';')[0]);
  return [...cookies, `${tenantCookie}=${wanted}`].join('; ');
}

export const modulesBySight = (asker: Asker, ...sights: ReturnType<typeof sightOf>[]): Module[] =>
  modules.filter((module) => sights.includes(sightOf(asker, module)));
