import { modules } from '#contracts/modules';
import type { Grounded } from '../grounding/ground.ts';
import type { Happening } from '../reading/happening.ts';
import type { Span } from '../reading/times.ts';
import { during, eventsOfPeople, grainOf, inModules, unitColumn, where, whose } from '../sql.ts';
import { counted, numberIn, textIn, type Family } from './family.ts';
import { about } from './wording.ts';

/** Questions about what happened to people. */

const dayMs = 86_400_000;
const behind = ({ reading, nowMs }: Grounded, days: number): Span =>
  reading.span ?? { fromMs: nowMs - days * dayMs, toMs: nowMs, words: `in the last ${days} days` };
const timeOf = (asked: Grounded, span: Span): string => (asked.reading.span === null ? ` ${span.words}` : '');

const happened = ({ reading }: Grounded): Happening | null => reading.happenings[0] ?? null;
const needsOf = (asked: Grounded) => {
  const module = happened(asked)?.module ?? null;
  return module === null ? asked.reading.modules : [...new Set([module, ...asked.reading.modules])];
};

function conditions(asked: Grounded, span: Span | null): string {
  const what = happened(asked);
  return where([
    what === null || what.where === '1' ? null : what.where,
    inModules('e.module', asked.reading.modules),
    span === null ? null : during('e.occurred_at', span),
    ...whose(asked),
  ]);
}

const isPlain = (asked: Grounded): boolean => {
  const { wants, happenings, ruleIds, records, hold } = asked.reading;
  const isOther =
    wants.has('positivity') ||
    wants.has('never') ||
    wants.has('expire') ||
    wants.has('expired') ||
    wants.has('reasons') ||
    wants.has('rate');
  return happenings.length === 1 && ruleIds.length === 0 && records.length === 0 && !hold && !isOther;
};

const eventUnits = [
  'division',
  'location',
  'job_role',
  'module',
  'vendor',
  'test_reason',
  'item',
  'type',
  'phase',
] as const;
const unitOf = ({ reading }: Grounded) => eventUnits.find((unit) => reading.by.includes(unit)) ?? null;
const isPlace = (unit: string | null): boolean => unit === 'location' || unit === 'job_role';

const count: Family = {
  name: 'events.count',
  example: 'How many random tests were ordered last quarter?',
  ofPerson: false,
  fits: (asked) =>
    isPlain(asked) && !isListed(asked) && asked.reading.grain === null && unitOf(asked) === null ? 40 : 0,
  plan: (asked) => {
    const span = behind(asked, 30);
    return {
      sql: `SELECT count() AS events, uniqExact(e.employee_id) AS people
${eventsOfPeople}${conditions(asked, span)}`,
      needs: needsOf(asked),
      chart: { kind: 'value', x: 'events', y: ['events'], series: null },
      say: ([row]) =>
        `${numberIn(row?.[0]).toLocaleString('en-US')} ${happened(asked)?.words ?? 'events'}${about(asked)}${timeOf(asked, span)}, of ${counted(numberIn(row?.[1]), 'person', 'people')}.`,
    };
  },
};

const countBy: Family = {
  name: 'events.count-by',
  example: 'Random tests by location this year',
  ofPerson: false,
  fits: (asked) => (isPlain(asked) && unitOf(asked) !== null && asked.reading.grain === null ? 41 : 0),
  plan: (asked) => {
    const span = behind(asked, 30);
    const unit = unitOf(asked) ?? 'module';
    return {
      sql: `SELECT ${unitColumn(unit, 'e') ?? 'e.module'} AS ${unit}, count() AS events, uniqExact(e.employee_id) AS people
${eventsOfPeople}${conditions(asked, span)} GROUP BY ${unit} ORDER BY events ${asked.reading.wants.has('least') ? 'ASC' : 'DESC'}, ${unit}`,
      needs: needsOf(asked),
      needsPlaces: isPlace(unit),
      chart: { kind: 'bar', x: unit, y: ['events'], series: null },
      say: (rows) => {
        const [first] = rows;
        const total = rows.reduce((sum, row) => sum + numberIn(row[1]), 0);
        const lead =
          first === undefined
            ? ''
            : ` ${textIn(first[0]) || 'Without one'} comes first with ${numberIn(first[1])}.`;
        return `${total.toLocaleString('en-US')} ${happened(asked)?.words ?? 'events'}${about(asked)}${timeOf(asked, span)}.${lead}`;
      },
    };
  },
};

const overTime: Family = {
  name: 'events.over-time',
  example: 'Background checks ordered by month',
  ofPerson: false,
  fits: (asked) => (isPlain(asked) && asked.reading.grain !== null ? 42 : 0),
  plan: (asked) => {
    const { grain } = asked.reading;
    const span = behind(asked, grain === 'day' ? 30 : 365);
    const unit = unitOf(asked);
    const series = unit === null ? '' : `${unitColumn(unit, 'e') ?? 'e.module'} AS ${unit}, `;
    const groups = [grain ?? 'month', ...(unit === null ? [] : [unit])].join(', ');
    return {
      sql: `SELECT ${grainOf(grain ?? 'month', 'e.occurred_at')} AS ${grain ?? 'month'}, ${series}count() AS events
${eventsOfPeople}${conditions(asked, span)} GROUP BY ${groups} ORDER BY ${groups}`,
      needs: needsOf(asked),
      needsPlaces: isPlace(unit),
      chart: { kind: 'line', x: grain ?? 'month', y: ['events'], series: unit },
      say: (rows) => {
        const total = rows.reduce((sum, row) => sum + numberIn(row.at(-1)), 0);
        return `${total.toLocaleString('en-US')} ${happened(asked)?.words ?? 'events'}${about(asked)}${timeOf(asked, span)}, by ${grain ?? 'month'}.`;
      },
    };
  },
};

const isListed = ({ reading }: Grounded): boolean => reading.wants.has('list') && !reading.wants.has('count');

const listed: Family = {
  name: 'events.list',
  example: 'Who had a positive test in the last 90 days?',
  ofPerson: false,
  fits: (asked) =>
    isPlain(asked) && isListed(asked) && asked.reading.grain === null && unitOf(asked) === null ? 40 : 0,
  plan: (asked) => {
    const span = behind(asked, 30);
    return {
      sql: `SELECT e.occurred_at AS occurred_at, p.name AS name, p.location AS location, e.module AS module, e.type AS type
${eventsOfPeople}${conditions(asked, span)} ORDER BY occurred_at DESC, name, type`,
      needs: needsOf(asked),
      say: (rows) =>
        `${rows.length.toLocaleString('en-US')} ${happened(asked)?.words ?? 'events'}${about(asked)}${timeOf(asked, span)}.`,
    };
  },
};

const positivity: Family = {
  name: 'events.positivity',
  example: 'Drug test positivity by month',
  ofPerson: false,
  fits: ({ reading }) =>
    reading.wants.has('positivity') ||
    (reading.wants.has('rate') &&
      reading.happenings.some(({ words }) => words === 'positive tests' || words === 'verified drug tests'))
      ? 50
      : 0,
  plan: (asked) => {
    const { grain } = asked.reading;
    const span = behind(asked, 365);
    const unit = unitOf(asked);
    const key = unit ?? grain;
    const value =
      unit === null
        ? grain === null
          ? ''
          : grainOf(grain, 'e.occurred_at')
        : (unitColumn(unit, 'e') ?? 'e.module');
    return {
      sql: `SELECT ${key === null ? '' : `${value} AS ${key}, `}countIf(e.type = 'test.mro_positive') AS positive, count() AS verified, round(100 * positive / verified, 2) AS percent_positive
${eventsOfPeople}${where(["e.module = 'drug_alcohol' AND e.type IN ('test.mro_negative', 'test.mro_positive')", during('e.occurred_at', span), ...whose(asked)])}${key === null ? '' : ` GROUP BY ${key} ORDER BY ${key}`}`,
      needs: ['drug_alcohol'],
      needsPlaces: isPlace(unit),
      chart: {
        kind: key === null ? 'value' : unit === null ? 'line' : 'bar',
        x: key ?? 'percent_positive',
        y: ['percent_positive'],
        series: null,
      },
      say: (rows) => {
        const positive = rows.reduce((sum, row) => sum + numberIn(row.at(-3)), 0);
        const verified = rows.reduce((sum, row) => sum + numberIn(row.at(-2)), 0);
        if (verified === 0)
          return `No drug test was verified${about(asked)}${timeOf(asked, span)}, so there is no rate.`;
        return `${positive} of ${counted(verified, 'verified test', 'verified tests')} positive${about(asked)}${timeOf(asked, span)}: ${((100 * positive) / verified).toFixed(2)} %. Refusals and cancelled tests are not counted.`;
      },
    };
  },
};

const never: Family = {
  name: 'events.never',
  example: 'Which drivers had no drug test in the last 12 months?',
  ofPerson: false,
  fits: ({ reading }) =>
    reading.wants.has('never') && reading.happenings.length === 1 && reading.colours.length === 0 ? 45 : 0,
  plan: (asked) => {
    const { span } = asked.reading;
    const what = happened(asked);
    const inner = where([what?.where ?? '1', span === null ? null : during('e.occurred_at', span)]);
    return {
      sql: `SELECT p.name AS name, p.location AS location, p.job_role AS job_role FROM people AS p
${where([`p.employee_id NOT IN (SELECT e.employee_id FROM events AS e${inner})`, asked.reading.phases.length === 0 ? "p.phase = 'active'" : null, ...whose(asked)])} ORDER BY name, location`,
      needs: needsOf(asked),
      say: (rows) =>
        `${counted(rows.length, 'person has', 'people have')} none of these${about(asked)}: ${what?.words ?? 'events'}.`,
    };
  },
};

const vendors: Family = {
  name: 'events.vendors',
  example: 'When did each vendor last send something?',
  ofPerson: false,
  fits: ({ reading }) =>
    /\b(?:vendors?|sources?)\b/i.test(reading.text) &&
    reading.wants.has('last') &&
    !reading.wants.has('count')
      ? 46
      : 0,
  plan: (asked) => ({
    sql: `SELECT e.vendor AS vendor, max(e.received_at) AS latest, count() AS events
${eventsOfPeople}${where(["e.vendor != ''", inModules('e.module', asked.reading.modules.length === 0 ? modules : asked.reading.modules), ...whose(asked)])} GROUP BY vendor ORDER BY latest DESC, vendor`.replace(
      inModules('e.module', modules) ?? '',
      '1',
    ),
    needs: asked.reading.modules,
    say: (rows) =>
      `${counted(rows.length, 'vendor has', 'vendors have')} sent something${about(asked)}; the one that was heard last stands first.`,
  }),
};

export const eventFamilies: readonly Family[] = [
  count,
  countBy,
  overTime,
  listed,
  positivity,
  never,
  vendors,
];
