import type { Review } from '#contracts/compliance-event';
import { givenRef, make, ref, subjectOf, type DraftFrame } from '../../draft.ts';
import { toInstant } from '../../formats/instants.ts';
import { wordOf } from '../../formats/schema.ts';
import type { Outcome, Subject } from '../../source.ts';
import type { CheckrEvent, Report } from './messages.ts';

/** What a report says of itself. The PAIR (status, result) decides; older accounts put the result into `status`. */
type Verdict =
  'pending' | 'clear' | 'consider' | 'suspended' | 'disputed' | 'cancelled' | { unknown: string };

/** Reads the pair. Anything that is not plainly one of the documented pairs is unknown, never clear. */
function verdictOf(status: string | null, result: string | null): Verdict {
  const pair = { unknown: `${status ?? 'null'} / ${result ?? 'null'}` };
  switch (status) {
    case 'complete':
    case 'completed':
      return result === 'clear' || result === 'consider' ? result : pair;
    case 'clear':
    case 'consider':
      return result === null || result === status ? status : pair;
    case 'pending':
      return result === null ? 'pending' : pair;
    case 'suspended':
    case 'paused':
      return 'suspended';
    case 'dispute':
    case 'disputed':
      return 'disputed';
    case 'canceled':
    case 'cancelled':
      return 'cancelled';
    default:
      return pair;
  }
}

/**
 * The person behind a report: by the report if it was seen before, else by the candidate. A report with findings is
 * remembered, because notices of adverse action name the report alone.
 */
export function reportSubject(
  report: { id: string; candidate_id?: string | null | undefined },
  remember = true,
): Subject {
  const own = remember ? ref('checkr.report', report.id) : givenRef('checkr.report', report.id);
  return subjectOf({ refs: [own, ref('checkr.candidate', report.candidate_id)] });
}

function hasFindings(report: Report): boolean {
  const clean = ['clear', 'pending'];
  const verdict = verdictOf(wordOf(report.status), wordOf(report.result));
  return Boolean(report.adjudication) || typeof verdict === 'object' || !clean.includes(verdict);
}

interface Moment {
  readonly event: CheckrEvent;
  readonly report: Report;
  readonly sentAt: string;
}

/** All drafts of one report event. */
export function reportOutcomes(event: CheckrEvent, report: Report): Outcome[] {
  const sentAt = toInstant(event.created_at) ?? event.created_at;
  const moment = { event, report, sentAt };
  return [...placed(moment), ...ofType(moment), ...adjudicationOf(moment)];
}

/**
 * That a report was ordered: told while it is open, and by every event of a report that nobody ordered by hand (its
 * creation may never be announced). One key for all of them, so it takes effect once.
 */
function placed({ event, report, sentAt }: Moment): Outcome[] {
  const word = wordOf(report.source);
  const source = word === 'continuous_check' ? 'continuous' : word === 'recurrence' ? 'recheck' : 'order';
  const open = event.type === 'report.created' || wordOf(report.status) === 'pending';
  if (!open && source === 'order') return [];
  return [
    make.background(
      'order.placed',
      {
        package: typeof report.package === 'string' ? report.package : (report.package?.slug ?? null),
        source,
      },
      {
        ...frame({ event, report, sentAt }, 'placed'),
        occurredAt: earlier(toInstant(report.created_at), sentAt),
        version: 0,
        dedupeKey: `report:${report.id}:placed`,
      },
    ),
  ];
}

function ofType(moment: Moment): Outcome[] {
  const verdict = verdictOf(wordOf(moment.report.status), wordOf(moment.report.result));
  switch (moment.event.type) {
    case 'report.suspended':
      return verdict === 'clear' || verdict === 'consider' ? ofVerdict(moment, verdict) : [suspended(moment)];
    case 'report.resumed':
      return verdict === 'pending'
        ? [make.background('order.resumed', {}, frame(moment, 'resumed'))]
        : ofVerdict(moment, verdict);
    case 'report.canceled':
      return [cancelled(moment)];
    case 'report.disputed':
      return [make.background('dispute.opened', {}, frame(moment, 'disputed'))];
    case 'report.engaged':
    case 'report.pre_adverse_action':
    case 'report.post_adverse_action':
      return ofVerdict(moment, verdict);
    case 'report.upgraded':
      // Searches were added to a finished report: until they are back it says less than it seems to.
      return verdict === 'pending' ? [revised(moment, 'unknown', moment.sentAt)] : ofVerdict(moment, verdict);
    default:
      return ofVerdict(moment, verdict);
  }
}

function ofVerdict(moment: Moment, verdict: Verdict): Outcome[] {
  if (typeof verdict === 'object') return [unclear(moment, 'status / result', verdict.unknown)];
  const includesCanceled = moment.report.includes_canceled ?? false;
  switch (verdict) {
    case 'pending':
      return [];
    case 'clear':
    case 'consider': {
      const revisedAt = toInstant(moment.report.revised_at);
      if (revisedAt) return [revised(moment, verdict, earlier(revisedAt, moment.sentAt))];
      const type = verdict === 'clear' ? 'report.cleared' : 'report.considered';
      const occurredAt = earlier(toInstant(moment.report.completed_at), moment.sentAt);
      return [make.background(type, { includesCanceled }, { ...frame(moment, 'result'), occurredAt })];
    }
    case 'suspended':
      return [suspended(moment)];
    case 'disputed':
      return [make.background('dispute.opened', {}, frame(moment, 'disputed'))];
    case 'cancelled':
      return [cancelled(moment)];
  }
}

function revised(moment: Moment, result: 'clear' | 'consider' | 'unknown', occurredAt: string): Outcome {
  const includesCanceled = moment.report.includes_canceled ?? false;
  return make.background(
    'report.revised',
    { result, includesCanceled },
    { ...frame(moment, 'result'), occurredAt },
  );
}

function suspended(moment: Moment): Outcome {
  const word = wordOf(moment.report.status) === 'paused' ? 'paused' : 'suspended';
  return make.background('order.suspended', { word }, frame(moment, 'suspended'));
}

function cancelled(moment: Moment): Outcome {
  return make.background('order.cancelled', { word: 'canceled' }, frame(moment, 'cancelled'));
}

/**
 * The vendor's own adjudication word, as an event with only what it claims. A webhook does not show that the copy of
 * the report and the summary of rights went out with a notice, so neither is claimed (15 USC 1681b(b)(3)(A)).
 */
function adjudicationOf(moment: Moment): Outcome[] {
  const typeWord = moment.event.type.slice('report.'.length);
  const fromType = ['engaged', 'pre_adverse_action', 'post_adverse_action'].includes(typeWord)
    ? typeWord
    : null;
  const word = fromType ?? wordOf(moment.report.adjudication);
  const at = { ...frame(moment, 'adjudication'), version: 2 };
  switch (word) {
    case null:
      return [];
    case 'engaged':
      // A clear report needs no approval; saying it again would only be refused.
      if (verdictOf(wordOf(moment.report.status), wordOf(moment.report.result)) === 'clear') return [];
      return [make.background('adjudication.approved', { reason: 'Checkr: engaged' }, at)];
    case 'pre_adverse_action':
      return [make.background('adverse.pre_notice_sent', { copy: false, rights: false }, at)];
    case 'post_adverse_action':
      return [make.background('adverse.final_decided', {}, at)];
    default:
      return [unclear(moment, 'adjudication', word, 'adjudication')];
  }
}

function unclear(moment: Moment, field: string, value: string, part = 'result'): Outcome {
  const review: Review = { field, value, reason: `Checkr report ${field} has no agreed meaning` };
  const place = { ...frame(moment, part), version: part === 'adjudication' ? 2 : 1, review };
  return make.background('report.unclear', { word: value }, place);
}

function frame({ event, report, sentAt }: Moment, part: string): DraftFrame {
  return {
    subjectRef: `checkr:${report.id}`,
    occurredAt: sentAt,
    // Checkr numbers no revisions; this orders the facts of one second: ordered, then judged, then adjudicated.
    version: 1,
    dedupeKey: `${event.id}:${event.type}:${part}`,
    subject: reportSubject(report, hasFindings(report)),
  };
}

/** A part's own instant, unless it lies after the message that carries it. */
function earlier(own: string | null, sentAt: string): string {
  return own && Date.parse(own) <= Date.parse(sentAt) ? own : sentAt;
}
