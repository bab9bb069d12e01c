import type { Module } from '#contracts/modules';
import { eventsBeforeNotice, laboratorySteps, unannouncedReasons } from '#domain/drug-alcohol';
import { isDeidentified, visibilityOf, type Scope } from '#domain/identity';
import type { AppliedEvent } from '#domain/records';
import { seesMasked } from '../visibility.ts';

const unannounced = new Set(unannouncedReasons);

const beforeNotice = new Set(eventsBeforeNotice);

const laboratory = new Set(laboratorySteps);
/** The follow-up plan is never told to the person: 40.307(g). */
const followUpPlan = new Set(['sap.complied', 'sap.plan_completed']);

/** The events that a viewer may see of one person. Modules without full sight show none; neither do people unknown by name. */
export function sightEvents(
  scope: Scope,
  employeeId: string,
  events: readonly AppliedEvent[],
): AppliedEvent[] {
  const secret = seesMasked(scope) ? new Set<string>() : unannouncedTests(events);
  const own = scope.ownEmployeeId === employeeId;
  return events.filter(({ event }) => {
    if (!seesModule(scope, event.module)) return false;
    if (event.module !== 'drug_alcohol') return true;
    if (secret.has(event.subjectRef) || laboratory.has(event.type)) return false;
    if (own && followUpPlan.has(event.type)) return false;
    return !isUnverifiedResult(event);
  });
}

function seesModule(scope: Scope, module: Module | 'people'): boolean {
  return module === 'people' ? !isDeidentified(scope) : visibilityOf(scope, module) === 'full';
}

/** A laboratory's or consortium's result is not a result before the MRO verified it: 40.97(c), 40.355(c). */
function isUnverifiedResult({ type, payload }: AppliedEvent['event']): boolean {
  return type.startsWith('test.mro_') && 'channel' in payload && payload.channel !== 'mro';
}

function unannouncedTests(events: readonly AppliedEvent[]): Set<string> {
  const ofTests = events.filter(({ event }) => event.type.startsWith('test.'));
  const bySubject = Map.groupBy(ofTests, ({ event }) => event.subjectRef);
  const secret = [...bySubject].filter(
    ([, own]) =>
      own.some(({ event }) => unannounced.has(reasonOf(event.payload))) &&
      own.every(({ event }) => beforeNotice.has(event.type)),
  );
  return new Set(secret.map(([subjectRef]) => subjectRef));
}

function reasonOf(payload: AppliedEvent['event']['payload']): string {
  const { test } = payload;
  if (typeof test !== 'object' || test === null || Array.isArray(test)) return '';
  return typeof test.reason === 'string' ? test.reason : '';
}
