import { setTimeout as sleep } from 'node:timers/promises';
import type { DivisionId, EmployeeId, LocationId } from '#contracts/ids';
import type { Module } from '#contracts/modules';
import type { Area, Role } from '#contracts/roles';
import { authorize, authorizeOwn, type Scope } from '#domain/identity';
import { scopeKey } from '../../../src/lib/server/visibility.ts';
import { testId } from '../../../warehouse/loading/testing.ts';
import { testViewer } from '../../../warehouse/metrics/testing.ts';
import { call, openLive } from '../ask.ts';
import { recollectedIndex } from '../planted.ts';
import { mayAsk } from '../needs.ts';
import { procedures } from '../procedures.ts';
import { lettersOf, type Letter } from '../role-table.ts';
import type { Trial } from '../trial.ts';
import type { Asker } from '../viewers.ts';
import { answerCells } from './answer-cells.ts';
import { directCells } from './direct-cells.ts';

/** One thing tried by one asker. */
export interface Cell {
  readonly procedure: string | null;
  /** What was wrong, in words. */
  run(): Promise<string[]>;
}

/** Every procedure, act on alerts and live channel, as everybody; askers take turns, so that kept answers show. */
export function cellsOf(trial: Trial): Cell[] {
  return [
    ...procedureCells(trial),
    ...ownCells(trial),
    ...countCells(trial),
    ...derCells(trial),
    ...recordCells(trial),
    ...alertCells(trial),
    ...liveCells(trial),
    ...keyCells(),
    ...answerCells(trial),
    ...directCells(),
  ];
}

/** Most requests of one procedure: each is tried by everybody, hundreds of times. */
const mostInputs = 6;

function fewOf(inputs: readonly unknown[]): readonly unknown[] {
  const step = Math.max(1, inputs.length / mostInputs);
  return inputs.filter((_, at) => Math.floor(at / step) !== Math.floor((at - 1) / step));
}

function procedureCells(trial: Trial): Cell[] {
  return Object.entries(procedures).flatMap(([procedure, expectation]) =>
    fewOf(trial.inputsOf(expectation)).flatMap((input) =>
      trial.askers.map((asker) => ({ procedure, run: () => trial.ask(asker, procedure, input) })),
    ),
  );
}

/** Isolation is no emptiness: each sees as many people as the table says, on a board that others have looked at. */
function ownCells({ world, askers, alder, borealis }: Trial): Cell[] {
  const count = async (asker: Asker): Promise<string[]> => {
    const { inputs } = procedures['board.page'] ?? { inputs: () => [] };
    const [input] = inputs(asker.reaches === 'Alder' ? alder : borealis);
    const { text } = await call(world.planted.origin, asker, 'board.page', { kind: 'query' }, input);
    const seen = /"people":(\d+)/.exec(text)?.[1];
    return Number(seen) === asker.people.size ? [] : [`${asker.name} · board.page · ${seen} people`];
  };
  return askers
    .filter(({ reaches, people }) => reaches !== null && people.size > 0)
    .map((asker) => ({ procedure: null, run: () => count(asker) }));
}

/**
 * Somebody must be tested again without notice: the DER's screens show yellow, all others' the green that stands. Colours
 * carry no word that could be searched for.
 */
function derCells({ world, askers, alder }: Trial): Cell[] {
  const person = world.alder.people.get(recollectedIndex) ?? '';
  const colours: Readonly<Record<string, readonly [unknown, RegExp]>> = {
    'board.page': [
      procedures['board.page']?.inputs(alder)[0],
      new RegExp(`"employeeId":"${person}".*?"cells":\\[\\{"flag":"(\\w+)"`),
    ],
    'person.page': [{ employeeId: person, asOf: null }, /"module":"drug_alcohol".*?"flag":"(\w+)"/],
    'person.page ': [
      { employeeId: person, asOf: null },
      // The lane of the past: whatever colour it ends with.
      /"module":"drug_alcohol"[^[]*"spans":\[(?:[^\]]*)"flag":"(\w+)"[^\]]*\]/,
    ],
    'person.why': [{ employeeId: person, module: 'drug_alcohol', asOf: null }, /"state":\{.*?"flag":"(\w+)"/],
  };
  const look = async (asker: Asker, path: string): Promise<string[]> => {
    const [input, colour] = colours[path] ?? [undefined, /$^/];
    const { text } = await call(world.planted.origin, asker, path.trim(), { kind: 'query' }, input);
    const flag = colour.exec(text)?.[1];
    return flag === undefined || flag === (asker.role === 'DER' ? 'yellow' : 'green')
      ? []
      : [`${asker.name} · ${path} · ${flag} for who must be tested again`];
  };
  return askers
    .filter(({ role, reaches }) => role !== undefined && reaches === 'Alder')
    .flatMap((asker) =>
      Object.keys(colours).map((path) => ({ procedure: null, run: () => look(asker, path) })),
    );
}

/** What a person's page holds beside the flags, by the letters of the table: records, qualification, holds, links to the log. */
function recordCells({ world, askers, alder }: Trial): Cell[] {
  const openAlerts = async (asker: Asker, employeeId: string): Promise<number> => {
    const query = { view: 'raised', module: null, severity: null, employeeId };
    const path = 'alerts.list';
    const input = { query, offset: 0, limit: 200 };
    const { text } = await call(world.planted.origin, asker, path, { kind: 'query' }, input);
    return (JSON.parse(text) as { result?: { data: { rows: unknown[] } } }).result?.data.rows.length ?? 0;
  };
  const look = async (asker: Asker, employeeId: string): Promise<string[]> => {
    const input = { employeeId, asOf: null };
    const { text } = await call(world.planted.origin, asker, 'person.page', { kind: 'query' }, input);
    const page = (JSON.parse(text) as { result?: { data: PersonPage } }).result?.data;
    if (page === undefined) return [];
    const may = (letter: Letter, area: Area) =>
      asker.role ? lettersOf(asker.role, area).includes(letter) : asker.role === null;
    const told = page.records.filter(
      ({ module, items }) => items.length > 0 && module !== 'people' && !may('V', module),
    );
    const counted = page.guarded.filter(({ module }) => !may('V', module));
    const open =
      /(\d+) open alert/.exec(page.acts.find(({ id }) => id === 'alerts')?.label ?? '')?.[1] ?? '0';
    const log = asker.role ? may('V', 'administration') : false;
    return [
      ...told.map(({ module }) => `a record of ${module}`),
      ...counted.map(({ module }) => `how many records of ${module} there are`),
      ...(Number(open) === (await openAlerts(asker, employeeId)) ? [] : [`${open} alerts`]),
      ...(log || !page.timeline.some(({ kind }) => kind === 'act') ? [] : ['who did what']),
      ...(page.qualification === null || may('V', 'dot') ? [] : ['the qualification file']),
      ...(page.legalHolds === null || log ? [] : ['legal holds']),
      ...(page.eventHref === null || log ? [] : ['the way to the log']),
    ].map((words) => `${asker.name} · person.page · ${words}`);
  };
  return askers
    .filter(({ role, reaches }) => role !== undefined && reaches === 'Alder')
    .flatMap((asker) => alder.people.map((id) => ({ procedure: null, run: () => look(asker, id) })));
}

/** The parts of a page that are looked at here. */
interface PersonPage {
  readonly records: readonly { readonly module: Module | 'people'; readonly items: readonly unknown[] }[];
  readonly guarded: readonly { readonly module: Module }[];
  readonly timeline: readonly { readonly kind: string }[];
  readonly acts: readonly { readonly id: string; readonly label: string }[];
  readonly qualification: unknown;
  readonly legalHolds: unknown;
  readonly eventHref: unknown;
}

interface AlertRows {
  readonly result?: { readonly data: { readonly rows: readonly unknown[] } };
}

/** The count in the frame is that of the list: a number must not tell of what the list hides. */
function countCells({ world, askers }: Trial): Cell[] {
  const ask = async (asker: Asker, path: string, input: unknown): Promise<string> =>
    (await call(world.planted.origin, asker, path, { kind: 'query' }, input)).text;
  const count = async (asker: Asker): Promise<string[]> => {
    const query = { view: 'raised', module: null, severity: null, employeeId: null };
    const page = JSON.parse(await ask(asker, 'alerts.list', { query, offset: 0, limit: 200 })) as AlertRows;
    const listed = String(page.result?.data.rows.length);
    const counted = /"alerts":(\d+)/.exec(await ask(asker, 'frame.get', undefined))?.[1];
    return listed === counted ? [] : [`${asker.name} · frame.get · ${counted} alerts of ${listed}`];
  };
  return askers
    .filter((asker) => mayAsk(asker, procedures['alerts.list']?.need ?? 'nothing'))
    .map((asker) => ({ procedure: null, run: () => count(asker) }));
}

const division = (at: number) => [testId('division', at) as DivisionId];
const location = (at: number) => [testId('location', at) as LocationId];

/** Scopes that see different things never share a key of a cache or of a live room. */
function keyCells(): Cell[] {
  const one = testId('tenant', 1);
  const staff = (role: Role, over = {}, tenantId = one) =>
    authorize(testViewer(tenantId, role, over), 'see', 'any-module');
  const own = (at: number) =>
    authorizeOwn(testViewer(one, null, { employeeId: testId('employee', at) as EmployeeId }));
  const pairs: Readonly<Record<string, () => readonly [Scope, Scope]>> = {
    company: () => [staff('DER'), staff('DER', {}, testId('tenant', 2))],
    'what the DER sees': () => [staff('DER'), staff('CompanyAdmin')],
    person: () => [own(1), own(2)],
    division: () => [
      staff('SafetyManager', { divisionIds: division(1) }),
      staff('SafetyManager', { divisionIds: division(2) }),
    ],
    location: () => [
      staff('SiteSupervisor', { locationIds: location(1) }),
      staff('SiteSupervisor', { locationIds: location(2) }),
    ],
    modules: () => [staff('HROnboarding'), staff('ReadOnlyAuditor')],
  };
  return Object.entries(pairs).map(([what, pair]) => ({
    procedure: null,
    run: () => {
      const [first, second] = pair().map(scopeKey);
      return Promise.resolve(first === second ? [`two scopes of different ${what} share a key`] : []);
    },
  }));
}

/** Changing an alert needs the right to change its module. */
function alertCells({ world, askers, alder }: Trial): Cell[] {
  const act = async (asker: Asker, module: Parameters<typeof lettersOf>[1], alertIds: readonly string[]) => {
    const input = { act: 'assign', alertIds, to: 'nobody' };
    const { status } = await call(world.planted.origin, asker, 'alerts.act', { kind: 'mutation' }, input);
    const may = asker.role ? lettersOf(asker.role, module).includes('W') : false;
    return (status === 200) === may ? [] : [`${asker.name} · alerts.act · ${module} · ${status}`];
  };
  return askers
    .filter(({ role, reaches }) => role && reaches === 'Alder')
    .flatMap((asker) =>
      [...alder.alerts].map(([module, ids]) => ({ procedure: null, run: () => act(asker, module, ids) })),
    );
}

function liveCells({ world, askers, judge }: Trial): Cell[] {
  const path = 'live.flags';
  const listen = async (asker: Asker): Promise<string[]> => {
    const admitted = mayAsk(asker, { letters: ['V', 'S', 'D'], in: 'any module' });
    const socket = await openLive(world.planted.origin, asker, path);
    if (typeof socket === 'number') {
      const right = asker.role === undefined ? 401 : 403;
      return admitted || socket !== right ? [`${asker.name} · ${path} · ${socket}`] : [];
    }
    await sleep(150);
    socket.close();
    const told = socket.texts.flatMap((text) =>
      text.startsWith('{') ? judge(asker, path, { status: 200, text }, undefined) : [],
    );
    return admitted ? told : [`${asker.name} · ${path} · let in`, ...told];
  };
  const fromElsewhere = async (asker: Asker): Promise<string[]> => {
    const socket = await openLive(world.planted.origin, asker, path, 'https://elsewhere.example');
    if (typeof socket !== 'number') socket.close();
    return socket === 403 ? [] : [`${asker.name} · ${path} · let in from another site`];
  };
  return [
    ...askers.map((asker) => ({ procedure: null, run: () => listen(asker) })),
    ...askers.map((asker) => ({ procedure: null, run: () => fromElsewhere(asker) })),
  ];
}
