import { createHash } from 'node:crypto';
import type { Review } from '#contracts/compliance-event';
import { reportChannelSchema, type TestDescriptor, type TestReason } from '#contracts/events/drug-alcohol';
import { drop, givenRef, make, ref, subjectOf, type DraftFrame } from '../../draft.ts';
import { entryOf, lettersOf } from '../../formats/schema.ts';
import type { NormaliseContext, Outcome } from '../../source.ts';
import type { FoxItem, FoxScreening, FoxStatus } from './messages.ts';

export function itemOutcomes(item: FoxItem, context: NormaliseContext): Outcome[] {
  return item.kind === 'status' ? [statusOutcome(item, context)] : screeningOutcomes(item, context);
}

/** A status names the test and a word, no time: the time of arrival stands in. */
function statusOutcome(item: FoxStatus, context: NormaliseContext): Outcome {
  const kind = kindOf(item.sampleType) ?? 'drug';
  const key = `${item.testId}:${kind}:status:${lettersOf(item.word)}`;
  const at: DraftFrame = {
    subjectRef: `formfox:${item.testId}/${kind}`,
    occurredAt: context.receivedAt,
    version: 1,
    dedupeKey: key,
    subject: subjectOf({ refs: [ref('formfox.test', item.testId)] }),
  };
  return step(item.word, at) ?? unknown('Status', item.word, at);
}

/** What a collection status says, in a call of its own or inside a result; null for words that a person must read. */
function step(word: string, at: DraftFrame, test: { test?: TestDescriptor } = {}): Outcome | null {
  switch (lettersOf(word)) {
    case 'schd':
      return make.drugAlcohol('test.scheduled', test, at);
    case 'ok':
      return make.drugAlcohol('test.collected', test, at);
    case 'refu':
      return make.drugAlcohol('test.refusal_reported', test, at);
    case 'unab':
      // Meaning assumed: unable to give a sufficient specimen.
      return make.drugAlcohol('test.insufficient', test, at);
    case 'pend':
    case 'inprc':
    case 'onsite':
      return drop('no_compliance_fact', `FormFox ${word}: under way`);
    default:
      return null;
  }
}

function screeningOutcomes(item: FoxScreening, context: NormaliseContext): Outcome[] {
  const kind = kindOf(item.type);
  const at = frame(item, kind ?? 'drug', context);
  if (kind === null) return [unknown('Screening type', item.type ?? 'none', at)];
  const test = descriptor(item, kind);
  const collected = item.collectionStatus ? collection(item, item.collectionStatus, at, test) : [];
  const result = item.result ? [resultOutcome(item.result, kind, at, test, context)] : [];
  const outcomes = [...collected, ...result];
  return outcomes.length > 0
    ? outcomes
    : [drop('no_compliance_fact', 'neither a collection status nor a result')];
}

function collection(
  item: FoxScreening,
  word: string,
  at: DraftFrame,
  test: { test?: TestDescriptor },
): Outcome[] {
  const place = { ...at, version: 2, dedupeKey: `${at.dedupeKey}:collection` };
  if (lettersOf(word) === 'ok') {
    return [make.drugAlcohol('test.collected', { ...test, observed: item.observed }, place)];
  }
  return [step(word, place, test) ?? unknown('CollectionStatus', word, place)];
}

function resultOutcome(
  word: string,
  kind: 'drug' | 'alcohol',
  at: DraftFrame,
  test: { test?: TestDescriptor },
  context: NormaliseContext,
): Outcome {
  // The document has no time of its own, only that of the collection before it.
  const place = { ...at, version: 5, occurredAt: context.receivedAt, dedupeKey: `${at.dedupeKey}:result` };
  if (kind === 'alcohol') {
    const reason = 'An alcohol result without a level: enter the level from the breath alcohol form';
    return withReview({ field: 'ScreenResult', value: word, reason }, place);
  }
  const channel = reportChannelSchema.catch('unknown').parse(context.settings['channel']);
  switch (lettersOf(word)) {
    case 'negative':
    case 'neg':
      return make.drugAlcohol('test.mro_negative', { ...test, channel }, place);
    case 'positive':
    case 'pos':
      return make.drugAlcohol('test.mro_positive', { ...test, channel }, place);
    default:
      return unknown('ScreenResult', word, place);
  }
}

/** Only a reason that is understood makes a descriptor: a guess would stand for good. */
function descriptor(item: FoxScreening, kind: 'drug' | 'alcohol'): { test?: TestDescriptor } {
  const reason = entryOf(reasons, lettersOf(item.reason));
  return reason && item.dot !== null ? { test: { dot: item.dot, reason, kind } } : {};
}

const reasons: Readonly<Record<string, TestReason>> = {
  preemployment: 'pre_employment',
  random: 'random',
  ra: 'random',
  postaccident: 'post_accident',
  reasonablesuspicion: 'reasonable_suspicion',
  reasonablesuspicioncause: 'reasonable_suspicion',
  reasonablecause: 'reasonable_suspicion',
  returntoduty: 'return_to_duty',
  followup: 'follow_up',
};

function kindOf(type: string | null): 'drug' | 'alcohol' | null {
  const word = lettersOf(type);
  if (word === 'drug' || word === 'ur' || word === 'urine') return 'drug';
  return word === 'alcohol' || word === 'bat' || word === 'breath' ? 'alcohol' : null;
}

function unknown(field: string, value: string, at: DraftFrame): Outcome {
  return withReview({ field, value, reason: 'FormFox word that decides nothing by itself' }, at);
}

function withReview(review: Review, at: DraftFrame): Outcome {
  return make.drugAlcohol(
    'test.word_unknown',
    { field: review.field, word: review.value },
    { ...at, review },
  );
}

function frame(item: FoxScreening, kind: string, context: NormaliseContext): DraftFrame {
  const content = [item.collectedAt, item.collectionStatus, item.specimenId, item.result];
  const digest = createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 24);
  return {
    subjectRef: `formfox:${item.testId}/${kind}`,
    occurredAt: item.collectedAt ?? context.receivedAt,
    dedupeKey: `${item.testId}:${kind}:${digest}`,
    subject: subjectOf({
      refs: [
        ref('formfox.test', item.testId),
        givenRef('formfox.client_reference', item.clientReferenceId),
        givenRef('formfox.donor_id', item.donorId),
      ],
      firstName: item.firstName,
      lastName: item.lastName,
      birthDate: item.birthDate,
    }),
  };
}
