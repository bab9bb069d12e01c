import { moduleNames, modules, type Module } from '#contracts/modules';
import type { AuditRow } from '#contracts/screens/audit';
import type { AuditEntry, Json } from '#domain/audit';
import { can, type Scope } from '#domain/identity';
import { seesMasked } from '../visibility.ts';
import { differencesOf } from './differences.ts';

/**
 * An entry as the viewer may read it. Whoever may read the log sees every act, actor and hash; values about a module
 * that the role does not see whole stay hidden, and so does every order of a test before its notice.
 * @param beyond the entry tells of people or places outside the scope's divisions and sites (`entriesBeyond`).
 */
export function toAuditRow(scope: Scope, entry: AuditEntry, beyond = false): AuditRow {
  const hidden = beyond
    ? 'About people or places outside your divisions and sites.'
    : whyHidden(scope, entry);
  return {
    id: entry.id,
    sequence: entry.sequence,
    at: entry.at,
    actor: entry.actor,
    act: entry.act,
    // That a person was ordered to a test is the secret, so such an entry names no person.
    subject: beyond || hidden === ordersWords ? { ...entry.subject, id: '' } : entry.subject,
    module: beyond ? null : (moduleOf(entry.after) ?? moduleOf(entry.before)),
    differences: hidden === '' ? differencesOf(entry.before, entry.after) : [],
    hidden,
    ip: entry.ip,
    sessionId: entry.sessionId,
    // A vendor's own key of a message may name the order that is hidden.
    requestId: hidden === '' ? entry.requestId : null,
    previousHash: entry.previousHash,
    hash: entry.hash,
  };
}

/** Sources whose order ids exist only because a test was ordered. */
const testingSystem = /^(?:quest-esp|formfox)\b/;
/** Before the MRO's report all steps look alike, to everyone: 49 CFR 40.131(c)(2), (d)(1). */
const laboratoryStep = /^test\.lab_/;

function whyHidden(scope: Scope, entry: AuditEntry): string {
  if (systemsOf(entry.after).some((system) => testingSystem.test(system)) && !seesMasked(scope))
    return ordersWords;
  const module = moduleOf(entry.after) ?? moduleOf(entry.before);
  if (module === null) return '';
  if (!can(scope, 'view', module)) return `Your role does not see ${moduleNames[module]} in full.`;
  const type = textOf(entry.after, 'type') ?? '';
  if (module !== 'drug_alcohol') return '';
  if (laboratoryStep.test(type)) return 'Steps of the laboratory are shown to nobody before the MRO reports.';
  return type === 'test.ordered' && !seesMasked(scope) ? ordersWords : '';
}

const ordersWords = 'Orders of tests are shown to the DER.';

/** True when nothing in the log is hidden from the viewer, so that counting and searching cannot tell a secret. */
export function seesWholeLog(scope: Scope): boolean {
  return seesMasked(scope) && modules.every((module) => can(scope, 'view', module));
}

function moduleOf(value: Json): Module | null {
  return modules.find((module) => module === textOf(value, 'module')) ?? null;
}

/** Systems whose ids an entry tells: of one link, or of many in a list of `system value employee`. */
function systemsOf(value: Json): string[] {
  if (Array.isArray(value)) return value.map(String);
  return [textOf(value, 'system') ?? ''];
}

function textOf(value: Json, key: string): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const found = (value as { readonly [key: string]: Json })[key];
  return typeof found === 'string' ? found : null;
}
