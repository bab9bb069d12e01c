import type { Grounded } from './grounding/ground.ts';
import type { Reading } from './reading/read.ts';

/** True when the question leans on the one before it: "and in Texas?", "why is she red?". */
export const isFollowUp = (question: string): boolean =>
  /^\W*(?:and|but|or|only|just|same|now|what about|how about|those|of those|then)\b/i.test(question) ||
  /\b(?:he|she|him|her|his|hers|that person)\b/i.test(question);

/** The question before it with what the new one says instead. */
export function follow(before: Grounded, now: Grounded): Grounded {
  const saysWhere = now.places.length > 0 || now.locationIds !== null;
  const saysWho = now.people.length > 0;
  return {
    ...now,
    reading: joined(before.reading, now.reading),
    places: saysWhere ? now.places : before.places,
    locationIds: saysWhere ? now.locationIds : before.locationIds,
    people: saysWho ? now.people : before.people,
    namedBy: saysWho ? now.namedBy : before.namedBy,
  };
}

const either = <T>(now: readonly T[], before: readonly T[]): readonly T[] => (now.length > 0 ? now : before);

function joined(before: Reading, now: Reading): Reading {
  const isOther = now.happenings.length > 0 || now.records.length > 0;
  return {
    ...now,
    wants: new Set([...before.wants, ...now.wants]),
    modules: either(now.modules, before.modules),
    colours: either(now.colours, before.colours),
    hold: now.hold || before.hold,
    records: isOther ? now.records : before.records,
    happenings: isOther ? now.happenings : before.happenings,
    by: either(now.by, before.by),
    grain: now.grain ?? before.grain,
    span: now.span ?? before.span,
    states: either(now.states, before.states),
    phases: either(now.phases, before.phases),
    ruleIds: either(now.ruleIds, before.ruleIds),
    people: now.people || before.people,
  };
}
