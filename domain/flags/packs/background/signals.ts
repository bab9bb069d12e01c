import type { BackgroundRecord, OrderFact } from '#domain/background';
import { emptyRecord } from '#domain/background';
import type { EpochMs } from '#contracts/time';
import {
  addBusinessDays,
  addDays,
  atHour,
  businessDaysClose,
  dateAt,
  dueAfterMonths,
  validThrough,
} from '../../calendar.ts';
import { fact } from '../../pack.ts';
import type { Derived, Fact, SignalContext, SignalDeclarations, SignalValues } from '../../pack.ts';
import { staleFrom } from '../../sources.ts';

export const declarations: SignalDeclarations = {
  required: { kind: 'yes_no', title: 'Background check required' },
  anyOrder: { kind: 'yes_no', title: 'A report was ordered in this period' },
  standaloneDisclosure: { kind: 'yes_no', title: 'Stand-alone disclosure given' },
  authorised: { kind: 'yes_no', title: 'Authorisation on file' },
  clearedAt: { kind: 'instant', title: 'Last clear or approved report' },
  recheckDueAt: { kind: 'last_day', title: 'Recheck by' },
  strayReview: { kind: 'word', title: 'Not understood' },
  order: { kind: 'word', title: 'Order' },
  orderState: { kind: 'word', title: 'State of the report' },
  result: { kind: 'word', title: 'Result' },
  decidedAt: { kind: 'instant', title: 'Decided' },
  condition: { kind: 'word', title: 'Condition' },
  truckingActionAt: { kind: 'instant', title: 'Adverse action, trucking' },
  truckingNoticeBy: { kind: 'instant', title: 'Notice by' },
  preSentAt: { kind: 'instant', title: 'Pre-adverse notice sent' },
  waitFrom: { kind: 'instant', title: 'Wait runs from' },
  waitEndsAt: { kind: 'instant', title: 'Wait ends' },
  undeliveredAt: { kind: 'instant', title: 'Notice not delivered' },
  disputedAt: { kind: 'instant', title: 'Dispute opened' },
  chaseAt: { kind: 'instant', title: 'Answer of the agency by' },
  reopenedFor: { kind: 'word', title: 'Reopened; the earlier decision held' },
  unclearWhy: { kind: 'word', title: 'What is unclear' },
  paused: { kind: 'yes_no', title: 'Paused by the vendor' },
  silentFrom: { kind: 'instant', title: 'Counts as silent from' },
  silentWith: { kind: 'word', title: 'Source' },
};

type Context = SignalContext<BackgroundRecord>;

/** Signals of the background rules: the clocks of 15 USC 1681b and 1681i. */
export function derive(context: Context): Derived {
  const record = context.record ?? emptyRecord();
  const sinceMs = periodStart(context);
  const orders = Object.values(record.orders)
    .filter((order) => Date.parse(order.orderedAt) >= sinceMs)
    .toSorted((a, b) => a.orderedAt.localeCompare(b.orderedAt));
  const open = orders.filter((order, index) => !overtaken(order, orders.slice(index + 1)));
  return {
    signals: {
      required: context.person.requirements.background !== undefined,
      anyOrder: fact(
        orders.some((order) => order.state !== 'draft'),
        orders.flatMap((order) => order.eventIds.slice(0, 1)),
      ),
      standaloneDisclosure: fact(
        record.disclosure?.standalone ?? false,
        record.disclosure ? [record.disclosure.eventId] : [],
      ),
      authorised: fact(
        record.authorisation !== null,
        record.authorisation ? [record.authorisation.eventId] : [],
      ),
      ...recheckSignals(orders, context),
      strayReview: strayReview(record),
    },
    scopes: { order: open.map((order) => orderSignals(order, record, context)) },
  };
}

/** End of the employment period before the present one: a rehired person begins anew. */
function periodStart({ person, atMs }: Context): EpochMs {
  const ended = person.periods
    .map((period) => (period.to === null ? null : validThrough(period.to, person.zone)))
    .filter((end) => end !== null && end <= atMs);
  return ended.at(-1) ?? -Infinity;
}

/** Something not understood that belongs to no order on record. */
function strayReview(record: BackgroundRecord): Fact {
  const stray = record.reviews.filter((review) => record.orders[review.subjectRef] === undefined);
  return fact(
    stray[0]?.reason ?? null,
    stray.map((review) => review.eventId),
  );
}

const finished: readonly OrderFact['state'][] = ['clear', 'approved', 'conditional'];
const unfinished: readonly OrderFact['state'][] = ['draft', 'pending', 'suspended', 'unclear', 'cancelled'];

/** An unfinished order is overtaken by any later one, a finished or decided one by a later finished one. */
function overtaken(order: OrderFact, later: readonly OrderFact[]): boolean {
  if (order.state === 'draft') return true;
  if (unfinished.includes(order.state)) return later.some(({ state }) => state !== 'draft');
  return later.some(({ state }) => finished.includes(state));
}

function recheckSignals(orders: readonly OrderFact[], { person }: Context): SignalValues {
  const cleared = orders.findLast((order) => finished.includes(order.state) && order.completedAt !== null);
  const months = person.requirements.background?.recheckMonths ?? null;
  if (!cleared?.completedAt) return {};
  const clearedMs = Date.parse(cleared.completedAt);
  return {
    clearedAt: field(cleared, 'completedAt', clearedMs),
    recheckDueAt:
      months === null ? null : dueAfterMonths(dateAt(clearedMs, person.zone), months, person.zone),
  };
}

function field(order: OrderFact, name: keyof OrderFact, value: Fact['value']): Fact {
  const eventId = order.by[name];
  return fact(value, eventId === undefined ? [] : [eventId]);
}

const ms = (instant: string | null): EpochMs | null => (instant === null ? null : Date.parse(instant));

function orderSignals(order: OrderFact, record: BackgroundRecord, context: Context): SignalValues {
  const { zone } = context.person;
  const actionMs = ms(order.truckingActionAt);
  const waitMs = ms(order.preDeliveredAt ?? order.preSentAt);
  const waitDays = context.parameter('BG03', 'waitBusinessDays');
  return {
    order: order.package ?? order.subjectRef,
    orderState: field(order, 'state', order.state),
    result: field(order, 'result', order.result),
    decidedAt: field(order, 'decidedAt', ms(order.decidedAt)),
    condition: field(order, 'condition', order.condition),
    truckingActionAt: field(order, 'truckingActionAt', actionMs),
    truckingNoticeBy:
      actionMs === null ? null : businessDaysClose(actionMs, context.parameter('BG02', 'businessDays'), zone),
    preSentAt: field(order, 'preSentAt', ms(order.preSentAt)),
    waitFrom: field(order, order.preDeliveredAt ? 'preDeliveredAt' : 'preSentAt', waitMs),
    waitEndsAt: waitMs === null ? null : businessDaysClose(waitMs, waitDays, zone),
    undeliveredAt: field(order, 'undeliveredAt', ms(order.undeliveredAt)),
    ...disputeSignals(order, context),
    ...doubtSignals(order, record),
    silentFrom: silentFrom(order, context),
    silentWith: order.vendors.join(', '),
  };
}

/** 15 USC 1681i(a)(1): 30 days from the agency's receipt of the dispute, 15 more on new facts from the consumer. */
function disputeSignals(order: OrderFact, context: Context): SignalValues {
  const { zone } = context.person;
  const receivedMs = ms(order.disputeReceivedAt ?? order.disputedAt);
  const days =
    context.parameter('BG05', 'agencyDays') +
    (order.disputeNewFacts ? context.parameter('BG05', 'newFactsDays') : 0);
  return {
    disputedAt: field(order, 'disputedAt', ms(order.disputedAt)),
    chaseAt: receivedMs === null ? null : atHour(addDays(dateAt(receivedMs, zone), days), 17, zone),
  };
}

/** What waits for a person: an unclear result, a clear with a canceled search, a claim without its notices. */
function doubtSignals(order: OrderFact, record: BackgroundRecord): SignalValues {
  const reviews = record.reviews.filter((review) => review.subjectRef === order.subjectRef);
  const reopened = reviews.find((review) => review.eventId === order.reopened?.eventId);
  const other = reviews.find((review) => review !== reopened);
  const paused = order.state === 'suspended' && order.suspendedWord === 'paused';
  const why = other?.reason ?? stateDoubt(order.state, paused);
  const eventIds = other ? [other.eventId] : order.by.state ? [order.by.state] : [];
  return {
    unclearWhy: fact(why ?? null, why === undefined ? [] : eventIds),
    paused: field(order, 'suspendedWord', paused),
    reopenedFor: reopened && order.reopened ? fact(order.reopened.held, [order.reopened.eventId]) : null,
  };
}

function stateDoubt(state: OrderFact['state'], paused: boolean): string | undefined {
  if (state === 'unclear') return 'the report is complete without a result';
  return paused ? 'paused by the vendor' : undefined;
}

/** Instant at which an open order counts as forgotten: 17:00 of business day 10, or its vendor is silent or failing. */
function silentFrom(order: OrderFact, context: Context): EpochMs | null {
  if (order.state !== 'pending' && order.state !== 'suspended') return null;
  const { zone } = context.person;
  const lastDay = addBusinessDays(
    dateAt(Date.parse(order.lastEventAt), zone),
    context.parameter('BG13', 'businessDays'),
  );
  const ownMs = atHour(lastDay, 17, zone);
  const vendorMs = staleFrom(order.vendors, context.sources);
  return vendorMs === null ? ownMs : Math.min(ownMs, vendorMs);
}
