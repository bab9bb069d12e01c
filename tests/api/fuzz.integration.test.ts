import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { apiProblemSchema } from '#contracts/api/resources';
import { eventCatalogue } from '#contracts/events/catalogue';
import { modules } from '#contracts/modules';
import { urns } from '#domain/provisioning';
import { operations, pathParameters, type Operation } from '../../src/lib/server/rest/operations.ts';
import { openApiDocument } from '../../src/lib/server/rest/openapi.ts';
import { ask, openRestStage, type RestStage, type Told } from '../support/rest-stage.ts';
import { fitting, hostileJson, hostileText, type Schema } from './arbitrary.ts';

// How many requests each operation gets; `API_FUZZ_RUNS=1000 npm run test:api` for a long run.
const numRuns = Number(process.env['API_FUZZ_RUNS'] ?? 40);
vi.setConfig({ testTimeout: 60_000 + numRuns * 2_000 });

let stage: RestStage;
let scimKey: string;
const tally = { requests: 0, answers: new Map<number, number>() };
beforeAll(async () => {
  stage = await openRestStage();
  scimKey = (await stage.makeKey(['scim'])).secret;
}, 120_000);
afterAll(async () => {
  const counts = [...tally.answers]
    .toSorted(([a], [b]) => a - b)
    .map(([status, times]) => `${status}: ${times}`);
  process.stdout.write(`api: ${tally.requests} requests; ${counts.join(', ')}\n`);
  await stage.close();
});

const document = openApiDocument('http://localhost');
const resolve = (ref: string): Schema => document.components.schemas[ref.split('/').at(-1) ?? ''] ?? {};
const described = (operation: Operation) => document.paths[operation.path]?.[operation.method.toLowerCase()];

function count(told: Told): Told {
  tally.requests += 1;
  tally.answers.set(told.status, (tally.answers.get(told.status) ?? 0) + 1);
  return told;
}

/** An answer is one of those that the document promises, in its form. */
function judge(operation: Operation, told: Told, partial: boolean): void {
  const promised = Object.keys(described(operation)?.responses ?? {});
  expect(promised, told.text).toContain(String(told.status));
  if (told.status === operation.success) {
    if (!partial) expect(operation.output.safeParse(told.json).error).toBeUndefined();
    return;
  }
  if (told.status === 304) return;
  expect(told.headers.get('content-type')).toBe('application/problem+json');
  expect(apiProblemSchema.safeParse(told.json).error).toBeUndefined();
}

/** Ids that are there, of this company and of the other, beside those that only look so. */
const known = () => fc.nat(11).map((at) => [...stage.alder.people, ...stage.borealis.people][at] ?? '');

function valueOf(name: string, schema: Schema): fc.Arbitrary<string> {
  const good = fitting(schema, resolve).map((value) =>
    Array.isArray(value) ? value.join(',') : String(value),
  );
  const all = [good, good, hostileText];
  return fc.oneof(...(name === 'employeeId' ? [known(), ...all] : all));
}

function addressOf(operation: Operation): fc.Arbitrary<{ path: string; search: string; partial: boolean }> {
  const parameters = described(operation)?.parameters ?? [];
  const inPath = pathParameters(operation.path);
  const path = fc.record(
    Object.fromEntries(
      parameters.filter((one) => one.in === 'path').map((one) => [one.name, valueOf(one.name, one.schema)]),
    ),
  );
  const query = fc.record(
    Object.fromEntries(
      parameters.filter((one) => one.in === 'query').map((one) => [one.name, valueOf(one.name, one.schema)]),
    ),
    { requiredKeys: [] },
  );
  const stray = fc.option(fc.tuple(hostileText, hostileText), { freq: 8 });
  return fc.tuple(path, query, stray).map(([values, filters, extra]) => {
    const search = new URLSearchParams(filters as Record<string, string>);
    if (extra) search.append(...extra);
    const filled = inPath.reduce(
      (text, name) => text.replace(`{${name}}`, encoded(values[name] ?? 'x') || 'x'),
      operation.path,
    );
    return { path: filled, search: search.toString(), partial: search.has('fields') };
  });
}

/** A lone surrogate cannot be written in an address. */
const encoded = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replaceAll('.', '%2E').slice(0, 2000);

describe.each(operations.filter(({ method }) => method === 'GET').map((one) => [one.path, one] as const))(
  'GET %s',
  (_path, operation) => {
    test('answers as its document says, whatever is asked', async () => {
      const property = fc.asyncProperty(addressOf(operation), async ({ path, search, partial }) => {
        const address = search === '' ? path : `${path}?${search}`;
        const told = count(await stage.ask('GET', address, { key: stage.key }));
        // An address that a fuzzed part has made another one.
        if (told.status === 404 && !('title' in (told.json as object))) return;
        judge(operation, told, partial);
      });
      await fc.assert(property, { numRuns });
    });
  },
);

/** Every event type of every module, with a payload that fits it. */
const realEvents = fc
  .constantFrom(
    ...modules.flatMap((module) =>
      Object.entries(eventCatalogue[module]).map(([type, schema]) => ({ module, type, schema })),
    ),
  )
  .chain(({ module, type, schema }) => {
    const { $defs = {}, ...root } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
    const inner = (ref: string): Schema =>
      ($defs as Record<string, Schema>)[ref.split('/').at(-1) ?? ''] ?? {};
    return fitting(root as Schema, inner).map((payload) => ({ module, type, payload }));
  });
const instants = fc
  .date({ min: new Date('2020-01-01'), max: new Date('2026-11-01'), noInvalidDate: true })
  .map((date) => date.toISOString());

describe('POST /events', () => {
  const operation = operations.find(({ id }) => id === 'submitEvent');
  if (operation === undefined) throw new Error('there is no such operation');
  const schema = described(operation)?.requestBody?.content['application/json']?.schema ?? {};
  const fits = fc.tuple(fitting(schema, resolve), fc.option(known())).map(([body, employeeId]) => ({
    ...(body as object),
    ...(employeeId && { employeeId, employeeNumber: undefined }),
  }));
  const real = fc
    .tuple(realEvents, known(), instants)
    .map(([event, employeeId, occurredAt]) => ({ ...event, employeeId, occurredAt, subjectRef: 'fuzzed' }));
  const bodies = fc.oneof({ arbitrary: real, weight: 3 }, fits, hostileJson);
  const keys = fc.oneof(fc.uuid(), fc.constantFrom('k', 'same', '"quoted"', '', 'a b', 'x'.repeat(250), 'é'));

  test('answers as its document says, whatever is told', async () => {
    const property = fc.asyncProperty(bodies, keys, async (body, idempotencyKey) => {
      const told = count(await stage.ask('POST', '/events', { key: stage.key, idempotencyKey, body }));
      judge(operation, told, false);
    });
    await fc.assert(property, { numRuns: numRuns * 3 });
    // What was accepted has its effect, or waits for a person: the pipeline goes on either way.
    await stage.settle();
    expect(tally.answers.get(202)).toBeGreaterThan(numRuns / 10);
    expect((await stage.ask('GET', '/flags', { key: stage.key })).status).toBe(200);
  });

  test('takes bodies that are no JSON, too deep, and too large', async () => {
    for (const body of [
      '{',
      '\ufeff{}',
      '[1,2',
      'nul',
      `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
      'x'.repeat(300_000),
    ]) {
      const response = await fetch(`${stage.origin}/api/v1/events`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${stage.key}`,
          'content-type': 'application/json',
          'idempotency-key': 'broken',
        },
        body,
      });
      expect([400, 413], await response.text()).toContain(response.status);
    }
  });
});

const asked = (method: string, path: string, body?: unknown): Promise<Told> =>
  ask(`${stage.origin}/scim/v2${path}`, method, { key: scimKey, body }).then(count);

const judgeScim = (told: Told) => {
  expect(told.status, told.text).toBeLessThan(500);
  if (told.status >= 400)
    expect(told.json).toMatchObject({ schemas: [urns.error], status: String(told.status) });
};

describe('provisioning', () => {
  test('answers whatever is asked', async () => {
    const names = ['filter', 'startIndex', 'count', 'attributes', 'excludedAttributes'];
    const filters = fc
      .tuple(
        fc.constantFrom(
          'userName',
          'emails[type eq "work"]',
          'active',
          'name.familyName',
          'meta.created',
          urns.user,
        ),
        fc.constantFrom('eq', 'Co', 'pr', 'gt', 'nope'),
        fc.oneof(
          hostileText.map((text) => JSON.stringify(text)),
          fc.constantFrom('true', 'null', '12', '"'),
        ),
      )
      .map((parts) => parts.join(' '));
    const queries = fc.dictionary(fc.constantFrom(...names), fc.oneof(hostileText, filters), { maxKeys: 4 });
    const property = fc.asyncProperty(fc.constantFrom('/Users', '/Groups'), queries, async (path, query) => {
      judgeScim(await asked('GET', `${path}?${new URLSearchParams(query).toString()}`));
    });
    await fc.assert(property, { numRuns: numRuns * 2 });
  });

  test('takes whatever is sent, and stays whole', async () => {
    const { json } = await asked('POST', '/Users', { userName: 'fuzzed@example.com' });
    const { id } = json as { id: string };
    const group = await asked('POST', '/Groups', { displayName: 'Fuzzed' });
    const paths = fc.oneof(
      hostileText,
      fc.constantFrom(
        'active',
        'members',
        'emails',
        'name.givenName',
        'emails[type eq "work"].value',
        'members[value eq "x"]',
      ),
      fc.constantFrom(
        `${urns.enterprise}:manager`,
        `${urns.enterprise}.manager`,
        urns.enterprise,
        'displayName',
        'userName',
      ),
    );
    const operation = fc.record(
      { op: fc.constantFrom('add', 'Replace', 'REMOVE', 'x'), path: paths, value: hostileJson },
      { requiredKeys: ['op'] },
    );
    const patches = fc
      .array(operation, { maxLength: 4 })
      .map((Operations) => ({ schemas: [urns.patch], Operations }));
    const users = fc.record(
      {
        userName: fc.oneof(fc.emailAddress(), hostileText),
        active: hostileJson,
        name: hostileJson,
        emails: hostileJson,
      },
      { requiredKeys: [] },
    );
    const property = fc.asyncProperty(patches, users, hostileJson, async (patch, user, any) => {
      judgeScim(await asked('PATCH', `/Users/${id}`, patch));
      judgeScim(await asked('PATCH', `/Groups/${(group.json as { id: string }).id}`, patch));
      judgeScim(await asked('POST', '/Users', user));
      judgeScim(await asked('POST', '/Groups', any));
      judgeScim(await asked('GET', `/Users/${id}`));
    });
    await fc.assert(property, { numRuns });
    expect((await asked('GET', `/Users/${id}`)).status).toBe(200);
  });
});
