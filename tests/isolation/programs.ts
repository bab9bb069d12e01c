import { modules } from '#contracts/modules';
import { randomIds } from '#platform/ids';
import { operations, pathParameters, type Operation } from '../../src/lib/server/rest/operations.ts';
import { ask, type Told } from '../support/rest-stage.ts';
import type { Handles } from './known.ts';
import { everyScope, makeClient } from './planted-programs.ts';
import { plantedPeople } from './planted.ts';
import type { Trial } from './trial.ts';
import type { Asker } from './viewers.ts';

/** A program, and whom it may be told of. */
export interface Program extends Asker {
  readonly key: string;
  /** Modules that it sees whole. */
  readonly modules: readonly string[];
  readonly scopes: readonly string[];
}

const north = new Set(plantedPeople.filter(({ division }) => division === 'North').map(({ index }) => index));
const everybody = new Set(plantedPeople.map(({ index }) => index));

/** Keys of both companies, from everything to one colour. */
export async function makePrograms({ world }: Trial): Promise<Program[]> {
  const { planted, alder, borealis } = world;
  const make = async (
    company: typeof alder,
    name: string,
    scopes: readonly string[],
    limits: Parameters<typeof makeClient>[4] = {},
  ): Promise<Program> => {
    const named = `${company.word} ${name}`;
    const { secret } = await makeClient(planted.app, company.tenantId, named, scopes, limits);
    return {
      name: `${name} of ${company.word}`,
      role: 'CompanyAdmin',
      cookie: '',
      reaches: company.word === 'Alder' ? 'Alder' : 'Borealis',
      people: limits.divisionIds ? north : everybody,
      key: secret,
      scopes,
      modules: modules.filter((module) => scopes.includes(`${module}:view`)),
    };
  };
  return [
    await make(alder, 'a whole key', everyScope),
    await make(borealis, 'a whole key', everyScope),
    await make(alder, 'a training key', ['training:view', 'training:write']),
    await make(alder, 'a colours key', ['dot:status']),
    await make(alder, 'a log key', ['administration:view']),
    await make(alder, 'a northern key', everyScope, { divisionIds: [alder.divisions.North] }),
    await make(alder, 'a provisioning key', ['scim']),
    await make(borealis, 'a provisioning key', ['scim']),
  ];
}

export const isProvisioning = ({ scopes }: Program): boolean => scopes.includes('scim');

/** Values of a company for each parameter that names a thing. One without a line here fails the test. */
export const things: Readonly<Record<string, (of: Handles) => readonly string[]>> = {
  employeeId: ({ people }) => people,
  managerId: ({ people }) => people.slice(0, 1),
  divisionId: ({ division }) => [division],
  locationId: ({ location }) => [location],
  jobRoleId: () => [],
  entryId: ({ auditEntries }) => auditEntries.slice(0, 20),
  subjectId: ({ people, apiClients, scimGroups }) => [...people, ...apiClients, ...scimGroups],
  program: () => modules,
  q: () => ['Alder', 'Borealis'],
};

export const reads: readonly Operation[] = operations.filter(({ method }) => method === 'GET');

export function parametersOf(operation: Operation): string[] {
  const schema = operation.input as { shape?: Record<string, unknown> };
  return Object.keys(schema.shape ?? {});
}

/** Every address of an operation with the things of a company in it, one thing at a time. */
export function addresses(operation: Operation, of: Handles): string[] {
  const valuesOf = (name: string) => things[name]?.(of) ?? [];
  const inPath = pathParameters(operation.path);
  if (inPath.length > 0) {
    return inPath.flatMap((name) =>
      valuesOf(name).map((value) => operation.path.replace(`{${name}}`, value)),
    );
  }
  const pages = parametersOf(operation).includes('limit') ? ['limit=200'] : [];
  const filters = parametersOf(operation).flatMap((name) =>
    valuesOf(name).map((value) => `${name}=${value}`),
  );
  return [[], ...filters.map((one) => [one])].map((own) => {
    const search = [...pages, ...own].join('&');
    return search === '' ? operation.path : `${operation.path}?${search}`;
  });
}

/** What in an answer this program may not be told, in words. */
export function judge(trial: Trial, program: Program, address: string, { status, text }: Told): string[] {
  const wrong = trial.judge(program, address, { status, text }, address);
  const hidden = [...trial.secrets().sentences].flatMap(([module, sentences]) =>
    program.modules.includes(module) ? [] : sentences.filter((sentence) => text.includes(sentence)),
  );
  if (status >= 500) wrong.push(`${program.name} · ${address} · ${text.slice(0, 200)}`);
  return [...wrong, ...hidden.map((sentence) => `${program.name} · ${address} · ${sentence}`)];
}

/** Reads an address with the things of a company; what was wrong, in words. */
export async function tryRead(
  trial: Trial,
  program: Program,
  operation: Operation,
  of: Handles,
  address: string,
): Promise<string[]> {
  const url = `${trial.world.planted.origin}/api/v1${address}`;
  const told = await ask(url, 'GET', { key: program.key });
  const wrong = judge(trial, program, address, told);
  const own = (of === trial.alder) === (program.reaches === 'Alder');
  const named = pathParameters(operation.path).length > 0 && operation.id !== 'getProgram';
  const refused = [403, 404].includes(told.status);
  const stray = (named && !own && !refused) || (isProvisioning(program) && told.status !== 403);
  return [
    ...wrong,
    ...(stray ? [`${program.name} · ${address} · ${told.status}`] : []),
    ...judgePrograms(program, operation, address, told),
  ];
}

/** A key is told of the modules of its scopes, and not even that there are others' numbers. */
function judgePrograms(program: Program, { id }: Operation, address: string, told: Told): string[] {
  const seen = modules.filter((module) => program.scopes.some((scope) => scope.startsWith(`${module}:`)));
  const said = `${program.name} · ${address} · ${told.text.slice(0, 120)}`;
  if (id === 'getProgram') {
    const module = address.split('/').at(-1) ?? '';
    return (told.status === 200) === seen.some((one) => one === module) ? [] : [said];
  }
  if (id !== 'listPrograms' || told.status !== 200) return [];
  const { data } = told.json as { data: { id: string }[] };
  return data.map((one) => one.id).join() === seen.join() ? [] : [said];
}

const toldModules = ['training', 'geofence'] as const;

/** Tells an event of somebody; what was wrong, in words. */
export async function tryEvent(
  trial: Trial,
  program: Program,
  employeeId: string,
  module: (typeof toldModules)[number],
): Promise<string[]> {
  const event =
    module === 'training'
      ? { type: 'assignment.canceled', payload: { item: 'hazmat' } }
      : { type: 'check_out.recorded', payload: {} };
  const occurredAt = '2026-01-05T10:00:00.000Z';
  const told = await ask(`${trial.world.planted.origin}/api/v1/events`, 'POST', {
    key: program.key,
    // Never the same: a kept answer would be given again.
    idempotencyKey: randomIds.next('event'),
    body: { employeeId, module, subjectRef: 'tried', occurredAt, ...event },
  });
  const company = trial.alder.people.includes(employeeId) ? 'Alder' : 'Borealis';
  const [inTheNorth] = trial.alder.people;
  const inPlace = program.people.size === everybody.size || employeeId === inTheNorth;
  const reached = company === program.reaches && inPlace;
  const wanted = statusOf(program.scopes.includes(`${module}:write`), reached, module);
  const wrong = judge(trial, program, `POST /events ${employeeId}`, told);
  if (wanted.includes(told.status)) return wrong;
  return [...wrong, `${program.name} · ${module} ${employeeId} · ${told.status} ${told.text.slice(0, 160)}`];
}

/** The payload of a check-out asks for more: whoever may tell it is told so. */
function statusOf(may: boolean, reached: boolean, module: string): readonly number[] {
  if (!may) return [403];
  if (module === 'training') return reached ? [202] : [404];
  return [422];
}

/** Everything that programs are tried with, for whoever runs it again and again. */
export async function programCells(
  trial: Trial,
): Promise<{ procedure: null; run: () => Promise<string[]> }[]> {
  const programs = await makePrograms(trial);
  await trial.learn(trial.secrets().order);
  const both = [trial.alder, trial.borealis];
  const cells: (() => Promise<string[]>)[] = programs.flatMap((program) =>
    both.flatMap((of) => [
      ...reads.flatMap((operation) =>
        addresses(operation, of)
          .slice(0, 4)
          .map((address) => () => tryRead(trial, program, operation, of, address)),
      ),
      ...of.people.flatMap((id) => toldModules.map((module) => () => tryEvent(trial, program, id, module))),
    ]),
  );
  return cells.map((run) => ({ procedure: null, run }));
}
