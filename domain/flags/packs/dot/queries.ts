import type { EpochMs } from '#contracts/time';
import { fullQueryWindowMs, queryStateAt, type DotRecord, type QueryFact } from '#domain/dot';
import { dateAt, dueAfterMonths, parseInstant, startOfDay } from '../../calendar.ts';
import { fact, type SignalContext, type SignalValues } from '../../pack.ts';

const isFull = (query: QueryFact): boolean =>
  query.outcome === 'not_prohibited' || query.outcome === 'prohibited';

/** Answers that make a query count as run: a row rejected, not found or waiting for consent is none. */
const isAnswered = (query: QueryFact): boolean =>
  query.resultAt !== null &&
  (isFull(query) || query.outcome === 'limited_clean' || query.outcome === 'limited_hit');

const resultMs = (query: QueryFact): EpochMs => (query.resultAt === null ? 0 : parseInstant(query.resultAt));

function newest(queries: readonly QueryFact[], at: (query: QueryFact) => EpochMs): QueryFact | null {
  return queries.reduce<QueryFact | null>(
    (best, query) => (best && at(best) >= at(query) ? best : query),
    null,
  );
}

/** DT02: a prohibited answer or refused consent that no later "not prohibited" has lifted. */
function prohibitionSignals(queries: readonly QueryFact[], clearedMs: EpochMs, atMs: EpochMs): SignalValues {
  const prohibited = queries.find((query) => query.outcome === 'prohibited' && resultMs(query) > clearedMs);
  const refused = queries.find(
    (query) =>
      query.refusedAt !== null &&
      queryStateAt(query, atMs) === 'consent_refused' &&
      parseInstant(query.refusedAt) > clearedMs,
  );
  return {
    queryProhibited: fact(prohibited !== undefined, prohibited?.eventIds),
    consentRefused: fact(refused !== undefined, refused?.eventIds),
  };
}

/** DT03: 24 hours from the newest hit that no later clean full result answers. */
function hitSignal(queries: readonly QueryFact[], clearedMs: EpochMs): SignalValues {
  const hits = queries.filter((query) => query.hitAt !== null && parseInstant(query.hitAt) > clearedMs);
  // The oldest open hit is the one whose 24 hours end first.
  const oldest = hits.toSorted((a, b) => (a.hitAt ?? '').localeCompare(b.hitAt ?? ''))[0];
  if (!oldest?.hitAt) return { fullQueryDueAt: null };
  return { fullQueryDueAt: fact(parseInstant(oldest.hitAt) + fullQueryWindowMs, oldest.eventIds) };
}

const unansweredStates: ReadonlySet<string> = new Set(['row_rejected', 'not_found', 'consent_pending']);

const unansweredWords: Readonly<Record<string, string>> = {
  row_rejected: 'row rejected',
  not_found: 'driver not found',
  consent_pending: 'consent pending',
};

/** The state, but a running full query that waits for the driver's consent is `consent_pending`. */
function waitingState(query: QueryFact, atMs: EpochMs): string {
  const state = queryStateAt(query, atMs);
  const running = state === 'awaiting' || state === 'processing';
  return running && query.consentPending ? 'consent_pending' : state;
}

/** DT15: a query that came to nothing, or FMCSA's notice of new information after the last full query. */
function unansweredSignal(
  record: DotRecord,
  queries: readonly QueryFact[],
  lastFull: QueryFact | null,
  atMs: EpochMs,
): SignalValues {
  const stuck = queries.find(
    (query) => query.hitAt === null && unansweredStates.has(waitingState(query, atMs)),
  );
  if (stuck) {
    const state = waitingState(stuck, atMs);
    const detail = stuck.rejection === null ? '' : ` (${stuck.rejection})`;
    return { queryTrouble: fact(`${unansweredWords[state] ?? state}${detail}`, stuck.eventIds) };
  }
  const news = record.newInformation;
  if (!news || (lastFull && resultMs(lastFull) > parseInstant(news.notifiedAt)))
    return { queryTrouble: null };
  return { queryTrouble: fact('FMCSA reports new information', news.eventIds) };
}

/** The Clearinghouse opened: before this day there was nothing to ask. */
const openedOn = '2020-01-06';

function isFromBefore({ person }: SignalContext<DotRecord>): boolean {
  const employedOn = person.periods.at(-1)?.from;
  return employedOn !== undefined && employedOn < openedOn;
}

/** DT04: a full query of this period of employment, or made before it but after the last one ended. */
function preEmploymentSignal(context: SignalContext<DotRecord>, queries: readonly QueryFact[]): SignalValues {
  const { person } = context;
  if (isFromBefore(context)) return { preEmploymentQuery: true };
  const leftOn = person.periods.at(-2)?.to ?? null;
  const fromMs = leftOn === null ? -Infinity : startOfDay(leftOn, person.zone);
  const found = queries.find((query) => isFull(query) && resultMs(query) >= fromMs);
  return { preEmploymentQuery: fact(found !== undefined, found?.eventIds) };
}

/** DT14: at least one query, limited or full, in any twelve months. */
function yearlySignal(context: SignalContext<DotRecord>, last: QueryFact | null): SignalValues {
  const { zone } = context.person;
  const months = context.parameter('DT14', 'months');
  // Employed before the Clearinghouse opened: no pre-employment query, but a yearly one since.
  if (!last) return { queryDueAt: isFromBefore(context) ? dueAfterMonths(openedOn, months, zone) : null };
  const lastOn = dateAt(resultMs(last), zone);
  return { queryDueAt: fact(dueAfterMonths(lastOn, months, zone), last.eventIds) };
}

/** Signals of DT02–DT04, DT14 and DT15. */
export function querySignals(context: SignalContext<DotRecord>): {
  signals: SignalValues;
  turnsAt: EpochMs[];
} {
  const queries = Object.values(context.record?.queries ?? {});
  const cleared = newest(
    queries.filter((query) => query.outcome === 'not_prohibited'),
    resultMs,
  );
  const clearedMs = cleared ? resultMs(cleared) : -Infinity;
  const lastFull = newest(queries.filter(isFull), resultMs);
  const last = newest(queries.filter(isAnswered), resultMs);
  return {
    signals: {
      ...prohibitionSignals(queries, clearedMs, context.atMs),
      ...hitSignal(queries, clearedMs),
      ...preEmploymentSignal(context, queries),
      ...yearlySignal(context, last),
      ...(context.record ? unansweredSignal(context.record, queries, lastFull, context.atMs) : {}),
    },
    turnsAt: queries.flatMap((query) =>
      query.hitAt === null ? [] : [parseInstant(query.hitAt) + fullQueryWindowMs],
    ),
  };
}
