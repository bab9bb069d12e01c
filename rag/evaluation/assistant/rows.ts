import type { FlagColour } from '#contracts/flags';
import { modules, type Module } from '#contracts/modules';
import type { ClickHouse } from '#platform/clickhouse';
import { migrateWarehouse, stateBits } from '#warehouse';
import { eventsOf } from './events.ts';
import { madeId, tenantOf, trialPeople, type TrialPerson } from './people.ts';

/** Rows of the made-up companies in the warehouse's tables, relative to an instant. */

type Row = Readonly<Record<string, unknown>>;
const dayMs = 86_400_000;
const isoAt = (ms: number): string => new Date(ms).toISOString();

/** Fills an empty database. Errors as of the engine. */
export async function fillTrial(clickhouse: ClickHouse, atMs: number, people = trialPeople): Promise<void> {
  await migrateWarehouse(clickhouse);
  await insertTrial(clickhouse, atMs, people);
}

export async function insertTrial(
  { client }: Pick<ClickHouse, 'client'>,
  atMs: number,
  people: readonly TrialPerson[],
): Promise<void> {
  const tables: Readonly<Record<string, readonly Row[]>> = {
    people: people.map(personRow),
    flags_current: people.flatMap((person) => flagRows(person, atMs)),
    flag_changes: people.flatMap((person) => changeRows(person, atMs)),
    compliance_events: people.flatMap((person) => eventRows(person, atMs)),
    status_days: people.flatMap((person) => dayRows(person, atMs)),
  };
  for (const [table, values] of Object.entries(tables)) {
    if (values.length > 0) await client.insert({ table, values: [...values], format: 'JSONEachRow' });
  }
}

const placesOf = ({ division, location, jobRole }: TrialPerson): Row => ({
  division_id: division.id,
  location_id: location.id,
  job_role_id: jobRole.id,
});

const personRow = (person: TrialPerson): Row => ({
  tenant_id: tenantOf(person.company),
  employee_id: person.employeeId,
  name: person.name,
  phase: person.phase,
  ...placesOf(person),
  division_name: person.division.name,
  location_name: person.location.name,
  job_role_name: person.jobRole.name,
  version: 1,
});

interface Standing {
  readonly flag: FlagColour;
  readonly hold: boolean;
  readonly ruleId: string;
  /** Days until it turns red; null: not by time alone. */
  readonly redIn: number | null;
  readonly changedDaysAgo: number;
}

const pattern: readonly FlagColour[] = [
  'red',
  'green',
  'yellow',
  'green',
  'stale',
  'none',
  'green',
  'green',
  'yellow',
  'green',
  'green',
];

/** The rule of each module that is first for a colour. */
const rulesOf: Readonly<Record<Module, Readonly<Record<Exclude<FlagColour, 'none'>, readonly string[]>>>> = {
  drug_alcohol: { red: ['DA01', 'DA09'], yellow: ['DA12', 'DA14'], stale: ['DA15'], green: ['DA17'] },
  background: { red: ['BG01'], yellow: ['BG09-RV', 'BG12'], stale: ['BG13'], green: ['BG14'] },
  dot: { red: ['DT06', 'DT01'], yellow: ['DT06', 'DT16'], stale: ['DT18'], green: ['DT19'] },
  health: { red: ['HL03', 'HL01'], yellow: ['HL09'], stale: ['HL13'], green: ['HL14'] },
  training: { red: ['TR10', 'TR03'], yellow: ['TR14-DUE', 'TR13-REVIEW'], stale: ['TR15'], green: ['TR16'] },
  geofence: { red: ['GF05'], yellow: ['GF09-REVIEW'], stale: ['GF12'], green: ['GF09'] },
};

export function standingOf({ number, phase }: TrialPerson, module: Module, audience: string): Standing {
  const at = modules.indexOf(module);
  const seen = pattern[(number * 7 + at * 3) % pattern.length] ?? 'none';
  // An unannounced test is the DER's alone.
  const isSecret = module === 'drug_alcohol' && number % 12 === 4;
  const flag = phase === 'terminated' ? 'none' : isSecret ? (audience === 'der' ? 'yellow' : 'green') : seen;
  const rules = flag === 'none' ? [] : rulesOf[module][flag];
  return {
    flag,
    hold: flag === 'red' && number % 2 === 0,
    ruleId: rules[number % Math.max(1, rules.length)] ?? '',
    redIn: flag === 'yellow' ? 1 + ((number * 5 + at * 11) % 80) : null,
    changedDaysAgo: (number * 13 + at * 17) % 97,
  };
}

/** Stands once in all rows, so that whoever reads it is known to have read this flag's reason. */
export const reasonOf = ({ company, number }: TrialPerson, module: Module): string =>
  `why-${company}-${number}-${module}-end`;

function flagRows(person: TrialPerson, atMs: number): Row[] {
  return modules.flatMap((module, at) =>
    ['der', 'others'].map((audience) => {
      const { flag, hold, ruleId, redIn, changedDaysAgo } = standingOf(person, module, audience);
      const turns = redIn === null ? null : isoAt(atMs + redIn * dayMs);
      return {
        tenant_id: tenantOf(person.company),
        audience,
        employee_id: person.employeeId,
        module,
        flag,
        hold,
        bits: stateBits(module, flag, hold),
        short: flag === 'none' ? '' : reasonOf(person, module),
        lead_rule_id: ruleId,
        next_change_at: turns,
        next_flag: turns === null ? 'none' : 'red',
        turns_red_at: turns,
        decided_at: isoAt(atMs - changedDaysAgo * dayMs - 3_600_000),
        sequence: person.number * 10 + at + 1,
      };
    }),
  );
}

function changeRows(person: TrialPerson, atMs: number): Row[] {
  return modules.flatMap((module, at) => {
    const { flag, hold, ruleId, redIn, changedDaysAgo } = standingOf(person, module, 'others');
    if (flag === 'none') return [];
    const number = person.number * 10 + at + 1;
    const base = {
      tenant_id: tenantOf(person.company),
      employee_id: person.employeeId,
      module,
      audience: 'all',
      ...placesOf(person),
      name: person.name,
    };
    const decided = (ago: number) => ({
      decided_at: isoAt(atMs - ago * dayMs - 3_600_000),
      received_at: isoAt(atMs - ago * dayMs - 3_605_000),
    });
    const state = {
      next_change_at: null,
      next_flag: 'none',
      turns_red_at: redIn === null ? null : isoAt(atMs + redIn * dayMs),
    };
    const first = {
      ...base,
      ...state,
      ...decided(changedDaysAgo + 100),
      id: madeId('flagChange', number),
      sequence: number,
      from_flag: 'none',
      from_hold: false,
      to_flag: 'green',
      to_hold: false,
      from_bits: 0,
      to_bits: stateBits(module, 'green', false),
      short: '',
      summary: 'In order.',
      lead_rule_id: rulesOf[module].green[0],
    };
    const second = {
      ...base,
      ...state,
      ...decided(changedDaysAgo),
      id: madeId('flagChange', 100_000 + number),
      sequence: 100_000 + number,
      from_flag: 'green',
      from_hold: false,
      to_flag: flag,
      to_hold: hold,
      from_bits: 0,
      to_bits: stateBits(module, flag, hold),
      short: '',
      summary: reasonOf(person, module),
      lead_rule_id: ruleId,
    };
    return flag === 'green' ? [first] : [first, second];
  });
}

function eventRows(person: TrialPerson, atMs: number): Row[] {
  return eventsOf(person, atMs).map(({ module, type, subject, atMs: happenedMs, payload, vendor }, at) => ({
    id: madeId('event', person.number * 1000 + at),
    tenant_id: tenantOf(person.company),
    employee_id: person.employeeId,
    module,
    type,
    subject_ref: subject,
    occurred_at: isoAt(happenedMs),
    received_at: isoAt(happenedMs + 5000),
    version: 0,
    vendor,
    payload: JSON.stringify(payload),
    name: person.name,
    ...placesOf(person),
  }));
}

/** How many past days are kept. */
const keptDays = 60;

function dayRows(person: TrialPerson, atMs: number): Row[] {
  return Array.from({ length: keptDays }, (_, back) => back + 1).flatMap((back) =>
    ['der', 'others'].map((audience) => ({
      tenant_id: tenantOf(person.company),
      audience,
      day: isoAt(atMs - back * dayMs).slice(0, 10),
      ...placesOf(person),
      state: modules.reduce((sum, module) => {
        const { flag, hold, changedDaysAgo } = standingOf(person, module, audience);
        const was = flag !== 'none' && changedDaysAgo < back ? 'green' : flag;
        return sum + stateBits(module, was, was === flag && hold);
      }, 0),
      people: 1,
    })),
  );
}
