import type { Grounded } from '../grounding/ground.ts';
import type { RecordKind } from '../reading/lexicon.ts';
import type { Span } from '../reading/times.ts';
import {
  day,
  during,
  eventsOfPeople,
  flagsOfPeople,
  inModules,
  instant,
  list,
  onDays,
  where,
  whose,
} from '../sql.ts';
import { counted, numberIn, textIn, type Family } from './family.ts';
import { newest } from './records.ts';
import { about, colourName } from './wording.ts';

/** Questions that compare, rank or prepare something. */

const dayMs = 86_400_000;
const timeOf = (asked: Grounded, span: Span): string => (asked.reading.span === null ? ` ${span.words}` : '');
const happened = ({ reading }: Grounded) => reading.happenings[0] ?? null;
const needsOf = (asked: Grounded) => {
  const module = happened(asked)?.module ?? null;
  return module === null ? [] : [module];
};
const kindOf = ({ reading }: Grounded): RecordKind => {
  const [kind] = reading.records;
  if (kind === undefined) throw new TypeError('a family was asked what does not fit it');
  return kind;
};

const mostPeople: Family = {
  name: 'events.most-people',
  example: 'Who had the most refusals in the last 365 days?',
  ofPerson: false,
  fits: ({ reading }) =>
    reading.happenings.length === 1 &&
    reading.wants.has('most') &&
    /\b(?:who|whom|people|drivers)\b/i.test(reading.text) &&
    reading.by.length === 0
      ? 49
      : 0,
  plan: (asked) => {
    const span = asked.reading.span ?? {
      fromMs: asked.nowMs - 365 * dayMs,
      toMs: asked.nowMs,
      words: 'in the last 365 days',
    };
    return {
      sql: `SELECT p.name AS name, p.location AS location, count() AS events
${eventsOfPeople}${where([happened(asked)?.where ?? '1', during('e.occurred_at', span), ...whose(asked)])} GROUP BY e.employee_id, name, location ORDER BY events DESC, name LIMIT 10`,
      needs: needsOf(asked),
      say: ([first]) =>
        first === undefined
          ? `None${about(asked)}${timeOf(asked, span)}: ${happened(asked)?.words ?? 'events'}.`
          : `${textIn(first[0])} comes first with ${numberIn(first[2])} ${happened(asked)?.words ?? 'events'}${about(asked)}${timeOf(asked, span)}.`,
    };
  },
};

const lastWhen: Family = {
  name: 'events.last-when',
  example: 'When was the last positive test?',
  ofPerson: false,
  fits: ({ reading }) =>
    reading.happenings.length === 1 &&
    reading.wants.has('last') &&
    /\bwhen\b/i.test(reading.text) &&
    reading.by.length === 0
      ? 47
      : 0,
  plan: (asked) => ({
    sql: `SELECT e.occurred_at AS occurred_at, p.name AS name, p.location AS location, e.type AS type
${eventsOfPeople}${where([happened(asked)?.where ?? '1', ...whose(asked)])} ORDER BY occurred_at DESC, e.id DESC LIMIT 1`,
    needs: needsOf(asked),
    say: ([row]) =>
      row === undefined
        ? `There are no ${happened(asked)?.words ?? 'events'}${about(asked)}.`
        : `The last of the ${happened(asked)?.words ?? 'events'}${about(asked)}: ${textIn(row[0]).slice(0, 10)}.`,
  }),
};

const yearAgainst: Family = {
  name: 'events.against-last-year',
  example: 'Compare injuries this year against last year',
  ofPerson: false,
  fits: ({ reading }) =>
    reading.happenings.length === 1 &&
    (reading.wants.has('compare') || reading.wants.has('worse')) &&
    reading.by.length === 0
      ? 49
      : 0,
  plan: (asked) => {
    const year = new Date(asked.nowMs).getUTCFullYear();
    const spans = [year - 1, year].map((each) => ({
      fromMs: Date.UTC(each, 0, 1),
      toMs: asked.nowMs - (year - each) * 365 * dayMs,
      words: '',
    }));
    const [before, now] = spans.map((span) => `countIf(${during('e.occurred_at', span)})`);
    return {
      sql: `SELECT ${now ?? '0'} AS this_year, ${before ?? '0'} AS last_year_to_date
${eventsOfPeople}${where([happened(asked)?.where ?? '1', ...whose(asked)])}`,
      needs: needsOf(asked),
      say: ([row]) =>
        `${numberIn(row?.[0])} ${happened(asked)?.words ?? 'events'} this year and ${numberIn(row?.[1])} in the same part of last year${about(asked, { time: false })}.`,
    };
  },
};

const longest: Family = {
  name: 'outlook.longest',
  example: 'Who has been red the longest?',
  ofPerson: false,
  fits: ({ reading }) =>
    reading.wants.has('longest') &&
    (reading.colours.length > 0 || reading.hold) &&
    reading.happenings.length === 0
      ? 48
      : 0,
  plan: (asked) => ({
    sql: `SELECT p.name AS name, p.location AS location, f.module AS module, f.flag AS flag, c.since AS since, dateDiff('day', c.since, ${instant(asked.nowMs)}) AS days
${flagsOfPeople} INNER JOIN (SELECT employee_id AS whom, module AS part, maxIf(changed_at, from_flag != to_flag OR from_hold != to_hold) AS since FROM flag_changes GROUP BY whom, part) AS c
ON c.whom = f.employee_id AND c.part = f.module${where([inModules('f.module', asked.reading.modules), asked.reading.colours.length === 0 ? null : `f.flag IN ${list(asked.reading.colours)}`, asked.reading.hold ? 'f.hold' : null, ...whose(asked)])} ORDER BY since, name, module LIMIT 10`,
    say: ([first]) =>
      first === undefined
        ? `Nobody${about(asked)}.`
        : `${textIn(first[0])} in ${textIn(first[2])}, for ${counted(numberIn(first[5]), 'day', 'days')}${about(asked)}.`,
  }),
};

const nextDeadlines: Family = {
  name: 'outlook.next-deadlines',
  example: 'What are the next deadlines?',
  ofPerson: false,
  fits: ({ reading, nowMs }) =>
    reading.wants.has('deadlines') &&
    reading.records.length === 0 &&
    reading.happenings.length === 0 &&
    (reading.span === null || reading.span.toMs > nowMs)
      ? 44
      : 0,
  plan: (asked) => ({
    sql: `SELECT f.next_change_at AS at, p.name AS name, p.location AS location, f.module AS module, f.next_flag AS next_flag, f.reason AS reason
${flagsOfPeople}${where([`f.next_change_at >= ${instant(asked.nowMs)}`, asked.reading.span === null ? null : during('f.next_change_at', asked.reading.span), inModules('f.module', asked.reading.modules), ...whose(asked)])} ORDER BY at, name, module LIMIT 10`,
    needs: asked.reading.modules,
    say: ([first]) =>
      first === undefined
        ? `No flag changes by time alone${about(asked)}.`
        : `The next is ${textIn(first[1])} in ${textIn(first[3])}: ${colourName(textIn(first[4]))} on ${textIn(first[0]).slice(0, 10)}.`,
  }),
};

const validShare: Family = {
  name: 'records.valid-share',
  example: 'What share of people has a current medical certificate?',
  ofPerson: false,
  fits: ({ reading }) =>
    reading.records.length === 1 &&
    reading.happenings.length === 0 &&
    reading.wants.has('rate') &&
    !reading.wants.has('expire')
      ? 49
      : 0,
  plan: (asked) => {
    const kind = kindOf(asked);
    return {
      sql: `SELECT countIf(p.employee_id IN (SELECT r.holder FROM ${newest(kind)} AS r WHERE r.ends >= ${day(asked.nowMs)})) AS current, count() AS people, round(100 * current / people, 1) AS percent
FROM people AS p${where([asked.reading.phases.length === 0 ? "p.phase = 'active'" : null, ...whose(asked)])}`,
      needs: [kind.module],
      chart: { kind: 'value', x: 'percent', y: ['percent'], series: null },
      say: ([row]) =>
        `${numberIn(row?.[0])} of ${counted(numberIn(row?.[1]), 'person', 'people')}${about(asked)} have a current ${kind.name}: ${numberIn(row?.[2])} %. Not everybody needs one.`,
    };
  },
};

const reminder: Family = {
  name: 'draft.reminder',
  example: 'Draft a reminder for medical certificates that expire in the next 30 days',
  ofPerson: false,
  fits: ({ reading }) =>
    reading.wants.has('draft') && reading.records.length === 1 && reading.happenings.length === 0 ? 55 : 0,
  plan: (asked) => {
    const kind = kindOf(asked);
    const span = asked.reading.span ?? {
      fromMs: asked.nowMs,
      toMs: asked.nowMs + 30 * dayMs,
      words: 'in the next 30 days',
    };
    return {
      sql: `SELECT p.name AS name, p.location AS location, r.what AS item, r.ends AS ends_on
FROM ${newest(kind)} AS r INNER JOIN people AS p ON p.employee_id = r.holder${where([onDays('r.ends', span), ...whose(asked)])} ORDER BY ends_on, name, item`,
      needs: [kind.module],
      say: (rows) =>
        `A draft for ${counted(rows.length, 'person', 'people')}. Nothing is sent before somebody does it.`,
      after: (rows) => {
        const lines = rows.map(
          ([name, location, item, ends]) =>
            `- ${textIn(name)}, ${textIn(location)}: ${textIn(item) === '' || kind.per === 'subject' ? kind.name : textIn(item)} ends on ${textIn(ends)}`,
        );
        if (lines.length === 0) return [];
        return [
          {
            type: 'draft',
            kind: 'reminder',
            title: `${kind.plural} that end ${span.words}`,
            body: `Please renew in time:\n\n${lines.join('\n')}`,
          },
        ];
      },
    };
  },
};

export const moreFamilies: readonly Family[] = [
  mostPeople,
  lastWhen,
  yearAgainst,
  longest,
  nextDeadlines,
  validShare,
  reminder,
];
