import { createHash } from 'node:crypto';
import type { Review } from '#contracts/compliance-event';
import { reportChannelSchema } from '#contracts/events/drug-alcohol';
import { make, givenRef, ref, subjectOf, type DraftFrame } from '../../draft.ts';
import { toDate } from '../../formats/instants.ts';
import { lettersOf, wordOf } from '../../formats/schema.ts';
import type { NormaliseContext, Outcome } from '../../source.ts';
import type { QuestItem } from './messages.ts';

/**
 * One message is about one order and one kind of screen. Words that are not listed here, and listed words that decide
 * nothing (SUSPENDED, PARTIAL, COMPLETE), go to a person: the vendor's list is open-ended.
 */
export function itemOutcomes(item: QuestItem, context: NormaliseContext): Outcome[] {
  const screen = wordOf(item.screenType);
  if (screen === 'physical') return [physical(item, context)];
  if (screen === 'drug' || screen === 'alcohol') {
    return item.kind === 'status' ? status(item, screen, context) : [result(item, screen, context)];
  }
  const said = item.screenType ?? 'none';
  return [
    unknown(item, 'drug', context, {
      field: 'ScreenType',
      value: said,
      reason: 'Quest screen type not understood',
    }),
  ];
}

/** Steps on the way. Higher = later in the life of a test, which orders steps of the same second. */
function status(item: QuestItem, screen: 'drug' | 'alcohol', context: NormaliseContext): Outcome[] {
  const at = (version: number) => ({ ...frame(item, screen, context), version });
  switch (lettersOf(item.word)) {
    case 'siteselected':
      return [make.drugAlcohol('test.scheduled', {}, at(1))];
    case 'collected':
      return [make.drugAlcohol('test.collected', {}, collectedFrame(item, screen, context))];
    case 'atlab':
      return [make.drugAlcohol('test.lab_received', {}, at(3))];
    case 'pendingmro':
      return [make.drugAlcohol('test.lab_reported', {}, at(4))];
    default:
      return [unknown(item, screen, context, unknownWord('OrderStatusID', item.word))];
  }
}

function result(item: QuestItem, screen: 'drug' | 'alcohol', context: NormaliseContext): Outcome {
  const at = { ...frame(item, screen, context), version: 5 };
  const word = lettersOf(item.word);
  if (word === 'noshowexpired' || word === 'noshow') return make.drugAlcohol('test.no_show', {}, at);
  if (word === 'donorrefused') return make.drugAlcohol('test.refusal_reported', {}, at);
  if (screen === 'alcohol') {
    // A breath test is judged by its level, which this message does not carry.
    const reason = 'An alcohol result without a level: enter the level from the breath alcohol form';
    return unknown(item, screen, context, { field: 'OrderResultID', value: item.word, reason });
  }
  const channel = reportChannelSchema.catch('unknown').parse(context.settings['channel']);
  switch (word) {
    case 'negative':
      return make.drugAlcohol('test.mro_negative', { channel }, at);
    case 'positive':
      return make.drugAlcohol('test.mro_positive', { channel }, at);
    case 'positivedilute':
      return make.drugAlcohol('test.mro_positive', { channel, dilute: true }, at);
    case 'cancelled':
    case 'canceled':
      return make.drugAlcohol('test.mro_cancelled', { channel, cause: 'other' }, at);
    default:
      return unknown(item, screen, context, unknownWord('OrderResultID', item.word));
  }
}

/** No public text lists the result words of a physical, so only "examined" is taken from it. */
function physical(item: QuestItem, context: NormaliseContext): Outcome {
  const at = frame(item, 'physical', context);
  const word = lettersOf(item.word);
  if (item.kind === 'status' && word === 'siteselected') {
    return make.health('exam.scheduled', { program: 'general', scheduledOn: at.occurredAt.slice(0, 10) }, at);
  }
  if (word === 'cancelled' || word === 'canceled') {
    return make.health('exam.canceled', { program: 'general', reason: item.word }, { ...at, version: 5 });
  }
  const examined = toDate(item.collectedAt) ?? at.occurredAt.slice(0, 10);
  const waiting = item.kind === 'status' && word === 'collected';
  const payload = { program: 'general' as const, examOn: examined, restrictions: [], nextBy: null };
  if (waiting)
    return make.health('exam.completed', { ...payload, outcome: 'pending' }, { ...at, version: 2 });
  const field = item.kind === 'status' ? 'OrderStatusID' : 'OrderResultID';
  const review = unknownWord(field, item.word);
  return make.health('exam.completed', { ...payload, outcome: 'unknown' }, { ...at, version: 5, review });
}

function unknown(item: QuestItem, screen: string, context: NormaliseContext, review: Review): Outcome {
  const payload = { field: review.field, word: review.value };
  const version = item.kind === 'result' ? 5 : 4;
  return make.drugAlcohol('test.word_unknown', payload, { ...frame(item, screen, context), version, review });
}

function unknownWord(field: string, value: string): Review {
  return { field, value, reason: 'Quest word that decides nothing by itself' };
}

/** The collection has its own instant, earlier than the message that tells of it. */
function collectedFrame(item: QuestItem, screen: string, context: NormaliseContext): DraftFrame {
  const at = frame(item, screen, context);
  return { ...at, version: 2, occurredAt: item.collectedAt ?? at.occurredAt };
}

function frame(item: QuestItem, screen: string, context: NormaliseContext): DraftFrame {
  return {
    subjectRef: `quest:${item.questOrderId}/${screen}`,
    occurredAt: item.occurredAt ?? context.receivedAt,
    dedupeKey: itemKey(item),
    subject: subjectOf({
      refs: [
        ref('quest-esp.order', item.questOrderId),
        givenRef('quest-esp.reference_test', item.referenceTestId),
        givenRef('quest-esp.client_reference', item.clientReferenceId),
        donorRef(item.primaryId),
      ],
      firstName: item.firstName,
      lastName: item.lastName,
      birthDate: toDate(item.birthDate),
    }),
  };
}

/** The donor's licence or employee number. Nine digits may be a social security number, which is not kept as a reference. */
function donorRef(primaryId: string | null) {
  return primaryId && primaryId.replace(/\D/g, '').length !== 9
    ? givenRef('quest-esp.donor_id', primaryId)
    : null;
}

/** The vendor numbers no messages. The same content is the same message; a changed specimen or time is another. */
export function itemKey(item: QuestItem): string {
  const content = [
    item.kind,
    item.questOrderId,
    wordOf(item.screenType),
    wordOf(item.word),
    item.occurredAt,
    item.collectedAt,
    item.specimenId,
    item.accession,
  ];
  const digest = createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 24);
  return `${item.questOrderId}:${wordOf(item.screenType) ?? ''}:${wordOf(item.word)}:${digest}`;
}
