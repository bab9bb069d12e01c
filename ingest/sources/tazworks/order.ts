import * as z from 'zod';
import type { Review } from '#contracts/compliance-event';
import { make, givenRef, ref, subjectOf, type DraftFrame } from '../../draft.ts';
import { toDate, toInstant } from '../../formats/instants.ts';
import { wordOf } from '../../formats/schema.ts';
import type { ExternalRef, NormaliseContext, Outcome, Subject } from '../../source.ts';
import type { TazPackage } from './messages.ts';

/** An order as the API answers it. */
export const orderSchema = z.object({
  orderGuid: z.string().min(1),
  orderStatus: z.string().nullish(),
  searchFlagged: z.boolean().nullish(),
  orderedDate: z.union([z.number(), z.string()]).nullish(),
  completedDate: z.union([z.number(), z.string()]).nullish(),
  modifiedDate: z.union([z.number(), z.string()]).nullish(),
  externalIdentifier: z.union([z.string(), z.int()]).nullish(),
  /** `LAST, FIRST M.` */
  applicantName: z.string().nullish(),
  applicantEmail: z.string().nullish(),
  applicantDateOfBirth: z.string().nullish(),
  applicantGuid: z.string().nullish(),
  productName: z.string().nullish(),
});
export type TazOrder = z.infer<typeof orderSchema>;

const complete = new Set(['complete', 'completed', 'ready']);
const cancelled = new Set(['canceled', 'cancelled']);
/** Somebody still works on it: applicant, vendor or quality control. */
const open = new Set([
  'pending',
  'app_pending',
  'applicant_pending',
  'app_ready',
  'applicant_ready',
  'new',
  'draft',
  'partial',
  'pre_pull',
  'pending_review',
  'qa_review',
  'dispatched_qc',
]);

/** The facts of one order that both of the vendor's formats tell. */
interface OrderState {
  readonly subjectRef: string;
  readonly subject: Subject;
  readonly status: string | null;
  /** Something was found; null = the message does not say. */
  readonly flagged: boolean | null;
  readonly package: string | null;
  readonly orderedAt: string;
  readonly changedAt: string;
  /** Ends the dedupe key of the state, so that the same state told again is the same fact. */
  readonly stateKey: string;
  readonly note: string | null;
}

function stateOutcomes(state: OrderState): Outcome[] {
  const placed = make.background(
    'order.placed',
    { package: state.package, source: 'order' },
    { ...frame(state), version: 0, occurredAt: state.orderedAt, dedupeKey: `${state.subjectRef}:placed` },
  );
  const word = wordOf(state.status?.replace(/^x:/i, ''));
  if (word !== null && open.has(word)) return [placed];
  if (word !== null && cancelled.has(word)) {
    return [make.background('order.cancelled', { word: 'canceled' }, frame(state))];
  }
  if (word !== null && complete.has(word) && state.flagged !== null) {
    const type = state.flagged ? 'report.considered' : 'report.cleared';
    return [make.background(type, {}, frame(state))];
  }
  const said = word !== null && complete.has(word) ? `${word}, without a flag` : (state.status ?? 'none');
  const value = state.note ? `${said} (${state.note})` : said;
  const review: Review = {
    field: 'order status',
    value,
    reason: 'TazWorks order status that decides nothing by itself',
  };
  return [make.background('report.unclear', { word: value }, { ...frame(state), review })];
}

function frame(state: OrderState): DraftFrame {
  return {
    subjectRef: state.subjectRef,
    occurredAt: state.changedAt,
    version: 1,
    dedupeKey: `${state.subjectRef}:${state.stateKey}`,
    subject: state.subject,
  };
}

/** From the API's order, read after a webhook of `sentAt`. */
export function orderOutcomes(order: TazOrder, sentAt: string, context: NormaliseContext): Outcome[] {
  const changedAt = toInstant(order.completedDate) ?? toInstant(order.modifiedDate) ?? sentAt;
  return stateOutcomes({
    subjectRef: `tazworks:${order.orderGuid}`,
    subject: orderSubject(order, context),
    status: order.orderStatus ?? null,
    flagged: order.searchFlagged ?? null,
    package: order.productName ?? null,
    orderedAt: toInstant(order.orderedDate) ?? sentAt,
    changedAt,
    stateKey: `${wordOf(order.orderStatus)}:${order.searchFlagged ?? null}:${changedAt}`,
    note: null,
  });
}

function orderSubject(order: TazOrder, context: NormaliseContext): Subject {
  const [last, first] = (order.applicantName ?? '').split(',', 2);
  return subjectOf({
    refs: [
      ref('tazworks.order', order.orderGuid),
      ref('tazworks.applicant', order.applicantGuid),
      ...externalRefs(order.externalIdentifier, context),
    ],
    email: order.applicantEmail,
    firstName: first?.replace(/\s{1,20}\S\.?\s{0,20}$/, ''),
    lastName: last,
    birthDate: toDate(order.applicantDateOfBirth),
  });
}

/** From the older XML postback, which carries no times of its own. */
export function packageOutcomes(item: TazPackage, context: NormaliseContext): Outcome[] {
  const flag = item.flag?.trim().toUpperCase();
  const id = item.orderId ? `tazworks:file:${item.orderId}` : `tazworks:reference:${item.referenceId}`;
  return stateOutcomes({
    subjectRef: id,
    subject: subjectOf({
      refs: [ref('tazworks.file', item.orderId), ...externalRefs(item.referenceId, context)],
      email: item.email,
      firstName: item.firstName,
      lastName: item.lastName,
      birthDate: toDate(item.birthDate),
    }),
    status: item.status,
    flagged: flag === 'TRUE' ? true : flag === 'FALSE' ? false : null,
    package: null,
    orderedAt: context.receivedAt,
    changedAt: context.receivedAt,
    stateKey: `postback:${wordOf(item.status)}:${flag ?? ''}`,
    note: item.error,
  });
}

/**
 * The identifier that we gave with the order. Whether it names the employee or the order is the tenant's choice:
 * setting `externalIdentifier` = `employee`; left out, it is never taken for an employee number.
 */
export function externalRefs(value: unknown, context: NormaliseContext): (ExternalRef | null)[] {
  const own = givenRef('tazworks.external_identifier', value);
  return context.settings['externalIdentifier'] === 'employee'
    ? [own, givenRef('employee.external_id', value)]
    : [own];
}
