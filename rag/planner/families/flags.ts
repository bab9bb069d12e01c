import type { Grounded } from '../grounding/ground.ts';
import { flagsOfPeople, inModules, list, unitColumn, where, whose } from '../sql.ts';
import { counted, numberIn, textIn, type Family, type Rows } from './family.ts';
import { about, colourName, joined } from './wording.ts';

/** Questions about how people stand now. */

function conditions({ reading }: Grounded): (string | null)[] {
  return [
    inModules('f.module', reading.modules),
    reading.colours.length === 0 ? null : `f.flag IN ${list(reading.colours)}`,
    reading.hold ? 'f.hold' : null,
  ];
}

/** Speaks of flags as they are, of nothing that happened and no record. */
function ofFlags({
  reading: { by, happenings, records, span, colours, hold, wants, grain },
}: Grounded): boolean {
  const others = [
    'turn',
    'change',
    'expire',
    'expired',
    'worse',
    'wait',
    'positivity',
    'reasons',
    'draft',
  ] as const;
  const isOther = others.some((want) => wants.has(want));
  const isNow = span === null && grain === null && by.every((unit) => flagUnits.some((one) => one === unit));
  return happenings.length === 0 && records.length === 0 && isNow && !isOther && (colours.length > 0 || hold);
}

function standing({ reading }: Grounded): string {
  const words = [...reading.colours.map(colourName), ...(reading.hold ? ['on hold'] : [])];
  return joined(words);
}

const flagUnits = ['division', 'location', 'job_role', 'module', 'flag', 'phase'] as const;
const unitOf = ({ reading }: Grounded) => flagUnits.find((unit) => reading.by.includes(unit)) ?? null;
const isPlace = (unit: string | null): boolean => unit === 'location' || unit === 'job_role';

const who: Family = {
  name: 'flags.who',
  example: 'Who is red in DOT?',
  ofPerson: false,
  fits: (asked) => (ofFlags(asked) && unitOf(asked) === null ? 20 : 0),
  plan: (asked) => ({
    sql: `SELECT p.name AS name, p.location AS location, f.module AS module, f.flag AS flag, f.hold AS hold, f.reason AS reason
${flagsOfPeople}${where([...conditions(asked), ...whose(asked)])} ORDER BY f.flag DESC, name, module`,
    say: (rows) => {
      const people = new Set(rows.map(([name, location]) => `${textIn(name)} ${textIn(location)}`)).size;
      return rows.length === 0
        ? `Nobody is ${standing(asked)}${about(asked)}.`
        : `${counted(rows.length, 'flag is', 'flags are')} ${standing(asked)}${about(asked)}, of ${counted(people, 'name', 'names')}.`;
    },
  }),
};

const count: Family = {
  name: 'flags.count',
  example: 'How many people are on hold in Texas?',
  ofPerson: false,
  fits: (asked) => (ofFlags(asked) && asked.reading.wants.has('count') && unitOf(asked) === null ? 25 : 0),
  plan: (asked) => ({
    sql: `SELECT uniqExact(f.employee_id) AS people, count() AS flags
${flagsOfPeople}${where([...conditions(asked), ...whose(asked)])}`,
    chart: { kind: 'value', x: 'people', y: ['people'], series: null },
    say: ([row]) =>
      `${counted(numberIn(row?.[0]), 'person is', 'people are')} ${standing(asked)}${about(asked)} (${counted(numberIn(row?.[1]), 'flag', 'flags')}).`,
  }),
};

const countBy: Family = {
  name: 'flags.count-by',
  example: 'How many people are red by division?',
  ofPerson: false,
  fits: (asked) => {
    if (asked.reading.wants.has('rate')) return 0;
    return ofFlags(asked) && unitOf(asked) !== null ? 26 : 0;
  },
  plan: (asked) => {
    const unit = unitOf(asked) ?? 'division';
    const isLeast = asked.reading.wants.has('least');
    return {
      sql: `SELECT ${unitColumn(unit, 'f') ?? 'f.module'} AS ${unit}, uniqExact(f.employee_id) AS people
${flagsOfPeople}${where([...conditions(asked), ...whose(asked)])} GROUP BY ${unit} ORDER BY people ${isLeast ? 'ASC' : 'DESC'}, ${unit}`,
      needsPlaces: isPlace(unit),
      chart: { kind: 'bar', x: unit, y: ['people'], series: null },
      say: (rows) => ranking(rows, asked, isLeast),
    };
  },
};

function ranking(rows: Rows, asked: Grounded, isLeast: boolean): string {
  const [first] = rows;
  if (first === undefined) return `Nobody is ${standing(asked)}${about(asked)}.`;
  const lead = `${textIn(first[0]) || 'Without one'} has the ${isLeast ? 'fewest' : 'most'} people who are ${standing(asked)}`;
  return `${lead}${about(asked)}: ${numberIn(first[1])}.`;
}

const isRate = ({ reading }: Grounded): boolean =>
  reading.happenings.length === 0 &&
  reading.records.length === 0 &&
  reading.grain === null &&
  reading.span === null &&
  !reading.wants.has('worse') &&
  !reading.wants.has('positivity');

const percent = (colours: readonly string[]): string => {
  const wanted = colours.length === 0 ? ['green'] : colours;
  return `round(100 * countIf(f.flag IN ${list(wanted)}) / count(), 1)`;
};
const percentName = ({ reading }: Grounded): string =>
  reading.colours[0] === undefined ? 'green' : reading.colours.join('_');

const rate: Family = {
  name: 'flags.rate',
  example: 'What is the compliance rate in training?',
  ofPerson: false,
  fits: (asked) => (isRate(asked) && asked.reading.wants.has('rate') && unitOf(asked) === null ? 27 : 0),
  plan: (asked) => ({
    sql: `SELECT ${percent(asked.reading.colours)} AS percent_${percentName(asked)}, count() AS flags
${flagsOfPeople}${where([inModules('f.module', asked.reading.modules), ...whose(asked)])}`,
    chart: {
      kind: 'value',
      x: `percent_${percentName(asked)}`,
      y: [`percent_${percentName(asked)}`],
      series: null,
    },
    say: ([row]) =>
      numberIn(row?.[1]) === 0
        ? `There are no flags${about(asked)}, so there is no rate.`
        : `${numberIn(row?.[0])} % of ${counted(numberIn(row?.[1]), 'flag is', 'flags are')} ${colourName(asked.reading.colours[0] ?? 'green')}${about(asked)}.`,
  }),
};

const rateBy: Family = {
  name: 'flags.rate-by',
  example: 'What is the compliance rate by division?',
  ofPerson: false,
  fits: (asked) => (isRate(asked) && asked.reading.wants.has('rate') && unitOf(asked) !== null ? 28 : 0),
  plan: (asked) => {
    const unit = unitOf(asked) ?? 'module';
    const name = `percent_${percentName(asked)}`;
    const order = asked.reading.wants.has('least') ? 'ASC' : 'DESC';
    return {
      sql: `SELECT ${unitColumn(unit, 'f') ?? 'f.module'} AS ${unit}, ${percent(asked.reading.colours)} AS ${name}, count() AS flags
${flagsOfPeople}${where([inModules('f.module', asked.reading.modules), ...whose(asked)])} GROUP BY ${unit} ORDER BY ${name} ${order}, ${unit}`,
      needsPlaces: isPlace(unit),
      chart: { kind: 'bar', x: unit, y: [name], series: null },
      say: (rows) => {
        const [first, last] = [rows[0], rows.at(-1)];
        if (first === undefined || last === undefined) return `There are no flags${about(asked)}.`;
        return `From ${textIn(first[0])} with ${numberIn(first[1])} % to ${textIn(last[0])} with ${numberIn(last[1])} %${about(asked)}.`;
      },
    };
  },
};

const compare: Family = {
  name: 'flags.compare',
  example: 'Compare the compliance of two locations, each by its name',
  ofPerson: false,
  fits: (asked) => (isRate(asked) && asked.reading.wants.has('compare') && asked.places.length > 1 ? 29 : 0),
  plan: (asked) => {
    const kind = asked.places[0]?.kind ?? 'location';
    return {
      sql: `SELECT p.${kind} AS ${kind}, ${percent([])} AS percent_green, countIf(f.flag = 'red') AS red, count() AS flags
${flagsOfPeople}${where([inModules('f.module', asked.reading.modules), ...whose(asked)])} GROUP BY ${kind} ORDER BY percent_green DESC, ${kind}`,
      needsPlaces: isPlace(kind),
      chart: { kind: 'bar', x: kind, y: ['percent_green'], series: null },
      say: (rows) =>
        `${joined(rows.map(([name, green]) => `${textIn(name)} ${numberIn(green)} %`))} of flags are green.`,
    };
  },
};

const several: Family = {
  name: 'flags.several',
  example: 'Who is red in more than one module?',
  ofPerson: false,
  fits: (asked) => (asked.reading.wants.has('several') ? 31 : 0),
  plan: (asked) => ({
    sql: `SELECT p.name AS name, p.location AS location, count() AS modules, arrayStringConcat(arraySort(groupArray(toString(f.module))), ', ') AS which
${flagsOfPeople}${where([`f.flag IN ${list(asked.reading.colours.length === 0 ? ['red'] : asked.reading.colours)}`, ...whose(asked)])}
GROUP BY f.employee_id, name, location HAVING modules > 1 ORDER BY modules DESC, name`,
    say: (rows) =>
      `${counted(rows.length, 'person is', 'people are')} ${standing(asked) || colourName('red')} in more than one module${about(asked)}.`,
  }),
};

const allGreen: Family = {
  name: 'flags.all-green',
  example: 'Who is fully compliant?',
  ofPerson: false,
  fits: (asked) => (asked.reading.wants.has('all') && asked.reading.colours.includes('green') ? 30 : 0),
  plan: (asked) => ({
    sql: `SELECT p.name AS name, p.location AS location, count() AS modules
${flagsOfPeople}${where([inModules('f.module', asked.reading.modules), ...whose(asked)])} GROUP BY f.employee_id, name, location
HAVING countIf(f.flag != 'green') = 0 ORDER BY name, location`,
    say: (rows) =>
      `${counted(rows.length, 'person is', 'people are')} green in everything that is asked of them${about(asked)}.`,
  }),
};

const overview: Family = {
  name: 'flags.overview',
  example: 'How do we stand?',
  ofPerson: false,
  fits: (asked) => (asked.reading.wants.has('overview') ? 22 : 0),
  plan: (asked) => ({
    sql: `SELECT f.module AS module, countIf(f.flag = 'red') AS red, countIf(f.flag = 'stale') AS no_data, countIf(f.flag = 'yellow') AS yellow,
countIf(f.flag = 'green') AS green, countIf(f.hold) AS on_hold, ${percent([])} AS percent_green
${flagsOfPeople}${where([inModules('f.module', asked.reading.modules), ...whose(asked)])} GROUP BY module ORDER BY module`,
    chart: { kind: 'stacked', x: 'module', y: ['red', 'no_data', 'yellow', 'green'], series: null },
    say: (rows) => {
      const red = rows.reduce((sum, row) => sum + numberIn(row[1]), 0);
      const holds = rows.reduce((sum, row) => sum + numberIn(row[5]), 0);
      return `${counted(red, 'flag is', 'flags are')} red and ${holds} hold work${about(asked)}.`;
    },
  }),
};

export const flagFamilies: readonly Family[] = [
  who,
  count,
  countBy,
  rate,
  rateBy,
  compare,
  several,
  allGreen,
  overview,
];
