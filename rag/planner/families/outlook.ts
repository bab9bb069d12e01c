import { modules } from '#contracts/modules';
import { builtInPacks } from '#domain/flags';
import type { Grounded } from '../grounding/ground.ts';
import {
  changesOfPeople,
  during,
  flagsOfPeople,
  grainOf,
  inModules,
  instant,
  list,
  unitColumn,
  where,
  whose,
} from '../sql.ts';
import type { Span } from '../reading/times.ts';
import { counted, numberIn, textIn, type Family } from './family.ts';
import { about, colourName } from './wording.ts';

/** Questions about how flags come to be what they are: reasons, what turns, what changed, what waits. */

const dayMs = 86_400_000;
const ahead = ({ reading, nowMs }: Grounded): Span =>
  reading.span ?? { fromMs: nowMs, toMs: nowMs + 30 * dayMs, words: 'in the next 30 days' };
const behind = ({ reading, nowMs }: Grounded, days: number): Span =>
  reading.span ?? {
    fromMs: nowMs - days * dayMs,
    toMs: nowMs,
    words: days === 1 ? 'in the last 24 hours' : `in the last ${days} days`,
  };
const isAhead = ({ reading: { span }, nowMs }: Grounded): boolean =>
  span !== null && span.fromMs >= nowMs - 1000;
const isPast = ({ reading }: Grounded): boolean =>
  /\b(?:turned|went|became|changed?|changes)\b/i.test(reading.text);
const timeOf = (asked: Grounded, span: Span): string => (asked.reading.span === null ? ` ${span.words}` : '');

const nothingElse = ({ reading }: Grounded): boolean =>
  reading.happenings.length === 0 && reading.records.length === 0;

const turning: Family = {
  name: 'outlook.turning-red',
  example: 'Who turns red in the next 30 days?',
  ofPerson: false,
  fits: (asked) => {
    const { wants, colours } = asked.reading;
    if (!nothingElse(asked) || wants.has('positivity')) return 0;
    if (wants.has('expire') && !wants.has('expired')) return 38;
    const isRed = colours.length === 0 || colours.includes('red');
    return isRed && !isPast(asked) && (wants.has('turn') || (isAhead(asked) && colours.length > 0)) ? 38 : 0;
  },
  plan: (asked) => {
    const span = ahead(asked);
    const { reading } = asked;
    const conditions = where([
      inModules('f.module', reading.modules),
      during('f.turns_red_at', span),
      ...whose(asked),
    ]);
    if (reading.grain !== null || reading.wants.has('count')) {
      const { grain } = reading;
      return {
        sql: `SELECT ${grain === null ? '' : `${grainOf(grain, 'f.turns_red_at')} AS ${grain}, `}count() AS flags, uniqExact(f.employee_id) AS people
${flagsOfPeople}${conditions}${grain === null ? '' : ` GROUP BY ${grain} ORDER BY ${grain}`}`,
        needs: reading.modules,
        chart: { kind: grain === null ? 'value' : 'bar', x: grain ?? 'flags', y: ['flags'], series: null },
        say: (rows) => {
          const flags = rows.reduce((sum, row) => sum + numberIn(row.at(-2)), 0);
          return `${counted(flags, 'flag turns', 'flags turn')} red${about(asked)}${timeOf(asked, span)} if nothing is done.`;
        },
      };
    }
    return {
      sql: `SELECT p.name AS name, p.location AS location, f.module AS module, f.turns_red_at AS turns_red_at, f.reason AS reason
${flagsOfPeople}${conditions} ORDER BY turns_red_at, name`,
      needs: reading.modules,
      say: (rows) =>
        `${counted(rows.length, 'flag turns', 'flags turn')} red${about(asked)}${timeOf(asked, span)} if nothing is done.`,
    };
  },
};

const ruleTitles = new Map(
  modules.flatMap((module) => builtInPacks[module].rules.map(({ id, title }) => [id, title] as const)),
);
const titled = (id: string): string => `${ruleTitles.get(id) ?? 'a rule of the company'} (${id})`;

const reasons: Family = {
  name: 'outlook.reasons',
  example: 'What are the most common reasons for red?',
  ofPerson: false,
  fits: ({ reading }) => (reading.wants.has('reasons') && reading.happenings.length === 0 ? 36 : 0),
  plan: (asked) => {
    const { reading } = asked;
    const colours = reading.colours.length === 0 && !reading.hold ? ['red'] : reading.colours;
    return {
      sql: `SELECT f.rule_id AS rule_id, f.module AS module, count() AS people
${flagsOfPeople}${where([inModules('f.module', reading.modules), colours.length === 0 ? null : `f.flag IN ${list(colours)}`, reading.hold ? 'f.hold' : null, "f.rule_id != ''", ...whose(asked)])}
GROUP BY rule_id, module ORDER BY people DESC, rule_id LIMIT 20`,
      needs: reading.modules,
      chart: { kind: 'bar', x: 'rule_id', y: ['people'], series: null },
      say: (rows) => {
        if (rows.length === 0) return `No rule stands behind such a flag${about(asked)}.`;
        const said = rows
          .slice(0, 5)
          .map(([rule, , people]) => `- ${titled(textIn(rule))}: ${numberIn(people)}`);
        return `Most often, as the first reason${about(asked)}:\n\n${said.join('\n')}`;
      },
    };
  },
};

const byRule: Family = {
  name: 'outlook.by-rule',
  example: 'Who is flagged by rule DT06?',
  ofPerson: false,
  fits: ({ reading }) =>
    reading.ruleIds.length > 0 &&
    (reading.wants.has('list') || reading.wants.has('count')) &&
    /\b(who|how many|people|drivers|flagged)\b/i.test(reading.text)
      ? 37
      : 0,
  plan: (asked) => {
    const { reading } = asked;
    const needs = modules.filter((module) =>
      builtInPacks[module].rules.some(({ id }) => reading.ruleIds.includes(id)),
    );
    return {
      sql: `SELECT p.name AS name, p.location AS location, f.flag AS flag, f.rule_id AS rule_id, f.reason AS reason
${flagsOfPeople}${where([`f.rule_id IN ${list(reading.ruleIds)}`, inModules('f.module', needs), reading.colours.length === 0 ? null : `f.flag IN ${list(reading.colours)}`, ...whose(asked)])} ORDER BY f.flag DESC, name`,
      needs,
      say: (rows) =>
        `${counted(rows.length, 'flag has', 'flags have')} ${reading.ruleIds.map(titled).join(', ')} as the first reason${about(asked)}.`,
    };
  },
};

/** Rules that ask a person to look: an answer nobody understood, or a word that only a person may give. */
const reviewRules = modules.flatMap((module) =>
  builtInPacks[module].rules
    .filter(
      ({ id, title }) =>
        /review|not understood|to verify|unclear|undecided/i.test(title) || id.endsWith('-RV'),
    )
    .map(({ id }) => id),
);

const waiting: Family = {
  name: 'outlook.waiting',
  example: 'What waits for review?',
  ofPerson: false,
  fits: ({ reading }) => (reading.wants.has('wait') ? 48 : 0),
  plan: (asked) => ({
    sql: `SELECT p.name AS name, p.location AS location, f.module AS module, f.rule_id AS rule_id, f.reason AS reason, dateDiff('day', f.decided_at, ${instant(asked.nowMs)}) AS days
${flagsOfPeople}${where([`f.rule_id IN ${list(reviewRules)}`, inModules('f.module', asked.reading.modules), ...whose(asked)])} ORDER BY f.decided_at, name`,
    needs: asked.reading.modules,
    say: (rows) => {
      const longest = Math.max(0, ...rows.map((row) => numberIn(row[5])));
      return rows.length === 0
        ? `No flag waits for somebody to look${about(asked)}.`
        : `${counted(rows.length, 'flag waits', 'flags wait')} for somebody to look${about(asked)}, the longest for ${counted(longest, 'day', 'days')}.`;
    },
  }),
};

const isChange = (asked: Grounded): boolean => {
  const { wants } = asked.reading;
  const isOther = wants.has('positivity') || wants.has('rate') || wants.has('expire');
  return (
    nothingElse(asked) &&
    !isOther &&
    !isAhead(asked) &&
    (wants.has('change') || (wants.has('turn') && isPast(asked)))
  );
};

function changeConditions(asked: Grounded, span: Span): string {
  const { modules: said, colours, hold } = asked.reading;
  return where([
    during('c.changed_at', span),
    '(c.from_flag != c.to_flag OR c.from_hold != c.to_hold)',
    inModules('c.module', said),
    colours.length === 0 ? null : `c.to_flag IN ${list(colours)} AND c.from_flag NOT IN ${list(colours)}`,
    hold ? 'c.to_hold AND NOT c.from_hold' : null,
    ...whose(asked),
  ]);
}

const toWhat = ({ reading }: Grounded): string =>
  reading.colours.length === 0
    ? reading.hold
      ? 'became a hold'
      : 'changed'
    : `turned ${reading.colours.map(colourName).join(' or ')}`;

const changes: Family = {
  name: 'outlook.changes',
  example: 'What changed in the last day?',
  ofPerson: false,
  fits: (asked) => (isChange(asked) ? 42 : 0),
  plan: (asked) => {
    const span = behind(asked, 1);
    return {
      sql: `SELECT c.changed_at AS changed_at, p.name AS name, p.location AS location, c.module AS module, c.from_flag AS from_flag, c.to_flag AS to_flag, c.reason AS reason
${changesOfPeople}${changeConditions(asked, span)} ORDER BY changed_at DESC, name, module`,
      say: (rows) =>
        `${counted(rows.length, 'flag', 'flags')} ${toWhat(asked)}${about(asked)}${timeOf(asked, span)}.`,
    };
  },
};

const changesBy: Family = {
  name: 'outlook.changes-by',
  example: 'How many flags turned red per week in the last 90 days?',
  ofPerson: false,
  fits: (asked) => {
    const { wants, by, grain } = asked.reading;
    return isChange(asked) && (wants.has('count') || grain !== null || by.length > 0) ? 44 : 0;
  },
  plan: (asked) => {
    const span = behind(asked, asked.reading.grain === null ? 7 : 90);
    const { grain, by } = asked.reading;
    const [unit] = by;
    const column = unit === undefined ? null : unit === 'module' ? 'c.module' : unitColumn(unit, 'p');
    const key = grain ?? (column === null ? null : unit);
    const value = grain === null ? column : grainOf(grain, 'c.changed_at');
    return {
      sql: `SELECT ${key === null || key === undefined ? '' : `${value} AS ${key}, `}count() AS flags, uniqExact(c.employee_id) AS people
${changesOfPeople}${changeConditions(asked, span)}${key === null || key === undefined ? '' : ` GROUP BY ${key} ORDER BY ${grain === null ? 'flags DESC, ' : ''}${key}`}`,
      needsPlaces: unit === 'location' || unit === 'job_role',
      chart: {
        kind: grain === null ? (key ? 'bar' : 'value') : 'line',
        x: key ?? 'flags',
        y: ['flags'],
        series: null,
      },
      say: (rows) => {
        const flags = rows.reduce((sum, row) => sum + numberIn(row.at(-2)), 0);
        return `${counted(flags, 'flag', 'flags')} ${toWhat(asked)}${about(asked)}${timeOf(asked, span)}.`;
      },
    };
  },
};

export const outlookFamilies: readonly Family[] = [turning, reasons, byRule, waiting, changes, changesBy];
