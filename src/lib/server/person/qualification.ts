import type { PersonPage } from '#contracts/screens/person';
import { dotFold } from '#domain/dot';
import { qualificationFile, type CompiledPack } from '#domain/flags';
import { visibilityOf, type Scope } from '#domain/identity';
import type { PersonFacts } from '#contracts/person-facts';
import type { AppliedEvent } from '#domain/records';

/**
 * The driver's file as the events up to the asked instant make it; null where the viewer does not see DOT in full, or
 * nobody asks for such a file. The fold is pure and a person's events are tens, so a past file costs the same as today's.
 */
export function qualificationOf(
  scope: Scope,
  input: { pack: CompiledPack; person: PersonFacts | null; events: readonly AppliedEvent[]; atMs: number },
): PersonPage['qualification'] {
  const { pack, person, atMs } = input;
  if (person === null || visibilityOf(scope, 'dot') !== 'full') return null;
  const own = input.events.filter(({ event }) => event.module === 'dot').map(({ event }) => event);
  const record = own.length === 0 ? null : dotFold.fold(own);
  const items = qualificationFile({ pack, record, person, atMs });
  return items === null ? null : items.map((one) => ({ ...one, eventIds: [...one.eventIds] }));
}
