import * as z from 'zod';
import type { Review } from '#contracts/compliance-event';
import { queryTypes } from '#contracts/events/dot';
import { reportChannelSchema } from '#contracts/events/drug-alcohol';
import { deadLetter, make, type DraftFrame } from '../../draft.ts';
import { toDate, toInstant } from '../../formats/instants.ts';
import { wordOf } from '../../formats/schema.ts';
import type { NormaliseContext, Outcome, Subject } from '../../source.ts';
import { licenceOutcomes } from './licence.ts';

const word = z.string().nullish();

const drugSchema = z.object({
  id: z.string().min(1),
  status: word,
  result: word,
  disposition: word,
  mro_notes: z.union([z.string(), z.array(z.string())]).nullish(),
  completed_at: word,
  events: z.array(z.object({ type: z.string(), created_at: word })).nullish(),
});

const clearinghouseSchema = z.object({
  id: z.string().min(1),
  status: word,
  query_result: word,
  cancellation_reason: word,
  created_at: word,
  completed_at: word,
});

const occupationalSchema = z.object({
  id: z.string().min(1),
  status: word,
  result: word,
  completed_at: word,
});

/** Where a screening stands: the message's instant, the person, the message's own key. */
export interface ScreeningFrame {
  readonly sentAt: string;
  readonly eventKey: string;
  readonly subject: Subject;
  readonly context: NormaliseContext;
}

/** One screening object, whether it came in its own event, inside a report, or from the API. */
export function screeningOutcomes(kind: string, object: unknown, frame: ScreeningFrame): Outcome[] {
  switch (kind) {
    case 'drug_screening':
      return read(drugSchema, object, kind, (value) => drugOutcomes(value, frame));
    case 'drug_alcohol_clearinghouse':
    case 'drug_alcohol_clearinghouse_search':
      return read(clearinghouseSchema, object, kind, (value) => clearinghouseOutcomes(value, frame));
    case 'motor_vehicle_report':
      return licenceOutcomes(object, frame);
    case 'occupational_health_screening':
      return read(occupationalSchema, object, kind, (value) => occupationalOutcomes(value, frame));
    default:
      return [];
  }
}

function read<S extends z.ZodType>(
  schema: S,
  object: unknown,
  kind: string,
  then: (value: z.output<S>) => Outcome[],
): Outcome[] {
  const parsed = schema.safeParse(object);
  if (parsed.success) return then(parsed.data);
  const issue = parsed.error.issues[0];
  return [deadLetter('payload_unreadable', `${kind}.${issue?.path.join('.')}: ${issue?.message}`)];
}

type DrugScreening = z.infer<typeof drugSchema>;

function drugOutcomes(screening: DrugScreening, frame: ScreeningFrame): Outcome[] {
  const appointments = (screening.events ?? [])
    .filter((one) => one.type === 'screening_scheduled')
    .map((one) =>
      make.drugAlcohol(
        'test.scheduled',
        {},
        at(frame, `checkr:${screening.id}/drug`, {
          occurredAt: toInstant(one.created_at) ?? frame.sentAt,
          dedupeKey: `drug:${screening.id}:scheduled:${one.created_at ?? ''}`,
        }),
      ),
    );
  return [...appointments, ...drugResult(screening, frame)];
}

/** The disposition is the MRO's word; `clear` and `consider` alone do not say which test result stands behind them. */
function drugResult(screening: DrugScreening, frame: ScreeningFrame): Outcome[] {
  const status = wordOf(screening.status);
  const result = wordOf(screening.result) ?? (status === 'clear' || status === 'consider' ? status : null);
  const disposition = wordOf(screening.disposition);
  if (disposition === null && result === null && (status === 'pending' || status === null)) return [];
  const notes = [screening.mro_notes ?? []].flat().join(' ');
  const dilute = /dilut/i.test(notes);
  const channel = channelOf(screening, frame.context);
  const occurredAt = toInstant(screening.completed_at) ?? frame.sentAt;
  const place = at(frame, `checkr:${screening.id}/drug`, {
    occurredAt,
    dedupeKey: `drug:${screening.id}:${status}:${result}:${disposition}:${occurredAt}`,
  });
  const finished = status === 'complete' || status === 'clear' || status === 'consider';
  if (finished && disposition === 'negative' && (result !== 'consider' || dilute)) {
    return [make.drugAlcohol('test.mro_negative', { channel, dilute }, place)];
  }
  if (finished && disposition === 'positive' && result !== 'clear') {
    return [make.drugAlcohol('test.mro_positive', { channel, dilute }, place)];
  }
  if (disposition === 'canceled' || disposition === 'cancelled') {
    return [make.drugAlcohol('test.mro_cancelled', { channel, cause: 'other' }, place)];
  }
  const value = `${status ?? 'null'} / ${result ?? 'null'} / ${disposition ?? 'null'}`;
  const field = 'status / result / disposition';
  return [
    make.drugAlcohol(
      'test.word_unknown',
      { field, word: value },
      { ...place, review: unknownWord(field, value) },
    ),
  ];
}

/** A result with MRO notes came through the medical review officer; otherwise the endpoint's setting says who reports. */
function channelOf(screening: DrugScreening, context: NormaliseContext) {
  if (screening.mro_notes !== null && screening.mro_notes !== undefined) return 'mro' as const;
  return reportChannelSchema.catch('unknown').parse(context.settings['channel']);
}

const queryTypeSchema = z.enum(queryTypes).nullable().catch(null);

/** The payload does not say which query was run, so the endpoint's setting `clearinghouseQueryType` must. */
function clearinghouseOutcomes(
  search: z.infer<typeof clearinghouseSchema>,
  frame: ScreeningFrame,
): Outcome[] {
  const subjectRef = `checkr:${search.id}`;
  const queryType = queryTypeSchema.parse(frame.context.settings['clearinghouseQueryType']);
  const submittedAt = toInstant(search.created_at) ?? frame.sentAt;
  const reportedAt = toInstant(search.completed_at) ?? frame.sentAt;
  const submitted = queryType
    ? [
        make.dot(
          'query.submitted',
          { queryType, submittedAt, consentOnFile: true },
          at(frame, subjectRef, { occurredAt: submittedAt, dedupeKey: `query:${search.id}:submitted` }),
        ),
      ]
    : [];
  const status = wordOf(search.status);
  const answer = wordOf(search.query_result);
  const place = at(frame, subjectRef, {
    occurredAt: reportedAt,
    dedupeKey: `query:${search.id}:${status}:${answer}`,
  });
  if (status === 'pending' && answer === null) return submitted;
  if (status === 'canceled' || status === 'cancelled') {
    const reason = search.cancellation_reason ?? 'canceled';
    return [...submitted, make.dot('query.withdrawn', { reason }, place)];
  }
  const limited = queryType === 'limited' || queryType === 'limited_auto_consent';
  if (status === 'complete' && queryType && answer === 'driver_not_prohibited') {
    const outcome = limited ? 'limited_clean' : 'not_prohibited';
    return [...submitted, make.dot('query.result_reported', { outcome, reportedAt }, place)];
  }
  if (status === 'complete' && answer === 'driver_prohibited') {
    // Without the query type a hit could be limited; the graver reading stands until a person has looked.
    const outcome = limited ? 'limited_hit' : 'prohibited';
    const review = queryType ? null : unknownWord('query type', 'not configured');
    return [...submitted, make.dot('query.result_reported', { outcome, reportedAt }, { ...place, review })];
  }
  const value = `${search.status ?? 'null'} / ${search.query_result ?? 'null'}`;
  const review = unknownWord(
    queryType ? 'status / query_result' : 'query type',
    queryType ? value : 'not configured',
  );
  return [
    ...submitted,
    make.dot('query.result_reported', { outcome: 'unknown', reportedAt }, { ...place, review }),
  ];
}

/** No public text lists the words of this screening, so a finished one always goes to a person. */
function occupationalOutcomes(
  screening: z.infer<typeof occupationalSchema>,
  frame: ScreeningFrame,
): Outcome[] {
  const status = wordOf(screening.status);
  if (status === null || status === 'pending') return [];
  const completedAt = toInstant(screening.completed_at) ?? frame.sentAt;
  const place = at(frame, `checkr:${screening.id}`, {
    occurredAt: completedAt,
    dedupeKey: `health:${screening.id}:${status}:${wordOf(screening.result)}`,
  });
  if (status === 'canceled' || status === 'cancelled') {
    return [make.health('exam.canceled', { program: 'general', reason: 'canceled' }, place)];
  }
  const value = `${screening.status ?? 'null'} / ${screening.result ?? 'null'}`;
  return [
    make.health(
      'exam.completed',
      {
        program: 'general',
        examOn: toDate(completedAt) ?? completedAt.slice(0, 10),
        outcome: 'unknown',
        restrictions: [],
        nextBy: null,
      },
      { ...place, review: unknownWord('status / result', value) },
    ),
  ];
}

function unknownWord(field: string, value: string): Review {
  return { field, value, reason: 'This word has no agreed meaning for Checkr screenings' };
}

function at(
  frame: ScreeningFrame,
  subjectRef: string,
  own: { occurredAt: string; dedupeKey: string },
): DraftFrame {
  return { subjectRef, subject: frame.subject, ...own };
}
