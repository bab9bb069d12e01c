import type { ComplianceEvent } from '#contracts/compliance-event';
import type { DrugAlcoholPayload } from '#contracts/events/drug-alcohol';
import type { TestFact } from './record.ts';
import { onTest, type Move, type Trigger } from './test-events.ts';

type Channel = DrugAlcoholPayload<'test.mro_negative'>['channel'];

/**
 * A DOT drug result counts only from the MRO (40.97(c), 40.163); a breath result of 0.02 or more only from the
 * BAT, not through a C/TPA (40.255(a)(5)). A company test may come from the laboratory.
 */
function wrongChannel(channel: Channel, fact: TestFact): { review: string } | null {
  if (fact.descriptor?.dot === false && channel !== 'unknown') return null;
  return channel === 'mro' ? null : { review: `a DOT result from ${channel} and not from the MRO` };
}

const simple = (trigger: Trigger | null, patch: (event: ComplianceEvent) => Partial<TestFact>) =>
  ((_payload: unknown, event: ComplianceEvent): Move => ({ trigger, patch: patch(event) })) as () => Move;

function reported(
  trigger: Trigger,
  channel: Channel,
  fact: TestFact,
  event: ComplianceEvent,
  facts: Partial<TestFact>,
): Move | { review: string } {
  const wrong = wrongChannel(channel, fact);
  return wrong ?? { trigger, patch: { resultAt: event.occurredAt, channel, ...facts } };
}

/** Result fields after a correction: the earlier result's details no longer hold. */
const corrected = (event: ComplianceEvent): Partial<TestFact> => ({
  resultAt: event.occurredAt,
  channel: 'mro',
  recollectDirected: false,
  cancelCause: null,
  cancelledAt: null,
});

export const testHandlers = {
  'test.ordered': onTest<'test.ordered'>((payload, event) => ({
    trigger: null,
    patch: {
      orderedAt: event.occurredAt,
      recollectionOf: payload.recollectionOf,
      ...(payload.observed ? { observed: true } : {}),
    },
  })),
  'test.notified': onTest<'test.notified'>(simple(null, (event) => ({ notifiedAt: event.occurredAt }))),
  'test.scheduled': onTest<'test.scheduled'>((payload) => ({
    trigger: 'schedule',
    patch: { scheduledFor: payload.scheduledFor, reached: 'scheduled' },
  })),
  'test.no_show': onTest<'test.no_show'>(simple('no_show', (event) => ({ missedAt: event.occurredAt }))),
  'test.refusal_reported': onTest<'test.refusal_reported'>((payload, event) => ({
    trigger: 'report_refusal',
    patch: { refusalReportedAt: event.occurredAt, refusalGround: payload.ground },
  })),
  'test.insufficient': onTest<'test.insufficient'>(
    simple('insufficient', (event) => ({ insufficientAt: event.occurredAt })),
  ),
  'test.evaluation_received': onTest<'test.evaluation_received'>((payload) => ({
    trigger: null,
    patch: { evaluationExplained: payload.explained },
  })),
  'test.collected': onTest<'test.collected'>((payload, event) => ({
    trigger: 'collect',
    patch: {
      collectedAt: event.occurredAt,
      reached: 'collected',
      ...(payload.observed ? { observed: true } : {}),
    },
  })),
  'test.lab_received': onTest<'test.lab_received'>(simple('lab_in', () => ({ reached: 'at_lab' }))),
  'test.lab_reported': onTest<'test.lab_reported'>(simple('lab_out', () => ({ reached: 'with_mro' }))),
  'test.mro_negative': onTest<'test.mro_negative'>((payload, event, fact) =>
    reported('mro_negative', payload.channel, fact, event, {
      dilute: payload.dilute,
      recollectDirected: payload.recollectDirected,
    }),
  ),
  'test.mro_positive': onTest<'test.mro_positive'>((payload, event, fact) =>
    reported('mro_positive', payload.channel, fact, event, { dilute: payload.dilute }),
  ),
  'test.mro_refusal': onTest<'test.mro_refusal'>((payload, event, fact) =>
    reported('mro_refusal', payload.channel, fact, event, { refusalBy: 'mro' }),
  ),
  'test.mro_cancelled': onTest<'test.mro_cancelled'>((payload, event, fact) =>
    reported('mro_cancel', payload.channel, fact, event, {
      cancelCause: payload.cause,
      cancelledAt: event.occurredAt,
    }),
  ),
  'test.der_refusal': onTest<'test.der_refusal'>((payload, event) => ({
    trigger: 'der_refusal',
    patch: {
      resultAt: event.occurredAt,
      refusalBy: 'der',
      ...(payload.ground === null ? {} : { refusalGround: payload.ground }),
    },
  })),
  'test.der_excused': onTest<'test.der_excused'>(() => ({ trigger: 'der_excuse' })),
  'test.withdrawn': onTest<'test.withdrawn'>(() => ({ trigger: 'withdraw' })),
  'test.verified_result_cancelled': onTest<'test.verified_result_cancelled'>((payload, event) => ({
    trigger: 'cancel_verified',
    patch: { cancelCause: payload.cause, cancelledAt: event.occurredAt, resultAt: event.occurredAt },
    settles: true,
  })),
  'test.mro_corrected': onTest<'test.mro_corrected'>((payload, event) => ({
    trigger: payload.result === 'negative' ? 'correct_down' : 'correct_up',
    verified: payload.result,
    patch: {
      ...corrected(event),
      dilute: payload.dilute,
      refusalBy: payload.result === 'refusal' ? 'mro' : null,
    },
    settles: true,
  })),
  'test.cancellation_reversed': onTest<'test.cancellation_reversed'>((payload, event) => ({
    trigger: 'reverse_cancellation',
    verified: payload.result,
    patch: { ...corrected(event), refusalBy: payload.result === 'refusal' ? 'mro' : null },
    settles: true,
  })),
  'test.split_requested': onTest<'test.split_requested'>(
    simple(null, (event) => ({ splitRequestedAt: event.occurredAt })),
  ),
  'test.safety_letter_received': onTest<'test.safety_letter_received'>(
    simple(null, (event) => ({ safetyLetterAt: event.occurredAt })),
  ),
  'test.safety_letter_closed': onTest<'test.safety_letter_closed'>(
    simple(null, () => ({ safetyLetterAt: null })),
  ),
  'test.alcohol_screened': onTest<'test.alcohol_screened'>((payload, event) => {
    const through = payload.alc >= 0.02 ? throughConsortium(payload.channel) : null;
    if (through) return through;
    return payload.alc < 0.02
      ? { trigger: 'screen_below', patch: breath(payload.alc, event) }
      : { trigger: 'screen_above', patch: { screenedAt: event.occurredAt, reached: 'screened' } };
  }),
  'test.alcohol_confirmed': onTest<'test.alcohol_confirmed'>((payload, event) => {
    const through = payload.alc >= 0.02 ? throughConsortium(payload.channel) : null;
    if (through) return through;
    const trigger =
      payload.alc < 0.02 ? 'confirm_below' : payload.alc < 0.04 ? 'confirm_low' : 'confirm_high';
    return { trigger, patch: { ...breath(payload.alc, event), nextDutyAt: payload.nextDutyAt } };
  }),
  'test.word_unknown': onTest<'test.word_unknown'>((payload) => ({
    review: `${payload.field} "${payload.word}" has no agreed meaning`,
  })),
};

const breath = (alc: number, event: ComplianceEvent): Partial<TestFact> => ({
  alc,
  channel: 'bat',
  collectedAt: event.occurredAt,
  resultAt: event.occurredAt,
});

const throughConsortium = (channel: Channel): { review: string } | null =>
  channel === 'ctpa' || channel === 'unknown'
    ? { review: `a breath result of 0.02 or more from ${channel} and not from the BAT` }
    : null;
