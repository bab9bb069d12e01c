import type { Grounded } from '../grounding/ground.ts';
import type { Span } from '../reading/times.ts';
import { day, grainOf, inModules, list, onDays, where } from '../sql.ts';
import { counted, numberIn, textIn, type Family } from './family.ts';
import { about, colourName } from './wording.ts';

/** Questions about how the standing developed, from the ends of past days. */

const dayMs = 86_400_000;
const behind = ({ reading, nowMs }: Grounded): Span =>
  reading.span ?? { fromMs: nowMs - 90 * dayMs, toMs: nowMs, words: 'in the last 90 days' };
const timeOf = (asked: Grounded, span: Span): string => (asked.reading.span === null ? ` ${span.words}` : '');

const nothingElse = ({ reading }: Grounded): boolean =>
  reading.happenings.length === 0 &&
  reading.records.length === 0 &&
  !(['change', 'turn', 'positivity', 'expire'] as const).some((want) => reading.wants.has(want));
const isBehind = ({ reading: { span }, nowMs }: Grounded): boolean =>
  span !== null && span.fromMs < nowMs - 1000;

/** Places by the ids of people in them now: the view keeps ids of places alone. */
function placed({ places, locationIds }: Grounded): string[] {
  const conditions = (['division', 'location', 'job_role'] as const).flatMap((kind) => {
    const names = places.filter((place) => place.kind === kind).map(({ name }) => name);
    return names.length === 0
      ? []
      : [`s.${kind}_id IN (SELECT ${kind}_id FROM people WHERE ${kind} IN ${list(names)})`];
  });
  return locationIds === null ? conditions : [...conditions, `s.location_id IN ${list(locationIds)}`];
}

const share = ({ reading }: Grounded): string =>
  `round(100 * sumIf(s.people, s.flag IN ${list(reading.colours.length === 0 ? ['green'] : reading.colours)}) / sum(s.people), 1)`;

const rate: Family = {
  name: 'trend.rate',
  example: 'How did the compliance rate develop by week in the last 90 days?',
  ofPerson: false,
  fits: (asked) => {
    const { wants, grain, colours } = asked.reading;
    return nothingElse(asked) &&
      !wants.has('worse') &&
      (wants.has('rate') || (colours.length === 0 && wants.has('trend'))) &&
      (grain !== null || isBehind(asked))
      ? 35
      : 0;
  },
  plan: (asked) => {
    const span = behind(asked);
    const grain = asked.reading.grain ?? 'week';
    const byModule = asked.reading.by.includes('module');
    return {
      sql: `SELECT ${grainOf(grain, 's.day')} AS ${grain}, ${byModule ? 's.module AS module, ' : ''}${share(asked)} AS percent
FROM status_days AS s${where([onDays('s.day', span), inModules('s.module', asked.reading.modules), ...placed(asked)])} GROUP BY ${grain}${byModule ? ', module' : ''} ORDER BY ${grain}${byModule ? ', module' : ''}`,
      chart: { kind: 'line', x: grain, y: ['percent'], series: byModule ? 'module' : null },
      say: (rows) => {
        const [first, last] = [rows[0], rows.at(-1)];
        if (first === undefined || last === undefined)
          return `No past day is kept${about(asked)}${timeOf(asked, span)}.`;
        return `From ${numberIn(first.at(-1))} % to ${numberIn(last.at(-1))} % ${colourName(asked.reading.colours[0] ?? 'green')}${about(asked)}${timeOf(asked, span)}, each ${grain} as the average of its days.`;
      },
    };
  },
};

const colour: Family = {
  name: 'trend.colour',
  example: 'How many were red by week in the last 90 days?',
  ofPerson: false,
  fits: (asked) => {
    const { wants, colours, hold, grain } = asked.reading;
    return nothingElse(asked) &&
      !wants.has('rate') &&
      !wants.has('worse') &&
      (colours.length > 0 || hold) &&
      (grain !== null || isBehind(asked))
      ? 34
      : 0;
  },
  plan: (asked) => {
    const span = behind(asked);
    const grain = asked.reading.grain ?? 'day';
    const { colours, hold } = asked.reading;
    return {
      sql: `SELECT ${grainOf(grain, 's.day')} AS ${grain}, round(sum(s.people) / uniqExact(s.day), 1) AS flags
FROM status_days AS s${where([onDays('s.day', span), colours.length === 0 ? null : `s.flag IN ${list(colours)}`, hold ? 's.hold' : null, inModules('s.module', asked.reading.modules), ...placed(asked)])} GROUP BY ${grain} ORDER BY ${grain}`,
      chart: { kind: 'line', x: grain, y: ['flags'], series: null },
      say: (rows) => {
        const last = rows.at(-1);
        return last === undefined
          ? `None on any day kept${about(asked)}${timeOf(asked, span)}.`
          : `${counted(numberIn(last[1]), 'flag', 'flags')} on the last ${grain}, ${textIn(last[0])}${about(asked)}; each ${grain} as the average of its days with any.`;
      },
    };
  },
};

const part = (span: Span): string =>
  `round(100 * sumIf(s.people, s.flag = 'green' AND ${onDays('s.day', span)}) / sumIf(s.people, ${onDays('s.day', span)}), 1)`;

const better: Family = {
  name: 'trend.better',
  example: 'Is compliance better than last month?',
  ofPerson: false,
  fits: (asked) => (nothingElse(asked) && asked.reading.wants.has('worse') ? 39 : 0),
  plan: (asked) => {
    const before = asked.reading.span ?? {
      fromMs: asked.nowMs - 31 * dayMs,
      toMs: asked.nowMs - 30 * dayMs,
      words: '30 days ago',
    };
    const today = { fromMs: asked.nowMs - 7 * dayMs, toMs: asked.nowMs, words: '' };
    return {
      sql: `SELECT s.module AS module, ${part(before)} AS percent_before, ${part(today)} AS percent_last_7_days
FROM status_days AS s${where([`s.day BETWEEN ${day(before.fromMs)} AND ${day(asked.nowMs)}`, inModules('s.module', asked.reading.modules), ...placed(asked)])} GROUP BY module ORDER BY module`,
      chart: { kind: 'bar', x: 'module', y: ['percent_before', 'percent_last_7_days'], series: null },
      say: (rows) => {
        const up = rows.filter((row) => numberIn(row[2]) > numberIn(row[1])).length;
        return `${up} of ${counted(rows.length, 'module stands', 'modules stand')} better in the last 7 days than ${before.words}.`;
      },
    };
  },
};

export const trendFamilies: readonly Family[] = [rate, colour, better];
