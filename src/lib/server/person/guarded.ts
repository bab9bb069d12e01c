import type { EmployeeId } from '#contracts/ids';
import { guardedModules, type GuardedModule, type StandingNeed } from '#contracts/screens/need-to-know';
import type { PersonPage } from '#contracts/screens/person';
import type { ActContext } from '#domain/audit';
import { visibilityOf, type Scope } from '#domain/identity';
import { needsReason, type NeedToKnow } from '#domain/need-to-know';
import type { AppliedEvent } from '#domain/records';
import type { Tx } from '#platform/postgres';

/** The events that are shown, and what stands between the viewer and the others. */
export interface Guarded {
  readonly events: readonly AppliedEvent[];
  readonly guards: PersonPage['guarded'];
  /** Open reasons, by the module whose events they opened. */
  readonly opened: ReadonlyMap<GuardedModule, StandingNeed>;
}

/** Leaves out the events of guarded modules for which the viewer has given no reason that still stands. */
export async function guardEvents(
  needToKnow: Pick<NeedToKnow, 'standing'>,
  tx: Tx,
  scope: Scope,
  employeeId: EmployeeId,
  events: readonly AppliedEvent[],
): Promise<Guarded> {
  const opened = new Map<GuardedModule, StandingNeed>();
  const guards: Guarded['guards'][number][] = [];
  for (const module of guardedModules) {
    if (!needsReason(scope, employeeId, module) || visibilityOf(scope, module) !== 'full') continue;
    const need = await needToKnow.standing(tx, scope, employeeId, module);
    if (need !== null) opened.set(module, need);
    const own = events.filter(({ event }) => event.module === module);
    guards.push({ module, need, items: new Set(own.map(({ event }) => event.subjectRef)).size });
  }
  const shut = new Set<string>(guards.filter(({ need }) => need === null).map(({ module }) => module));
  return { events: events.filter(({ event }) => !shut.has(event.module)), guards, opened };
}

/** Most ids that one entry names. */
const mostNamed = 100;

/** One audit entry for each module whose guarded events are handed out now. */
export async function recordReveals(
  needToKnow: Pick<NeedToKnow, 'recordReveal'>,
  tx: Tx,
  scope: Scope,
  shown: Pick<Guarded, 'events' | 'opened'> & { readonly employeeId: EmployeeId; readonly what: string },
  context: ActContext,
): Promise<void> {
  for (const [module, need] of shown.opened) {
    const ids = shown.events.filter(({ event }) => event.module === module).map(({ event }) => event.id);
    if (ids.length === 0) continue;
    const { employeeId, what } = shown;
    const reveal = { employeeId, what, of: ids.slice(0, mostNamed) };
    await needToKnow.recordReveal(tx, scope, need, reveal, context);
  }
}
