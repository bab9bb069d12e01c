import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { pathParameters } from '../../src/lib/server/rest/operations.ts';
import { ask } from '../support/rest-stage.ts';
import {
  addresses,
  isProvisioning,
  judge,
  makePrograms,
  parametersOf,
  reads,
  things,
  tryEvent,
  tryRead,
  type Program,
} from './programs.ts';
import { openTrial, type Trial } from './trial.ts';

vi.setConfig({ testTimeout: 240_000 });

let trial: Trial;
let programs: Program[];
const tally = { cells: 0, crossed: 0 };

beforeAll(async () => {
  trial = await openTrial(tally);
  programs = await makePrograms(trial);
  await trial.learn([]);
}, 240_000);

afterAll(async () => {
  process.stdout.write(`isolation: ${tally.cells} cells of programs tried, ${tally.crossed} rows crossed\n`);
  await trial.world.planted.close();
});

const plain = ['limit', 'cursor', 'phase', 'module', 'flag', 'hold', 'type', 'occurredFrom', 'occurredTo'];
const ofTheLog = ['act', 'actorType', 'subjectType', 'from', 'to'];

test('every parameter that names a thing is tried with things of both companies', () => {
  const names = reads.flatMap((operation) => [...parametersOf(operation), ...pathParameters(operation.path)]);
  const decided = [...Object.keys(things), ...plain, ...ofTheLog];
  expect([...new Set(names)].filter((name) => !decided.includes(name))).toEqual([]);
});

describe.each(reads.map((one) => [one.path, one] as const))('GET %s', (_path, operation) => {
  test('tells each program its own, and no one else’s', async () => {
    const wrong: string[] = [];
    for (const program of programs) {
      for (const of of [trial.alder, trial.borealis]) {
        for (const address of addresses(operation, of))
          wrong.push(...(await tryRead(trial, program, operation, of, address)));
      }
    }
    expect(wrong.slice(0, 20)).toEqual([]);
  });
});

test('a program tells events of its own people in its own modules, and of nobody else', async () => {
  const wrong: string[] = [];
  for (const program of programs) {
    for (const employeeId of [...trial.alder.people, ...trial.borealis.people]) {
      for (const module of ['training', 'geofence'] as const)
        wrong.push(...(await tryEvent(trial, program, employeeId, module)));
    }
  }
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
          wrong.push(...judge(trial, program, path, told));
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
