import type { Grounded } from '../grounding/ground.ts';
import type { RecordKind } from '../reading/lexicon.ts';
import type { Span } from '../reading/times.ts';
import { day, grainOf, onDays, unitColumn, where, whose } from '../sql.ts';
import { counted, numberIn, textIn, type Family } from './family.ts';
import { about } from './wording.ts';

/** Questions about records that have an end: of each person and record the newest counts. */

const dayMs = 86_400_000;
const ahead = ({ reading, nowMs }: Grounded): Span =>
  reading.span ?? { fromMs: nowMs, toMs: nowMs + 60 * dayMs, words: 'in the next 60 days' };
const timeOf = (asked: Grounded, span: Span): string => (asked.reading.span === null ? ` ${span.words}` : '');

const kindOf = ({ reading }: Grounded): RecordKind | null => reading.records[0] ?? null;

const keys = { nothing: "''", item: 'e.item', subject: 'e.subject' } as const;

/** One row per person and record: what it is of, and its last day by the newest word on it. */
export function newest(kind: RecordKind): string {
  return `(SELECT e.employee_id AS holder, ${keys[kind.per]} AS what, argMax(e.ends_on, (e.occurred_at, e.received_at, e.id)) AS ends
FROM events AS e WHERE ${kind.where} GROUP BY holder, what)`;
}

const from = (kind: RecordKind): string =>
  `FROM ${newest(kind)} AS r INNER JOIN people AS p ON p.employee_id = r.holder`;

const units = ['division', 'location', 'job_role', 'item', 'phase'] as const;
const unitOf = ({ reading }: Grounded) => units.find((unit) => reading.by.includes(unit)) ?? null;

const isRecord = ({ reading }: Grounded): boolean =>
  reading.records.length > 0 && reading.happenings.length === 0;
const isEnding = ({ reading }: Grounded): boolean =>
  !reading.wants.has('expired') &&
  (reading.wants.has('expire') || reading.colours.includes('yellow') || reading.wants.has('next'));

const who: Family = {
  name: 'records.expiring',
  example: 'Expiring DOT medical cards in Texas next 60 days',
  ofPerson: false,
  fits: (asked) => (isRecord(asked) && isEnding(asked) ? 46 : 0),
  plan: (asked) => {
    const kind = kindOf(asked);
    const span = ahead(asked);
    if (kind === null) throw new TypeError('a family was asked what does not fit it');
    return {
      sql: `SELECT p.name AS name, p.location AS location, p.job_role AS job_role, r.what AS item, r.ends AS ends_on
${from(kind)}${where([onDays('r.ends', span), ...whose(asked)])} ORDER BY ends_on, name, item`,
      needs: [kind.module],
      say: (rows) =>
        `${counted(rows.length, `${kind.name} ends`, `${kind.plural} end`)}${about(asked)}${timeOf(asked, span)}.`,
    };
  },
};

const count: Family = {
  name: 'records.expiring-count',
  example: 'How many licences expire by month in the next 12 months?',
  ofPerson: false,
  fits: (asked) => {
    const { wants, grain } = asked.reading;
    return isRecord(asked) &&
      isEnding(asked) &&
      (wants.has('count') || grain !== null || unitOf(asked) !== null)
      ? 47
      : 0;
  },
  plan: (asked) => {
    const kind = kindOf(asked);
    const span = ahead(asked);
    if (kind === null) throw new TypeError('a family was asked what does not fit it');
    const { grain } = asked.reading;
    const unit = unitOf(asked);
    const key = grain ?? unit;
    const value =
      grain === null
        ? unit === 'item'
          ? 'r.what'
          : unit === null
            ? ''
            : unitColumn(unit, 'p')
        : grainOf(grain, 'r.ends');
    return {
      sql: `SELECT ${key === null ? '' : `${value} AS ${key}, `}count() AS records, uniqExact(r.holder) AS people
${from(kind)}${where([onDays('r.ends', span), ...whose(asked)])}${key === null ? '' : ` GROUP BY ${key} ORDER BY ${grain === null ? 'records DESC, ' : ''}${key}`}`,
      needs: [kind.module],
      needsPlaces: grain === null && (unit === 'location' || unit === 'job_role'),
      chart: { kind: key === null ? 'value' : 'bar', x: key ?? 'records', y: ['records'], series: null },
      say: (rows) => {
        const total = rows.reduce((sum, row) => sum + numberIn(row.at(-2)), 0);
        return `${counted(total, `${kind.name} ends`, `${kind.plural} end`)}${about(asked)}${timeOf(asked, span)}.`;
      },
    };
  },
};

const expired: Family = {
  name: 'records.expired',
  example: 'Who has an expired medical certificate?',
  ofPerson: false,
  fits: (asked) =>
    isRecord(asked) && (asked.reading.wants.has('expired') || asked.reading.colours.includes('red')) ? 47 : 0,
  plan: (asked) => {
    const kind = kindOf(asked);
    if (kind === null) throw new TypeError('a family was asked what does not fit it');
    const { span, wants } = asked.reading;
    const conditions = where([
      `r.ends < ${day(asked.nowMs)}`,
      span === null ? null : onDays('r.ends', span),
      ...whose(asked),
    ]);
    const said = (total: number) =>
      `${counted(total, `${kind.name} has`, `${kind.plural} have`)} ended${about(asked)} without a newer one.`;
    if (wants.has('count'))
      return {
        sql: `SELECT count() AS records, uniqExact(r.holder) AS people ${from(kind)}${conditions}`,
        needs: [kind.module],
        chart: { kind: 'value', x: 'records', y: ['records'], series: null },
        say: ([row]) => said(numberIn(row?.[0])),
      };
    return {
      sql: `SELECT p.name AS name, p.location AS location, p.job_role AS job_role, r.what AS item, r.ends AS ends_on
${from(kind)}${conditions} ORDER BY ends_on, name, item`,
      needs: [kind.module],
      say: (rows) => said(rows.length),
    };
  },
};

const without: Family = {
  name: 'records.without',
  example: 'Which drivers have no medical certificate?',
  ofPerson: false,
  fits: (asked) => (isRecord(asked) && asked.reading.wants.has('never') && !isEnding(asked) ? 45 : 0),
  plan: (asked) => {
    const kind = kindOf(asked);
    if (kind === null) throw new TypeError('a family was asked what does not fit it');
    return {
      sql: `SELECT p.name AS name, p.location AS location, p.job_role AS job_role FROM people AS p
${where([`p.employee_id NOT IN (SELECT e.employee_id FROM events AS e WHERE ${kind.where})`, asked.reading.phases.length === 0 ? "p.phase = 'active'" : null, ...whose(asked)])} ORDER BY name, location`,
      needs: [kind.module],
      say: (rows) =>
        `No ${kind.name} was ever recorded of ${counted(rows.length, 'person', 'people')}${about(asked)}. Not everybody needs one.`,
    };
  },
};

const ofPerson: Family = {
  name: 'records.of-person',
  example: "When does one person's medical certificate expire?",
  ofPerson: true,
  fits: (asked) => (isRecord(asked) ? 66 : 0),
  plan: (asked) => {
    const kind = kindOf(asked);
    if (kind === null) throw new TypeError('a family was asked what does not fit it');
    const [person] = asked.people;
    return {
      sql: `SELECT p.name AS name, r.what AS item, r.ends AS ends_on
${from(kind)} WHERE p.employee_id = '${person?.employeeId ?? ''}' ORDER BY ends_on, item`,
      needs: [kind.module],
      say: (rows) => {
        const name = person?.name ?? '';
        if (rows.length === 0) return `No ${kind.name} is recorded of ${name}.`;
        const told = rows.map(
          ([, item, ends]) =>
            `${textIn(item) === '' || kind.per === 'subject' ? kind.name : textIn(item)} ${ends === null ? 'with no end' : `through ${textIn(ends)}`}`,
        );
        return `${name}: ${told.join('; ')}.`;
      },
    };
  },
};

export const recordFamilies: readonly Family[] = [who, count, expired, without, ofPerson];
