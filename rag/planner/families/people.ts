import type { Grounded } from '../grounding/ground.ts';
import {
  flagsOfPeople,
  changesOfPeople,
  eventsOfPeople,
  unitColumn,
  where,
  whose,
  inModules,
} from '../sql.ts';
import { counted, numberIn, textIn, type Family } from './family.ts';
import { personExplained } from './explained.ts';
import { about, colourName } from './wording.ts';

/** Questions about who is where, and about one person. */

const nothingHappens = ({ reading }: Grounded): boolean =>
  reading.happenings.length === 0 &&
  reading.records.length === 0 &&
  reading.colours.length === 0 &&
  !reading.hold &&
  reading.span === null &&
  reading.grain === null &&
  reading.ruleIds.length === 0 &&
  reading.modules.length === 0 &&
  !(
    [
      'rate',
      'turn',
      'change',
      'wait',
      'expire',
      'reasons',
      'positivity',
      'overview',
      'worse',
      'compare',
      'several',
    ] as const
  ).some((want) => reading.wants.has(want));

const unitOf = ({ reading }: Grounded) =>
  (['division', 'location', 'job_role', 'phase'] as const).find((unit) => reading.by.includes(unit)) ?? null;
const narrowed = (asked: Grounded): boolean =>
  asked.places.length > 0 || asked.locationIds !== null || asked.reading.phases.length > 0;
const active = ({ reading }: Grounded): string | null =>
  reading.phases.length === 0 ? "p.phase != 'terminated'" : null;

const count: Family = {
  name: 'people.count',
  example: 'How many people work here?',
  ofPerson: false,
  fits: (asked) =>
    nothingHappens(asked) && asked.reading.wants.has('count') && (asked.reading.people || narrowed(asked))
      ? 15
      : 0,
  plan: (asked) => ({
    sql: `SELECT count() AS people FROM people AS p${where([active(asked), ...whose(asked)])}`,
    chart: { kind: 'value', x: 'people', y: ['people'], series: null },
    say: ([row]) =>
      `${counted(numberIn(row?.[0]), 'person', 'people')}${about(asked)}${asked.reading.phases.length === 0 ? ', those who left not counted' : ''}.`,
  }),
};

const countBy: Family = {
  name: 'people.count-by',
  example: 'How many people work at each location?',
  ofPerson: false,
  fits: (asked) =>
    nothingHappens(asked) &&
    unitOf(asked) !== null &&
    (asked.reading.people ||
      asked.reading.wants.has('count') ||
      asked.reading.wants.has('list') ||
      asked.reading.wants.has('most'))
      ? 16
      : 0,
  plan: (asked) => {
    const unit = unitOf(asked) ?? 'location';
    return {
      sql: `SELECT ${unitColumn(unit, 'p') ?? 'p.location'} AS ${unit}, count() AS people FROM people AS p${where([unit === 'phase' ? null : active(asked), ...whose(asked)])}
GROUP BY ${unit} ORDER BY people ${asked.reading.wants.has('least') ? 'ASC' : 'DESC'}, ${unit}`,
      needsPlaces: unit === 'location' || unit === 'job_role',
      chart: { kind: 'bar', x: unit, y: ['people'], series: null },
      say: (rows) =>
        `${counted(
          rows.reduce((sum, row) => sum + numberIn(row[1]), 0),
          'person',
          'people',
        )}${about(asked)} in ${rows.length}.`,
    };
  },
};

const list: Family = {
  name: 'people.list',
  example: 'Who is on leave?',
  ofPerson: false,
  fits: (asked) =>
    nothingHappens(asked) &&
    narrowed(asked) &&
    (asked.reading.wants.has('list') || asked.reading.people) &&
    !asked.reading.wants.has('never')
      ? 12
      : 0,
  plan: (asked) => ({
    sql: `SELECT p.name AS name, p.phase AS phase, p.division AS division, p.location AS location, p.job_role AS job_role FROM people AS p${where([active(asked), ...whose(asked)])} ORDER BY name, location`,
    say: (rows) => `${counted(rows.length, 'person', 'people')}${about(asked)}.`,
  }),
};

const idOf = ({ people }: Grounded): string => people[0]?.employeeId ?? '';
const nameOf = ({ people }: Grounded): string => people[0]?.name ?? '';

const place: Family = {
  name: 'person.place',
  example: 'Where does one person work?',
  ofPerson: true,
  fits: ({ reading }) => (reading.wants.has('where') ? 64 : 0),
  plan: (asked) => ({
    sql: `SELECT p.name AS name, p.phase AS phase, p.division AS division, p.location AS location, p.job_role AS job_role FROM people AS p WHERE p.employee_id = '${idOf(asked)}'`,
    say: ([row]) =>
      `${textIn(row?.[0])}: ${textIn(row?.[4])}, ${textIn(row?.[2])}, ${textIn(row?.[3])} (${textIn(row?.[1])}).`,
  }),
};

const why: Family = {
  name: 'person.why',
  example: 'Why is one person red?',
  ofPerson: true,
  fits: ({ reading }) =>
    reading.wants.has('why') ? 65 : reading.happenings.length === 0 && reading.records.length === 0 ? 60 : 0,
  plan: (asked) => ({
    sql: `SELECT f.module AS module, f.flag AS flag, f.hold AS hold, f.reason AS short, f.rule_id AS rule_id, any(c.reason) AS reason, f.turns_red_at AS turns_red_at
FROM flags AS f LEFT JOIN (SELECT employee_id AS whom, module AS part, argMax(reason, (changed_at, id)) AS reason FROM flag_changes GROUP BY whom, part) AS c
ON c.whom = f.employee_id AND c.part = f.module${where([`f.employee_id = '${idOf(asked)}'`, inModules('f.module', asked.reading.modules)])}
GROUP BY f.module, f.flag, f.hold, f.reason, f.rule_id, f.turns_red_at ORDER BY f.flag DESC, f.module`,
    say: (rows) => personExplained(asked, rows).words,
    after: (rows) => personExplained(asked, rows).quotes,
  }),
};

const next: Family = {
  name: 'person.next',
  example: 'What is next due for one person?',
  ofPerson: true,
  fits: ({ reading }) =>
    reading.wants.has('next') && reading.records.length === 0 && reading.happenings.length === 0 ? 66 : 0,
  plan: (asked) => ({
    sql: `SELECT f.module AS module, f.flag AS flag, f.next_change_at AS next_change_at, f.next_flag AS next_flag, f.reason AS reason
${flagsOfPeople}${where([`f.employee_id = '${idOf(asked)}'`, 'f.next_change_at IS NOT NULL', inModules('f.module', asked.reading.modules)])} ORDER BY next_change_at, module`,
    needs: asked.reading.modules,
    say: ([row]) =>
      row === undefined
        ? `Nothing of ${nameOf(asked)} changes by time alone.`
        : `${nameOf(asked)}: ${textIn(row[0])} becomes ${colourName(textIn(row[3]))} on ${textIn(row[2]).slice(0, 10)}.`,
  }),
};

const history: Family = {
  name: 'person.history',
  example: 'What happened to one person?',
  ofPerson: true,
  fits: ({ reading }) => (reading.wants.has('history') || reading.wants.has('change') ? 67 : 0),
  plan: (asked) => ({
    sql: `SELECT c.changed_at AS changed_at, c.module AS module, c.from_flag AS from_flag, c.to_flag AS to_flag, c.reason AS reason
${changesOfPeople}${where([`c.employee_id = '${idOf(asked)}'`, '(c.from_flag != c.to_flag OR c.from_hold != c.to_hold)', inModules('c.module', asked.reading.modules)])} ORDER BY changed_at DESC, module`,
    say: (rows) => `${counted(rows.length, 'change', 'changes')} of ${nameOf(asked)}, the newest first.`,
  }),
};

const happenings: Family = {
  name: 'person.events',
  example: 'When was the last drug test of one person?',
  ofPerson: true,
  fits: ({ reading }) => (reading.happenings.length === 1 ? 62 : 0),
  plan: (asked) => {
    const [what] = asked.reading.happenings;
    return {
      sql: `SELECT e.occurred_at AS occurred_at, e.module AS module, e.type AS type, e.vendor AS vendor
${eventsOfPeople}${where([`e.employee_id = '${idOf(asked)}'`, what?.where ?? '1'])} ORDER BY occurred_at DESC, type LIMIT ${asked.reading.wants.has('last') ? 1 : 100}`,
      needs: what?.module == null ? [] : [what.module],
      say: (rows) =>
        rows[0] === undefined
          ? `None of ${nameOf(asked)}: ${what?.words ?? 'events'}.`
          : `${nameOf(asked)}: ${what?.words ?? 'events'}, the last on ${textIn(rows[0][0]).slice(0, 10)}.`,
    };
  },
};

export const peopleFamilies: readonly Family[] = [
  count,
  countBy,
  list,
  place,
  why,
  next,
  history,
  happenings,
];
