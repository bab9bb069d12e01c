import type { ClickHouse } from '#platform/clickhouse';
import { modules } from '#contracts/modules';
import { catalogue } from './catalogue/catalogue.ts';

export interface ScratchSize {
  /** Number of compliance events, and of flag changes. */
  readonly events: number;
  readonly people: number;
  readonly nowMs: number;
}

/** Two years: at 50 changes a person, each flag changes about four times a year. */
const historyMs = 730 * 86_400_000;

/** An id as the contracts want it, made of a number. */
export function scratchId(prefix: string, number: number): string {
  return `${prefix}_0${String(number).padStart(25, '0')}`;
}

const idSql = (prefix: string, number: string): string =>
  `concat('${prefix}_0', leftPad(toString(${number}), 25, '0'))`;

/** Company 0 has every fourth person; the others share the rest. */
const tenantSql = (person: string): string =>
  idSql('ten', `if(${person} % 4 = 0, 0, 1 + intHash32(${person}) % 19)`);
/** A location lies in one division, and a division has four of the job roles. */
const locationSql = (person: string): string => idSql('loc', `1 + intHash32(${person} + 2) % 23`);
const divisionSql = (person: string): string => idSql('div', `1 + intHash32(${person} + 2) % 23 % 7`);
const jobRoleSql = (person: string): string =>
  idSql('job', `1 + (intHash32(${person} + 2) % 23 % 7 + intHash32(${person} + 3) % 4) % 12`);
const moduleSql = (index: string): string =>
  `[${modules.map((module) => `'${module}'`).join(', ')}][${index} + 1]`;

/** Share of people to whom each module applies, per cent. */
const coverage = '[65, 100, 45, 61, 100, 26]';

/**
 * Colour weight of a flag (`pair` = person and module) after its change number `turn`: about 97 of 100 green where
 * the module applies at all.
 */
const weightSql = (pair: string, turn: string): string => `multiIf(
  intHash32(${pair} + 7) % 100 >= ${coverage}[${pair} % 6 + 1] OR ${turn} < 0, 0,
  cityHash64(${pair}, ${turn}) % 1000 < 965, 1,
  cityHash64(${pair}, ${turn}) % 1000 < 988, 2,
  cityHash64(${pair}, ${turn}) % 1000 < 992, 3, 4)`;

const holdSql = (pair: string, turn: string): string =>
  `(${weightSql(pair, turn)} = 4 AND cityHash64(${turn}, ${pair}) % 2 = 0)`;

const bitsSql = (pair: string, turn: string): string =>
  `toUInt32(bitShiftLeft(${weightSql(pair, turn)} + 8 * ${holdSql(pair, turn)}, 4 * (${pair} % 6)))`;

export async function truncateScratch(clickhouse: ClickHouse): Promise<void> {
  for (const table of Object.keys(catalogue)) {
    await clickhouse.client.command({ query: `TRUNCATE TABLE ${table}` });
  }
}

/** Writes the made-up history by the engine itself; nothing travels. */
export async function fillScratch(clickhouse: ClickHouse, size: ScratchSize): Promise<void> {
  const query_params = {
    events: size.events,
    people: size.people,
    pairs: size.people * modules.length,
    now_ms: size.nowMs,
    start_ms: size.nowMs - historyMs,
    step_ms: historyMs / size.events,
  };
  const insert = (query: string, first: number, count: number) =>
    clickhouse.client.command({
      query,
      query_params: { ...query_params, first, count },
      clickhouse_settings: { max_partitions_per_insert_block: '0', insert_deduplicate: 0 },
    });
  await insert(peopleSql, 0, size.people);
  for (let first = 0; first < size.events; first += rowsPerStatement) {
    const count = Math.min(rowsPerStatement, size.events - first);
    await insert(eventsSql, first, count);
    await insert(changesSql, first, count);
  }
  await insert(currentSql, 0, size.people * modules.length);
}

const rowsPerStatement = 1_000_000;

const peopleSql = `INSERT INTO people
SELECT ${tenantSql('number')}, ${idSql('emp', 'number')}, concat('Person ', toString(number)), 'active',
  ${divisionSql('number')} AS division, concat('Division ', right(division, 1)),
  ${locationSql('number')} AS location, concat('Location ', right(location, 2)),
  ${jobRoleSql('number')} AS job, concat('Role ', right(job, 2)), {now_ms:UInt64}
FROM numbers({first:UInt64}, {count:UInt64})`;

const eventsSql = `INSERT INTO compliance_events
SELECT ${idSql('evt', 'number')}, ${tenantSql('person')}, ${idSql('emp', 'person')}, ${moduleSql('number % 6')},
  ['order.placed', 'result.received', 'document.verified'][number % 3 + 1], concat('subject-', toString(number % 100000)),
  at - toIntervalHour(number % 72), at, 0,
  ['checkr', 'tazworks', 'quest-esp', 'formfox', 'bamboohr', 'app'][number % 6 + 1],
  if(number % 6 = 5, '', ${idSql('end', 'number % 6')}), toString(number), '',
  concat('{"result":"clear","score":', toString(number % 100), '}'), '', '', concat('Person ', toString(person)),
  ${divisionSql('person')} AS division, concat('Division ', right(division, 1)),
  ${locationSql('person')} AS location, concat('Location ', right(location, 2)),
  ${jobRoleSql('person')} AS job, concat('Role ', right(job, 2)), 'bench', 0, number
FROM (
  SELECT number, intHash32(number) % {people:UInt64} AS person,
    fromUnixTimestamp64Milli(toInt64({start_ms:Int64} + number * {step_ms:Float64}), 'UTC') AS at
  FROM numbers({first:UInt64}, {count:UInt64})
)`;

/** Two of five green or yellow flags have a date, up to two years ahead, at which they turn red. */
const redAtSql = `if(weight IN (1, 2) AND cityHash64(turn, pair) % 5 < 2,
    at + toIntervalDay(1 + cityHash64(pair, turn) % 730), NULL)`;
const nextFlagSql = 'if(isNull(red_at), 0, 4)';

const changesSql = `INSERT INTO flag_changes
SELECT ${idSql('flc', 'number')}, ${tenantSql('person')}, number + 1, 'all', ${idSql('emp', 'person')},
  ${moduleSql('pair % 6')}, ${weightSql('pair', 'turn - 1')}, ${holdSql('pair', 'turn - 1')},
  weight, ${holdSql('pair', 'turn')}, ${bitsSql('pair', 'turn - 1')}, ${bitsSql('pair', 'turn')},
  '', 'Made up for a measurement', 'BENCH01', ${redAtSql} AS red_at, ${nextFlagSql}, red_at,
  NULL, at, concat('Person ', toString(person)), ${divisionSql('person')}, ${locationSql('person')},
  ${jobRoleSql('person')}, 'bench', 0, number
FROM (
  SELECT number, number % {pairs:UInt64} AS pair, toInt64(intDiv(number, {pairs:UInt64})) AS turn,
    intDiv(pair, 6) AS person, ${weightSql('pair', 'turn')} AS weight,
    fromUnixTimestamp64Milli(toInt64({start_ms:Int64} + number * {step_ms:Float64}), 'UTC') AS at
  FROM numbers({first:UInt64}, {count:UInt64})
)`;

const currentSql = `INSERT INTO flags_current
SELECT ${tenantSql('person')}, audience, ${idSql('emp', 'person')}, ${moduleSql('pair % 6')}, weight,
  ${holdSql('pair', 'turn')}, ${bitsSql('pair', 'turn')}, '', 'BENCH01',
  ${redAtSql} AS red_at, ${nextFlagSql}, red_at, at, change + 1
FROM (
  SELECT number AS pair, toInt64(intDiv({events:UInt64} - 1 - number, {pairs:UInt64})) AS turn,
    intDiv(pair, 6) AS person, ${weightSql('pair', 'turn')} AS weight, pair + turn * {pairs:UInt64} AS change,
    fromUnixTimestamp64Milli(toInt64({start_ms:Int64} + change * {step_ms:Float64}), 'UTC') AS at
  FROM numbers({first:UInt64}, {count:UInt64})
)
ARRAY JOIN ['der', 'others'] AS audience`;
