import type { EpochMs } from '#contracts/time';
import type { TrainingRecord } from '#domain/training';
import { addDays, dateAt, dueAfterMonths, startOfDay, validThrough } from '../../calendar.ts';
import { fact, type Fact, type SignalContext, type SignalValues } from '../../pack.ts';
import { staleFrom } from '../../sources.ts';
import { lastDone, papersOf, type NeededItem } from './items.ts';
import { hasLawRule } from './law.ts';

type Context = SignalContext<TrainingRecord>;

/** First late instant of a policy item before any waiver; null = done and not due again. */
function ownDue(need: NeededItem, context: Context): Fact {
  const { person } = context;
  const { assignment } = need.facts;
  // After a break in employment policy items are due anew.
  const done = lastDone(need.facts, () => true, person.periods.at(-2)?.to ?? null);
  const open = assignment !== null && assignment.status !== 'canceled' ? assignment : null;
  const reassigned = open && (done === null || dateAt(Date.parse(open.assignedAt), person.zone) > done.on);
  if (reassigned && open.dueOn !== null) {
    return fact(validThrough(addDays(open.dueOn, open.graceDays), person.zone), open.eventIds);
  }
  if (done) {
    const again =
      need.intervalMonths === null ? null : dueAfterMonths(done.on, need.intervalMonths, person.zone);
    return fact(again, done.eventIds);
  }
  if (need.beforeWork) return fact(startOfDay(need.from, person.zone));
  const days = context.parameter('TR12', 'unassignedDays');
  return fact(validThrough(addDays(need.from, days), person.zone));
}

/** A waiver covers through its last day and then ends by itself; it never covers what the law requires. */
function waivedUntil(need: NeededItem, context: Context): EpochMs | null {
  const { waiver } = need.facts;
  if (!waiver || need.basis === 'law') return null;
  return validThrough(waiver.to, context.person.zone);
}

/** Signals of TR12 and TR14-DUE for one policy item. */
export function policySignals(need: NeededItem, context: Context): SignalValues {
  if (hasLawRule(need.item)) return {};
  const due = ownDue(need, context);
  const waived = waivedUntil(need, context);
  // An ended or shorter waiver changes nothing.
  if (waived === null || typeof due.value !== 'number' || waived <= due.value) return { policyDueAt: due };
  const eventIds = [...due.eventIds, ...(need.facts.waiver?.eventIds ?? [])];
  return {
    policyDueAt: fact(waived, eventIds),
    waivedUntilAt: waived,
  };
}

/** TR13: the newest upload that nobody verified yet; an older valid certificate goes on counting. */
export function unverifiedSignals(need: NeededItem): SignalValues {
  const waiting = papersOf(need.facts).findLast(
    (paper) => paper.state === 'uploaded' || paper.state === 'review',
  );
  if (!waiting) return { toVerify: null };
  const read =
    waiting.confidence === null ? 'not read yet' : `read with confidence ${waiting.confidence.toFixed(2)}`;
  return { toVerify: fact(read, waiting.eventIds) };
}

/** TR15: vendors from which a completion is awaited. */
export function silentFromAt(needs: readonly NeededItem[], context: Context): EpochMs | null {
  const vendors = new Set<string>();
  for (const { facts } of needs) {
    const { assignment } = facts;
    if (!assignment || assignment.status === 'canceled') continue;
    const done = lastDone(facts);
    if (done === null || done.on < assignment.assignedAt.slice(0, 10)) vendors.add(assignment.vendor);
  }
  return staleFrom(vendors, context.sources);
}
