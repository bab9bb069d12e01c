import type { ComplianceEvent } from '#contracts/compliance-event';
import type { BackgroundPayload } from '#contracts/events/background';
import type { Applied } from '#domain/folding';
import { onOrder, type Move } from './order-events.ts';
import type { BackgroundRecord, OrderFact } from './record.ts';

const searchMissing = 'clear, but a search of the report was canceled';

function reported(result: 'clear' | 'consider', includesCanceled: boolean, event: ComplianceEvent): Move {
  return {
    trigger: result,
    patch: { result, includesCanceled, completedAt: event.occurredAt },
    ...(result === 'clear' && includesCanceled ? { asks: searchMissing } : {}),
  };
}

/** A notice without copy or rights is no pre-adverse notice (1681b(b)(3)(A)); one after a failed delivery waits anew. */
function preNotice(
  payload: BackgroundPayload<'adverse.pre_notice_sent'>,
  event: ComplianceEvent,
  fact: OrderFact,
): Move | { review: string } {
  // A vendor that only says "pre-adverse" repeats what is on file here.
  if (fact.preSentAt !== null && !payload.copy && !payload.rights) return { trigger: null };
  if (!payload.copy || !payload.rights) {
    return { review: 'a pre-adverse notice without the copy of the report and the summary of rights' };
  }
  return {
    trigger: 'pre_notice',
    always: fact.state === 'pre_adverse' && fact.undeliveredAt !== null,
    patch: {
      preSentAt: event.occurredAt,
      preDeliveredAt: null,
      undeliveredAt: null,
      decidedAt: event.occurredAt,
    },
  };
}

const decide = onOrder<'adverse.final_decided'>((payload, event) => ({
  trigger: 'final',
  patch: { decidedAt: event.occurredAt, finalNoticeAt: payload.noticeAt },
}));
const endWait = onOrder<'adverse.wait_ended'>(() => ({ trigger: 'wait_ended' }));

/** Five business days are never fewer than seven days: a vendor that waited so long has counted its wait out. */
const vendorWaitMs = 7 * 86_400_000;

function waited(
  payload: BackgroundPayload<'adverse.final_decided'>,
  event: ComplianceEvent,
  fact: OrderFact,
) {
  if (payload.waitEndedAt !== null) return payload.waitEndedAt <= event.occurredAt;
  const sinceMs = Date.parse(fact.preDeliveredAt ?? fact.preSentAt ?? event.occurredAt);
  return event.source.vendor !== 'app' && Date.parse(event.occurredAt) - sinceMs >= vendorWaitMs;
}

/** Whoever ran the wait says that it is over: it ends first, then the decision is judged. */
function decideFinally(
  record: BackgroundRecord,
  payload: BackgroundPayload<'adverse.final_decided'>,
  event: ComplianceEvent,
): Applied<BackgroundRecord> {
  const fact = record.orders[event.subjectRef];
  const sent = fact?.state === 'pre_adverse' && fact.undeliveredAt === null;
  const before = sent && waited(payload, event, fact) ? endWait(record, {}, event).record : record;
  return decide(before, payload, event);
}

/** Waiting anew after a dispute: the clock runs from its end. */
const closeDispute = onOrder<'dispute.closed'>((_payload, event, fact) => ({
  trigger: 'close_dispute',
  patch: {
    disputedAt: null,
    disputeReceivedAt: null,
    disputeNewFacts: false,
    ...(fact.state === 'dispute' && fact.preSentAt !== null
      ? { preSentAt: event.occurredAt, preDeliveredAt: event.occurredAt }
      : {}),
  },
}));

const firstResult = { clear: 'clear', consider: 'consider' } as const;

export const orderHandlers = {
  'order.placed': onOrder<'order.placed'>((payload, event) => {
    const { trucking } = payload;
    return {
      trigger: 'order',
      // The vendor's own word for an order that another of its messages began.
      always: event.source.vendor !== 'app',
      patch: {
        package: payload.package,
        source: payload.source,
        orderedAt: event.occurredAt,
        truckingApplicant: Boolean(
          trucking?.applicant && trucking.position31502 && trucking.remoteContactOnly,
        ),
      },
    };
  }),
  'order.suspended': onOrder<'order.suspended'>((payload) => ({
    trigger: 'suspend',
    patch: { suspendedWord: payload.word },
  })),
  'order.resumed': onOrder<'order.resumed'>(() => ({ trigger: 'resume', patch: { suspendedWord: null } })),
  'order.cancelled': onOrder<'order.cancelled'>((payload) => ({
    trigger: 'cancel',
    patch: { suspendedWord: payload.word },
  })),
  'report.cleared': onOrder<'report.cleared'>((payload, event) =>
    reported('clear', payload.includesCanceled, event),
  ),
  'report.considered': onOrder<'report.considered'>((payload, event) =>
    reported('consider', payload.includesCanceled, event),
  ),
  'report.unclear': onOrder<'report.unclear'>(() => ({ trigger: 'unclear', patch: { result: 'unknown' } })),
  'report.revised': onOrder<'report.revised'>((payload, event, fact) => ({
    // The first result that is seen of a report, although the agency had revised it before.
    trigger: fact.result === null && payload.result !== 'unknown' ? firstResult[payload.result] : 'revise',
    patch: {
      result: payload.result,
      includesCanceled: payload.includesCanceled,
      revisedAt: event.occurredAt,
      completedAt: event.occurredAt,
    },
    ...(payload.result === 'clear' && payload.includesCanceled ? { asks: searchMissing } : {}),
  })),
  'adjudication.approved': onOrder<'adjudication.approved'>((_payload, event) => ({
    trigger: 'approve',
    patch: { decidedAt: event.occurredAt, condition: null },
  })),
  'adjudication.conditional': onOrder<'adjudication.conditional'>((payload, event) => ({
    trigger: 'condition',
    patch: { decidedAt: event.occurredAt, condition: payload.condition },
  })),
  'adverse.pre_notice_sent': onOrder<'adverse.pre_notice_sent'>(preNotice),
  'adverse.pre_notice_delivered': onOrder<'adverse.pre_notice_delivered'>((_payload, event, fact) =>
    fact.preSentAt === null
      ? { review: 'delivery of a notice that is not on file' }
      : { trigger: null, patch: { preDeliveredAt: event.occurredAt, undeliveredAt: null } },
  ),
  'adverse.notice_undelivered': onOrder<'adverse.notice_undelivered'>((_payload, event) => ({
    trigger: 'undelivered',
    patch: { undeliveredAt: event.occurredAt, preDeliveredAt: null },
  })),
  'adverse.wait_ended': endWait,
  'adverse.final_decided': decideFinally,
  'adverse.trucking_action_taken': onOrder<'adverse.trucking_action_taken'>((_payload, event) => ({
    trigger: 'trucking_action',
    patch: { truckingActionAt: event.occurredAt, decidedAt: event.occurredAt },
  })),
  'adverse.trucking_notice_sent': onOrder<'adverse.trucking_notice_sent'>((_payload, event) => ({
    trigger: 'trucking_notice',
    patch: { truckingNoticeAt: event.occurredAt },
  })),
  'dispute.opened': onOrder<'dispute.opened'>((payload, event) => ({
    trigger: 'open_dispute',
    patch: {
      disputedAt: event.occurredAt,
      disputeReceivedAt: payload.agencyReceivedAt,
      disputeNewFacts: payload.newFacts,
    },
  })),
  'dispute.closed': closeDispute,
};
