import { moduleNames, modules, type Module } from '#contracts/modules';
import type { Role } from '#contracts/roles';
import type { PersonAct } from '#contracts/screens/person';
import { can, permissions, portals, visibilityOf, type Scope } from '#domain/identity';

/** What the viewer may do on a person's page, and what not, with the reason and whom to ask. */
export function personActs(scope: Scope, employeeId: string, openAlerts: number): PersonAct[] {
  return [alertsAct(scope, employeeId, openAlerts), auditAct(scope, employeeId), ...hiddenModules(scope)];
}

function alertsAct(scope: Scope, employeeId: string, open: number): PersonAct {
  const label =
    open === 0 ? 'See past alerts' : open === 1 ? 'Answer 1 open alert' : `Answer ${open} open alerts`;
  const href = `/alerts?employee=${employeeId}`;
  return can(scope, 'view', 'any-module')
    ? { id: 'alerts', label, href, denied: '' }
    : { id: 'alerts', label: 'See alerts', href: null, denied: 'Your role sees no module in full.' };
}

function auditAct(scope: Scope, employeeId: string): PersonAct {
  const label = 'Read the audit entries';
  const href = `/audit?subjectId=${employeeId}`;
  if (can(scope, 'view', 'administration')) return { id: 'audit', label, href, denied: '' };
  return {
    id: 'audit',
    label,
    href: null,
    denied: `Needs Administration (view). ${ask('administration', scope)}`,
  };
}

function hiddenModules(scope: Scope): PersonAct[] {
  return modules
    .filter((module) => visibilityOf(scope, module) !== 'full')
    .map((module) => ({
      id: `open-${module}`,
      label: `Open ${moduleNames[module].toLowerCase().replace('dot', 'DOT')} records`,
      href: null,
      denied: `${sightWords[visibilityOf(scope, module)]} ${ask(module, scope)}`,
    }));
}

const sightWords = {
  full: '',
  status: 'Your role sees the status only.',
  deidentified: 'Your role sees de-identified data only.',
  none: 'Your role does not see this module.',
} as const;

/** Names the roles of the same kind of company that hold the right. */
function ask(area: Module | 'administration', scope: Scope): string {
  const portal = scope.homeTenantId === scope.tenantId ? portals.service : portals.compliance;
  const holders = portal.filter((role) => (permissions[role][area] as readonly string[]).includes('view'));
  return holders.length === 0
    ? ''
    : `Ask someone who is ${holders
        .map(words)
        .join(', ')
        .replace(/, ([^,]*)$/, ' or $1')}.`;
}

/** `HROnboarding` → `HR onboarding`. */
function words(role: Role): string {
  const spaced = role.replaceAll(/([a-z])([A-Z])/g, '$1 $2').replace('HROn', 'HR on');
  return spaced
    .split(' ')
    .map((word) => (/^[A-Z]{2,}$/.test(word) ? word : word.toLowerCase()))
    .join(' ');
}
