import { moduleNames, modules, type Module } from '#contracts/modules';
import type { Role } from '#contracts/roles';
import { permissions, portals, type Scope } from '#domain/identity';

type Right = 'view' | 'write';
type AskedArea = Module | 'administration' | 'people';

/** `Background (write)`. */
export function rightWords(right: Right, area: AskedArea): string {
  if (area === 'people') return 'the right to change the roster';
  return `${area === 'administration' ? 'Administration' : moduleNames[area]} (${right})`;
}

/** Names the roles of the same kind of company that hold the right: "Ask someone who is DER or HR onboarding." */
export function whoMay(right: Right, area: Module | 'administration', scope: Scope): string {
  const portal = scope.homeTenantId === scope.tenantId ? portals.service : portals.compliance;
  const holders = portal.filter((role) => (permissions[role][area] as readonly string[]).includes(right));
  return holders.length === 0
    ? ''
    : `Ask someone who is ${joined(
        holders.map((role) => scope.roleLabels[role] ?? words(role)),
        'or',
      )}.`;
}

/** Why a viewer who may look at these modules may not change them. */
export function lookOnly(denied: readonly AskedArea[], scope: Scope): string {
  const needs = joined(
    denied.map((area) => rightWords('write', area)),
    'and',
  );
  if (denied.length === 0) return 'Your role may look at this, not change it.';
  const module = modules.find((one) => one === denied[0]);
  const ask = module === undefined ? '' : ` ${whoMay('write', module, scope)}`;
  return `Your role may look at this, not change it: that needs ${needs}.${ask}`;
}

const joined = (parts: readonly string[], last: 'and' | 'or'): string =>
  parts.join(', ').replace(/, ([^,]*)$/, ` ${last} $1`);

/** `HROnboarding` → `HR onboarding`. */
function words(role: Role): string {
  const spaced = role.replaceAll(/([a-z])([A-Z])/g, '$1 $2').replace('HROn', 'HR on');
  return spaced
    .split(' ')
    .map((word) => (/^[A-Z]{2,}$/.test(word) ? word : word.toLowerCase()))
    .join(' ');
}
