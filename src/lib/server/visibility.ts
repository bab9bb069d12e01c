import type { FlagState } from '#contracts/flags';
import type { EmployeeId } from '#contracts/ids';
import type { FlagChanged } from '#contracts/live';
import { modules } from '#contracts/modules';
import { covers, visibilityOf, type Scope, type Visibility } from '#domain/identity';
import { outgoing } from './outgoing.ts';

/**
 * Gives a person another name that stays the same within the tenant but leads nowhere. The employee id stays: it is
 * random itself, and a de-identified viewer needs it to open the record.
 */
export interface Pseudonyms {
  name(tenantId: string, employeeId: EmployeeId): string;
}

/** Unannounced orders count only in the DER's view, 49 CFR 382.305(k)(1), 40.309(b). */
export function seesMasked(scope: Scope): boolean {
  return scope.role === 'DER' && scope.ownEmployeeId === null;
}

/**
 * The flag as a viewer with this visibility may see it; null = not at all. Status keeps colour and hold, without words,
 * rule or dates; de-identified keeps the rule too.
 */
export function maskFlag(state: FlagState, visibility: Visibility): FlagState | null {
  if (visibility === 'none') return null;
  if (visibility === 'full') return state;
  const bare = { ...state, short: '', nextChangeAt: null, nextFlag: null };
  return visibility === 'status' ? { ...bare, leadRuleId: null } : bare;
}

/** The change as the viewer may see it; null when it is none of the viewer's business. */
export function maskChange(scope: Scope, change: FlagChanged, pseudonyms: Pseudonyms): FlagChanged | null {
  const seen = sightOf(scope, change, pseudonyms);
  return seen === null ? null : outgoing(scope, seen);
}

function sightOf(scope: Scope, change: FlagChanged, pseudonyms: Pseudonyms): FlagChanged | null {
  if (change.audience === (seesMasked(scope) ? 'others' : 'der')) return null;
  if (!covers(scope, change)) return null;
  const visibility = visibilityOf(scope, change.module);
  if (visibility === 'none') return null;
  // What differs must not show who sees less: the audience mark itself would tell of an unannounced test.
  const seen: FlagChanged = { ...change, audience: 'all' };
  if (visibility === 'full') return seen;
  const sameColour = change.from.flag === change.to.flag && change.from.hold === change.to.hold;
  if (sameColour) return null;
  const bare = colourOnly(seen);
  return visibility === 'status' ? bare : depersonalise(bare, pseudonyms);
}

/** Field by field, so that a field added to the contract stays hidden until somebody decides. */
function colourOnly(change: FlagChanged): FlagChanged {
  const { id, tenantId, sequence, audience, employeeId, divisionId, locationId, jobRoleId, name } = change;
  const { module, from, to, receivedAt, decidedAt } = change;
  const who = { id, tenantId, sequence, audience, employeeId, divisionId, locationId, jobRoleId, name };
  const blank = { short: '', summary: '', leadRuleId: null, nextChangeAt: null, nextFlag: null };
  return { ...who, ...blank, module, from, to, receivedAt, decidedAt };
}

function depersonalise(change: FlagChanged, pseudonyms: Pseudonyms): FlagChanged {
  return {
    ...change,
    name: pseudonyms.name(change.tenantId, change.employeeId),
    locationId: null,
    jobRoleId: null,
  };
}

/** Equal for two viewers exactly when they see the same frames: each change is filtered once per key. */
export function scopeKey(scope: Scope): string {
  return JSON.stringify([
    scope.tenantId,
    seesMasked(scope),
    scope.ownEmployeeId,
    sorted(scope.divisionIds),
    sorted(scope.locationIds),
    modules.map((module) => visibilityOf(scope, module)),
  ]);
}

function sorted(ids: readonly string[] | null): readonly string[] | null {
  return ids === null ? null : ids.toSorted();
}
