import { moduleNames, modules } from '#contracts/modules';
import type { PersonAct } from '#contracts/screens/person';
import { can, visibilityOf, type Scope } from '#domain/identity';
import { whoMay } from '../rights.ts';

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
    denied: `Needs Administration (view). ${whoMay('view', 'administration', scope)}`,
  };
}

function hiddenModules(scope: Scope): PersonAct[] {
  return modules
    .filter((module) => visibilityOf(scope, module) !== 'full')
    .map((module) => ({
      id: `open-${module}`,
      label: `Open ${moduleNames[module].toLowerCase().replace('dot', 'DOT')} records`,
      href: null,
      denied: `${sightWords[visibilityOf(scope, module)]} ${whoMay('view', module, scope)}`,
    }));
}

const sightWords = {
  full: '',
  status: 'Your role sees the status only.',
  deidentified: 'Your role sees de-identified data only.',
  none: 'Your role does not see this module.',
} as const;
