import type { Page } from '@playwright/test';
import { modules, type Module } from '#contracts/modules';
import { systemClock } from '#platform/clock';
import type { DemoPerson } from '../../demo/company.ts';
import { standardEvent } from '../../demo/simulator/vendors.ts';
import type { Message } from '../../demo/simulator/wire.ts';
import type { Stage } from './stage.ts';

export interface KnownPerson {
  readonly person: DemoPerson;
  readonly employeeId: string;
  readonly name: string;
}

interface Row {
  readonly employeeId: string;
  readonly number: string;
  readonly name: string;
  readonly cells: readonly ({ flag: string; hold: boolean } | null)[];
}

/** Asks the API as the page's own viewer. */
export async function ask<T>(page: Page, origin: string, path: string, input: unknown): Promise<T> {
  const search = input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(input))}`;
  const response = await page.request.get(`${origin}/api/trpc/${path}${search}`);
  if (!response.ok()) throw new Error(`${path}: ${response.status()} ${await response.text()}`);
  const { result } = (await response.json()) as { result: { data: T } };
  return result.data;
}

/** Drivers of the tank division whose DOT file is in order now: the story begins with one of them. */
export async function greenDrivers(stage: Stage, page: Page): Promise<KnownPerson[]> {
  const query = {
    text: '',
    phases: ['active'],
    divisionIds: [],
    locationIds: [],
    jobRoleIds: [],
    sort: 'number',
  };
  const input = { query, offset: 0, limit: 200 };
  const { rows } = await ask<{ rows: Row[] }>(page, stage.origin, 'people.list', input);
  const dot = modules.indexOf('dot' satisfies Module);
  return rows.flatMap(({ employeeId, number, name, cells }) => {
    const person = stage.company.people.find((one) => one.number === number);
    const wanted = person?.divisionRef === 'tank' && person.jobRoleRef === 'tank_driver';
    return person && wanted && cells[dot]?.flag === 'green' ? [{ person, employeeId, name }] : [];
  });
}

/** The MVR monitor reports the state of a driver's licence, by Standard Webhooks. */
export function licence(
  stage: Stage,
  person: DemoPerson,
  status: 'valid' | 'suspended',
  key: string,
): Message {
  const atMs = systemClock.nowMs();
  const state = stage.company.locations.find((place) => place.ref === person.locationRef)?.state ?? 'TX';
  const day = (ahead: number) => new Date(atMs + ahead * 86_400_000).toISOString().slice(0, 10);
  const numberLast4 = person.number.slice(-4);
  return standardEvent(
    person,
    {
      id: `e2e-${key}`,
      module: 'dot',
      type: 'licence.reported',
      subjectRef: `licence:${state}:${numberLast4}`,
      payload: {
        state,
        numberLast4,
        kind: 'cdl',
        licenceClass: 'A',
        endorsements: ['N', 'H'],
        restrictions: [],
        status,
        privilegeToDrive: status === 'valid' ? 'valid' : 'invalid',
        issuedOn: day(-1500),
        expiresOn: day(900),
        actions: [],
        readOn: day(0),
        via: 'monitor',
      },
    },
    atMs,
  );
}

/** A course that somebody passed; a number that nobody here has makes it a dead letter. */
export function course(number: string, item: string, key: string): Message {
  const atMs = systemClock.nowMs();
  const completedOn = new Date(atMs).toISOString().slice(0, 10);
  return standardEvent(
    { number },
    {
      id: `e2e-${key}`,
      module: 'training',
      type: 'completion.recorded',
      subjectRef: `${number}:${item}:${key}`,
      payload: {
        item,
        completedOn,
        hours: 8,
        fieldDays: null,
        passed: true,
        tested: true,
      },
    },
    atMs,
  );
}
