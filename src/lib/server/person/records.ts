import { modules, type Module } from '#contracts/modules';
import type { RecordItem } from '#contracts/screens/person';
import type { AppliedEvent } from '#domain/records';
import { eventDetail, eventTitle, vendorName } from './event-words.ts';

/** What is on file per module: one line per test, order or document, with the last thing that happened to it and all before. */
export function toRecords(events: readonly AppliedEvent[]): { module: Module; items: RecordItem[] }[] {
  return modules.map((module) => {
    const own = events.filter(({ event }) => event.module === module);
    const bySubject = Map.groupBy(own, ({ event }) => event.subjectRef);
    const items = [...bySubject].map(([subjectRef, about]) => toItem(subjectRef, about));
    return { module, items: items.toSorted((one, other) => (one.lastAt < other.lastAt ? 1 : -1)) };
  });
}

function toItem(subjectRef: string, about: readonly AppliedEvent[]): RecordItem {
  const newest = about.at(-1);
  if (newest === undefined) throw new Error(`no event about ${subjectRef}`);
  const details = about.map(({ event }) => eventDetail(event)).filter(Boolean);
  const open = about.find(({ event, outcome }) => event.review !== null && outcome === 'review');
  return {
    subjectRef,
    title: details.at(-1) ?? eventTitle((about[0] ?? newest).event),
    state: eventTitle(newest.event),
    source: vendorName(newest.event.source.vendor),
    lastAt: newest.event.occurredAt,
    events: about.length,
    review: open?.outcomeReason ?? open?.event.review?.reason ?? null,
    history: about.toReversed().map(({ event, outcome, outcomeReason }) => ({
      id: event.id,
      at: event.occurredAt,
      title: eventTitle(event),
      detail: eventDetail(event),
      source: vendorName(event.source.vendor),
      review:
        outcome === 'review' || outcome === 'refused'
          ? (outcomeReason ?? event.review?.reason ?? null)
          : null,
    })),
  };
}
