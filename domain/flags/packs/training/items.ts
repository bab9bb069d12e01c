import type { PersonFacts } from '#contracts/person-facts';
import type { CalendarDate } from '#contracts/time';
import { isVerified, type Paper } from '#domain/documents';
import { emptyItem, type CompletionFact, type ItemFact, type TrainingRecord } from '#domain/training';

type Need = NonNullable<PersonFacts['requirements']['training']>['needs'][number];

/** One thing the person must be trained in: by the matrix, or because it was assigned. */
export interface NeededItem {
  item: string;
  basis: 'law' | 'policy';
  beforeWork: boolean;
  intervalMonths: number | null;
  /** First day of the need: the matrix or the present employment, whichever is later. */
  from: CalendarDate;
  facts: ItemFact;
}

/** A dated proof with the events that carried it. */
export interface Done {
  on: CalendarDate;
  eventIds: readonly string[];
}

const later = (a: CalendarDate, b: CalendarDate | undefined): CalendarDate =>
  b !== undefined && b > a ? b : a;

/** Needs of the matrix, then items that were assigned without one. */
export function neededItems(person: PersonFacts, record: TrainingRecord | null): NeededItem[] {
  const employedOn = person.periods.at(-1)?.from;
  const needs: readonly Need[] = person.requirements.training?.needs ?? [];
  const listed = needs.map((need) => ({
    ...need,
    from: later(need.from, employedOn),
    facts: record?.items[need.item] ?? emptyItem(),
  }));
  const known = new Set(needs.map((need) => need.item));
  const assigned = Object.entries(record?.items ?? {}).flatMap(([item, facts]): NeededItem[] => {
    if (known.has(item) || !facts.assignment || facts.assignment.status === 'canceled') return [];
    const from = facts.assignment.assignedAt.slice(0, 10);
    return [{ item, basis: 'policy', beforeWork: false, intervalMonths: null, from, facts }];
  });
  return [...listed, ...assigned];
}

export const papersOf = (facts: ItemFact): Paper[] => Object.values(facts.certificates).flat();

function newest(proofs: readonly Done[]): Done | null {
  return proofs.reduce<Done | null>((best, next) => (best && best.on >= next.on ? best : next), null);
}

/** The newest passed completion that meets `wanted`, or verified certificate; not before `floor`. */
export function lastDone(
  facts: ItemFact,
  wanted: (completion: CompletionFact) => boolean = () => true,
  floor: CalendarDate | null = null,
): Done | null {
  const completions = facts.completions.filter((known) => known.passed && wanted(known));
  const certificates = papersOf(facts).flatMap((paper) =>
    isVerified(paper) && paper.on !== null ? [{ on: paper.on, eventIds: paper.eventIds }] : [],
  );
  return newest([...completions, ...certificates].filter((proof) => floor === null || proof.on >= floor));
}

export function lastPassedEvaluation(facts: ItemFact): Done | null {
  const ordered = facts.evaluations.toSorted((a, b) => a.on.localeCompare(b.on));
  const last = ordered.at(-1);
  // A later failed evaluation takes the earlier one's worth away.
  return last?.passed ? last : null;
}

/** The newest trigger that no later training has answered. */
export function openTrigger(facts: ItemFact, kinds: ReadonlySet<string>, done: Done | null): Done | null {
  return newest(
    facts.triggers.filter((trigger) => kinds.has(trigger.kind) && (done === null || trigger.on > done.on)),
  );
}

/** The verified certificate that runs longest; null when none is verified. */
export function bestCertificate(facts: ItemFact): Paper | null {
  const verified = papersOf(facts).filter(isVerified);
  return verified.reduce<Paper | null>((best, paper) => {
    if (!best) return paper;
    return (paper.expiresOn ?? '9999-12-31') > (best.expiresOn ?? '9999-12-31') ? paper : best;
  }, null);
}

export const isSupervised = (facts: ItemFact): boolean => facts.supervision?.supervised === true;
