import { idPrefixes, type IdKind } from '#contracts/ids';
import { modules, type Module } from '#contracts/modules';
import type { Row } from '../../loading/rows.ts';
import { stateBits } from '../../state.ts';
import type { Sight } from '../sight.ts';

/** Made-up rows of two companies for trying the guard; every text stands once, so that whose it is can be told. */
export const companies = ['ours', 'theirs'] as const;
export type Company = (typeof companies)[number];

export function madeId(kind: IdKind, number: number): string {
  return `${idPrefixes[kind]}_0${String(number).padStart(25, '0')}`;
}

export const tenantOf = (company: Company): string => madeId('tenant', company === 'ours' ? 1 : 2);

export interface MadePerson {
  readonly company: Company;
  readonly number: number;
  readonly employeeId: string;
  readonly name: string;
  readonly divisionId: string;
  readonly locationId: string;
}

/** Person `number` of the company: odd ones in its first division, every third in its first location. */
export function madePerson(company: Company, number: number): MadePerson {
  const offset = company === 'ours' ? 0 : 5000;
  return {
    company,
    number,
    employeeId: madeId('employee', offset + number),
    name: `name-${company}-${number}-end`,
    divisionId: madeId('division', offset + 1 + ((number + 1) % 2)),
    locationId: madeId('location', offset + 1 + (number % 3)),
  };
}

/** A text of the rows, with who may read it. */
export interface MadeText {
  readonly text: string;
  readonly isShown: (sight: Sight) => boolean;
}

export interface MadeRows {
  readonly people: Row<'people'>[];
  readonly flags_current: Row<'flags_current'>[];
  readonly flag_changes: Row<'flag_changes'>[];
  readonly compliance_events: Row<'compliance_events'>[];
  readonly status_days: Row<'status_days'>[];
  readonly texts: MadeText[];
}

export const inSight = (person: MadePerson) => (sight: Sight) =>
  person.company === 'ours' &&
  sight.tenantId === tenantOf('ours') &&
  (sight.ownEmployeeId === null
    ? sight.everyone ||
      sight.divisionIds.includes(person.divisionId) ||
      sight.locationIds.includes(person.locationId)
    : sight.ownEmployeeId === person.employeeId);

const colourOf = (number: number) => (['green', 'yellow', 'stale', 'red'] as const)[number % 4] ?? 'green';

/** Rows of these people at this instant. Numbers of rows come from the numbers of people: 10 rows of each kind at most. */
export function makeRows(people: readonly MadePerson[], atMs: number): MadeRows {
  const rows: MadeRows = {
    people: [],
    flags_current: [],
    flag_changes: [],
    compliance_events: [],
    status_days: [],
    texts: [],
  };
  for (const person of people) {
    const shown = inSight(person);
    rows.people.push(personRow(person));
    rows.texts.push(
      { text: person.employeeId, isShown: shown },
      { text: person.name, isShown: (sight) => shown(sight) && !sight.nameless },
    );
    for (const [at, module] of modules.entries()) {
      addFlag(rows, person, module, at, atMs);
      addEvents(rows, person, module, at, atMs);
    }
    for (const audience of ['der', 'others']) rows.status_days.push({ ...dayRow(person, atMs), audience });
  }
  return rows;
}

function personRow(person: MadePerson): Row<'people'> {
  return {
    tenant_id: tenantOf(person.company),
    employee_id: person.employeeId,
    name: person.name,
    phase: 'active',
    ...placeOf(person),
    division_name: `division-${person.divisionId.slice(-4)}`,
    location_name: `location-${person.locationId.slice(-4)}`,
    job_role_name: 'Driver',
    version: 1,
  };
}

function placeOf({ divisionId, locationId }: MadePerson) {
  return { division_id: divisionId, location_id: locationId, job_role_id: madeId('jobRole', 1) };
}

const isoAt = (ms: number): string => new Date(ms).toISOString();
const dayMs = 86_400_000;

function addFlag(rows: MadeRows, person: MadePerson, module: Module, at: number, atMs: number): void {
  const shown = inSight(person);
  const flag = colourOf(person.number + at);
  const key = `${person.company}-${person.number}-${module}`;
  const sequence = person.number * 10 + at;
  const outlook = {
    next_change_at: isoAt(atMs + dayMs * 20),
    next_flag: 'red',
    turns_red_at: isoAt(atMs + dayMs * 20),
  };
  const base = {
    tenant_id: tenantOf(person.company),
    employee_id: person.employeeId,
    module,
    sequence,
    ...outlook,
  };
  const decided = { lead_rule_id: `RULE-${at}`, decided_at: isoAt(atMs - dayMs) };
  for (const audience of ['der', 'others']) {
    const bits = stateBits(module, flag, false);
    rows.flags_current.push({
      ...base,
      ...decided,
      audience,
      flag,
      hold: false,
      bits,
      short: `short-${key}-end`,
    });
  }
  rows.flag_changes.push({
    ...base,
    ...decided,
    ...placeOf(person),
    ...logged(sequence, person),
    id: madeId('flagChange', offsetOf(person) + sequence),
    audience: 'all',
    from_flag: 'none',
    from_hold: false,
    to_flag: flag,
    to_hold: false,
    from_bits: 0,
    to_bits: stateBits(module, flag, false),
    short: '',
    summary: `summary-${key}-end`,
    received_at: null,
    name: person.name,
  });
  const isFull = (sight: Sight) => shown(sight) && sight.full.includes(module);
  rows.texts.push(
    { text: `short-${key}-end`, isShown: isFull },
    { text: `summary-${key}-end`, isShown: isFull },
  );
}

const offsetOf = ({ company }: MadePerson): number => (company === 'ours' ? 0 : 500_000);

const logged = (offset: number, person: MadePerson) => ({
  log_topic: 'made',
  log_partition: 0,
  log_offset: String(offsetOf(person) + offset),
});

interface MadeEvent {
  readonly what: string;
  readonly type: string;
  readonly payload: object;
  readonly isShown: (sight: Sight) => boolean;
}

/** What can be told of a person in a module; of drug and alcohol also what only some may know, or nobody. */
function eventsOf(module: Module): MadeEvent[] {
  const isFull = (sight: Sight) => sight.full.includes(module);
  if (module !== 'drug_alcohol')
    return [{ what: 'plain', type: 'document.verified', payload: {}, isShown: isFull }];
  const test = { dot: true, reason: 'pre_employment', kind: 'drug' };
  const random = { test: { ...test, reason: 'random' } };
  return [
    { what: 'result', type: 'test.mro_negative', payload: { test, channel: 'mro' }, isShown: isFull },
    {
      what: 'untold',
      type: 'test.ordered',
      payload: random,
      isShown: (sight) => isFull(sight) && sight.audience === 'der',
    },
    { what: 'laboratory', type: 'test.lab_received', payload: { test }, isShown: () => false },
    {
      what: 'unverified',
      type: 'test.mro_positive',
      payload: { test, channel: 'lab' },
      isShown: () => false,
    },
  ];
}

function addEvents(rows: MadeRows, person: MadePerson, module: Module, at: number, atMs: number): void {
  const shown = inSight(person);
  for (const [index, { what, type, payload, isShown }] of eventsOf(module).entries()) {
    const number = person.number * 100 + at * 10 + index;
    const subject = `subject-${person.company}-${person.number}-${module}-${what}-end`;
    rows.compliance_events.push({
      id: madeId('event', offsetOf(person) + number),
      tenant_id: tenantOf(person.company),
      employee_id: person.employeeId,
      module,
      type,
      subject_ref: subject,
      occurred_at: isoAt(atMs - dayMs * (1 + (number % 50))),
      received_at: isoAt(atMs - dayMs),
      version: 0,
      vendor: 'made',
      endpoint_id: '',
      dedupe_key: subject,
      raw_ref: '',
      payload: JSON.stringify(payload),
      review_field: '',
      review_reason: '',
      name: person.name,
      ...placeOf(person),
      division_name: '',
      location_name: '',
      job_role_name: '',
      ...logged(number, person),
    });
    rows.texts.push({ text: subject, isShown: (sight) => shown(sight) && isShown(sight) });
  }
}

function dayRow(person: MadePerson, atMs: number): Row<'status_days'> {
  const state = modules.reduce(
    (sum, module, at) => sum + stateBits(module, colourOf(person.number + at), false),
    0,
  );
  return {
    tenant_id: tenantOf(person.company),
    audience: 'others',
    day: isoAt(atMs - dayMs).slice(0, 10),
    ...placeOf(person),
    state,
    people: 1,
  };
}
