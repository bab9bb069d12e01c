import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { modules } from '#contracts/modules';
import { operations, pathParameters } from '../../src/lib/server/rest/operations.ts';
import { ask, type Told } from '../support/rest-stage.ts';
import type { Handles } from './known.ts';
import { everyScope, makeClient } from './planted-programs.ts';
import { plantedPeople } from './planted.ts';
import { openTrial, type Trial } from './trial.ts';
import type { Asker } from './viewers.ts';

vi.setConfig({ testTimeout: 240_000 });

/** A program, and whom it may be told of. */
interface Program extends Asker {
  readonly key: string;
  readonly modules: readonly string[];
}

let trial: Trial;
let programs: Program[];
const tally = { cells: 0, crossed: 0 };

const north = new Set(plantedPeople.filter(({ division }) => division === 'North').map(({ index }) => index));
const everybody = new Set(plantedPeople.map(({ index }) => index));

beforeAll(async () => {
  trial = await openTrial(tally);
  const { planted, alder, borealis } = trial.world;
  const make = async (
    company: typeof alder,
    name: string,
    scopes: readonly string[],
    limits: Parameters<typeof makeClient>[4] = {},
  ): Promise<Program> => {
    const { secret } = await makeClient(
      planted.app,
      company.tenantId,
      `${company.word} ${name}`,
      scopes,
      limits,
    );
    return {
      name: `${name} of ${company.word}`,
      role: 'CompanyAdmin',
      cookie: '',
      reaches: company.word === 'Alder' ? 'Alder' : 'Borealis',
      people: limits.divisionIds ? north : everybody,
      key: secret,
      modules: modules.filter((module) => scopes.includes(`${module}:view`)),
    };
  };
  programs = [
    await make(alder, 'a whole key', everyScope),
    await make(borealis, 'a whole key', everyScope),
    await make(alder, 'a training key', ['training:view', 'training:write']),
    await make(alder, 'a colours key', ['dot:status']),
    await make(alder, 'a log key', ['administration:view']),
    await make(alder, 'a northern key', everyScope, { divisionIds: [alder.divisions.North] }),
    await make(alder, 'a provisioning key', ['scim']),
    await make(borealis, 'a provisioning key', ['scim']),
  ];
  await trial.learn([]);
}, 240_000);

afterAll(async () => {
  process.stdout.write(`isolation: ${tally.cells} cells of programs tried, ${tally.crossed} rows crossed\n`);
  await trial.world.planted.close();
});

const isProvisioning = ({ name }: Program) => name.startsWith('a provisioning');

/** Values of a company for each parameter that names a thing. One without a line here fails the test. */
const things: Readonly<Record<string, (of: Handles) => readonly string[]>> = {
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
const plain = ['limit', 'cursor', 'phase', 'module', 'flag', 'hold', 'type', 'occurredFrom', 'occurredTo'];
const ofTheLog = ['act', 'actorType', 'subjectType', 'from', 'to'];

function parametersOf(operation: (typeof operations)[number]): string[] {
  const schema = operation.input as { shape?: Record<string, unknown> };
  return Object.keys(schema.shape ?? {});
}

/** Every address of an operation with the things of a company in it, one thing at a time. */
function addresses(operation: (typeof operations)[number], of: Handles): string[] {
  const inPath = pathParameters(operation.path);
  const filled = inPath.flatMap((name) =>
    (things[name]?.(of) ?? []).map((value) => operation.path.replace(`{${name}}`, value)),
  );
  if (inPath.length > 0) return filled;
  const filters = parametersOf(operation).flatMap((name) =>
    (things[name]?.(of) ?? []).map((value) => `${operation.path}?limit=200&${name}=${value}`),
  );
  const whole = parametersOf(operation).includes('limit') ? `${operation.path}?limit=200` : operation.path;
  return [
    whole,
    ...filters.map((address) => (whole.includes('?') ? address : address.replace('limit=200&', ''))),
  ];
}

function judge(program: Program, address: string, { status, text }: Told): string[] {
  const wrong = trial.judge(program, address, { status, text }, address);
  const hidden = [...trial.secrets().sentences].flatMap(([module, sentences]) =>
    program.modules.includes(module) ? [] : sentences.filter((sentence) => text.includes(sentence)),
  );
  if (status >= 500) wrong.push(`${program.name} · ${address} · ${text.slice(0, 200)}`);
  return [...wrong, ...hidden.map((sentence) => `${program.name} · ${address} · ${sentence}`)];
}

test('every parameter that names a thing is tried with things of both companies', () => {
  const names = operations
    .filter(({ method }) => method === 'GET')
    .flatMap((operation) => [...parametersOf(operation), ...pathParameters(operation.path)]);
  const decided = [...Object.keys(things), ...plain, ...ofTheLog];
  expect([...new Set(names)].filter((name) => !decided.includes(name))).toEqual([]);
});

describe.each(operations.filter(({ method }) => method === 'GET').map((one) => [one.path, one] as const))(
  'GET %s',
  (_path, operation) => {
    test('tells each program its own, and no one else’s', async () => {
      const wrong: string[] = [];
      for (const program of programs) {
        for (const of of [trial.alder, trial.borealis]) {
          for (const address of addresses(operation, of)) {
            const url = `${trial.world.planted.origin}/api/v1${address}`;
            const told = await ask(url, 'GET', { key: program.key });
            wrong.push(...judge(program, address, told));
            const own = (of === trial.alder) === (program.reaches === 'Alder');
            const named = pathParameters(operation.path).length > 0 && operation.id !== 'getProgram';
            if (named && !own && ![403, 404].includes(told.status))
              wrong.push(`${program.name} · ${address} · ${told.status}`);
            if (isProvisioning(program) && told.status !== 403)
              wrong.push(`${program.name} · ${address} · ${told.status}`);
          }
        }
      }
      expect(wrong.slice(0, 20)).toEqual([]);
    });
  },
);

test('a program tells events of its own people in its own modules, and of nobody else', async () => {
  const wrong: string[] = [];
  const [quarry = '', harbour = ''] = trial.alder.people;
  for (const program of programs) {
    for (const employeeId of [...trial.alder.people, ...trial.borealis.people]) {
      for (const module of ['training', 'geofence']) {
        const told = await ask(`${trial.world.planted.origin}/api/v1/events`, 'POST', {
          key: program.key,
          idempotencyKey: `${employeeId}-${module}`,
          body: {
            employeeId,
            module,
            subjectRef: 'tried',
            occurredAt: '2026-01-05T10:00:00.000Z',
            ...(module === 'training'
              ? { type: 'assignment.canceled', payload: { item: 'hazmat' } }
              : { type: 'check_out.recorded', payload: {} }),
          },
        });
        wrong.push(...judge(program, `POST /events ${employeeId}`, told));
        const company = trial.alder.people.includes(employeeId) ? 'Alder' : 'Borealis';
        const inPlace = program.people.size === everybody.size || employeeId === quarry;
        const may = program.modules.includes(module) && everyScope.includes(`${module}:write`);
        const reached = company === program.reaches && inPlace;
        const wanted = !may ? [403] : reached ? [202, 422] : [404, 422];
        if (!wanted.includes(told.status) || (module === 'training' && may && told.status === 422))
          wrong.push(`${program.name} · ${module} ${employeeId} · ${told.status} ${told.text.slice(0, 160)}`);
      }
    }
  }
  expect(harbour).not.toBe(quarry);
  expect(wrong.slice(0, 20)).toEqual([]);
});

describe('provisioning', () => {
  test('tells each company its own people and groups, and takes no one else’s', async () => {
    const wrong: string[] = [];
    for (const program of programs) {
      for (const of of [trial.alder, trial.borealis]) {
        const own = (of === trial.alder) === (program.reaches === 'Alder');
        const members = [
          ...of.scimUsers.map((id) => `/Users/${id}`),
          ...of.scimGroups.map((id) => `/Groups/${id}`),
        ];
        const lists = [
          '/Users',
          '/Groups',
          ...of.scimUsers.map((id) => `/Users?filter=id%20eq%20%22${id}%22`),
        ];
        for (const path of [...lists, ...members]) {
          const told = await ask(`${trial.world.planted.origin}/scim/v2${path}`, 'GET', { key: program.key });
          wrong.push(...judge(program, path, told));
          const wanted = !isProvisioning(program) ? 403 : members.includes(path) && !own ? 404 : 200;
          if (told.status !== wanted) wrong.push(`${program.name} · ${path} · ${told.status}`);
        }
        if (own && isProvisioning(program)) continue;
        for (const path of members) {
          for (const method of ['PUT', 'PATCH', 'DELETE']) {
            const body =
              method === 'DELETE'
                ? undefined
                : { displayName: 'x', userName: 'x@example.com', Operations: [] };
            const told = await ask(`${trial.world.planted.origin}/scim/v2${path}`, method, {
              key: program.key,
              body,
            });
            if (told.status !== (isProvisioning(program) ? 404 : 403))
              wrong.push(`${program.name} · ${method} ${path} · ${told.status}`);
          }
        }
      }
    }
    expect(wrong.slice(0, 20)).toEqual([]);
  });
});
