import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createLog } from '#platform/log';
import { call } from '../isolation/ask.ts';
import { openApp, plantCompany, type Planted, type PlantedCompany } from '../isolation/companies.ts';
import { deliver, lifeOf } from '../isolation/messages.ts';
import { signIn, type Asker } from '../isolation/viewers.ts';
import {
  collectedBytes,
  dropFolder,
  findSecrets,
  folderName,
  newFolder,
  plantSecret,
} from '../support/collected-logs.ts';

// Starts all engines.
vi.setConfig({ testTimeout: 60_000 });

/** Marks that stand nowhere else, one of each kind of secret that the system is handed. */
const marks = {
  password: 'Wrong-Password-Mark-71',
  session: 'session-token-mark-72',
  apiKey: 'plk_api-key-mark-73',
  webhookSecret: 'whsec_d2ViaG9vay1tYXJrLTc0',
  ssn: '078-05-1175',
  birthDate: '1931-07-16',
  name: 'Quillonmark',
} as const;

let planted: Planted;
let alder: PlantedCompany;
let folder = '';
const before = process.env[folderName];

beforeAll(async () => {
  folder = newFolder();
  process.env[folderName] = folder;
  for (const [kind, mark] of Object.entries(marks)) plantSecret(kind, mark);
  const log = createLog({
    level: 'debug',
    destination: { write: (line) => appendFileSync(path.join(folder, 'app.log'), line) },
  });
  planted = await openApp({ log });
  alder = await plantCompany(planted.app, 'Alder');
  await planted.app.services.ingest.directory.refresh();
}, 180_000);
afterAll(async () => {
  await planted?.close();
  dropFolder(folder);
  if (before === undefined) delete process.env[folderName];
  else process.env[folderName] = before;
});

const json = { 'content-type': 'application/json' };
const post = (at: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${planted.origin}${at}`, {
    method: 'POST',
    headers: { ...json, origin: planted.origin, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  }).then(async (response) => {
    await response.arrayBuffer();
    return response.status;
  });

describe('the logs of the whole system, at their wordiest', () => {
  test('hold no secret of signing in', async () => {
    const who = { email: 'nobody@example.com', password: marks.password };
    expect(await post('/api/auth/sign-in/email', who)).toBe(401);
    expect(
      await post('/api/auth/sign-in/email', `{"email":"x","password":"${marks.password}"`),
    ).toBeGreaterThanOrEqual(400);
    const cookie = `plumbline.session_token=${marks.session}; theme=dark`;
    expect(await post('/api/trpc/alerts.act', { act: marks.ssn }, { cookie })).toBeGreaterThanOrEqual(400);
    const real = await signIn(
      { planted },
      'admin',
      { tenantId: alder.tenantId, role: 'CompanyAdmin' },
      alder.tenantId,
    );
    plantSecret('session', real.split(';')[0]?.split('=')[1] ?? '');
    const admin: Asker = {
      name: 'admin',
      role: 'CompanyAdmin',
      cookie: real,
      reaches: null,
      people: new Set(),
    };
    await call(
      planted.origin,
      admin,
      'people.list',
      { kind: 'query' },
      { query: { text: marks.name }, offset: -1, limit: 0 },
    );
    await call(planted.origin, admin, 'audit.list', { kind: 'query' }, { query: { text: marks.ssn } });
  });

  test('hold no secret of programs and vendors, nor what their messages say of people', async () => {
    const bearer = { authorization: `Bearer ${marks.apiKey}` };
    await fetch(`${planted.origin}/api/v1/employees?name=${marks.name}&ssn=${marks.ssn}`, {
      headers: bearer,
    });
    await post('/api/v1/events', { ssn: marks.ssn, birthDate: marks.birthDate }, bearer);
    await fetch(`${planted.origin}/metrics`, { headers: bearer });
    for (const [vendor, { id }] of alder.endpoints) {
      const proof = {
        'webhook-id': 'msg_1',
        'webhook-signature': marks.webhookSecret,
        'x-checkr-signature': marks.webhookSecret,
      };
      const person = {
        first_name: marks.name,
        dob: marks.birthDate,
        ssn: marks.ssn,
        password: marks.password,
      };
      expect(await post(`/webhooks/${id}`, { vendor, person }, proof)).toBeGreaterThanOrEqual(400);
      expect(
        await post(`/webhooks/${id}?key=${marks.apiKey}`, `<a>${marks.ssn}</b>`, proof),
      ).toBeGreaterThanOrEqual(400);
    }
    const at = { origin: planted.origin, nowMs: planted.clock.nowMs() };
    for (const { secret } of alder.endpoints.values()) plantSecret('webhook secret', secret);
    for (const message of lifeOf(alder, planted.clock.nowMs())) await deliver(at, alder, message);
    await planted.app.settle();
    await sleep(200);
  });

  test('were written, and a secret in them would have been found', () => {
    expect(collectedBytes(folder)).toBeGreaterThan(500);
    expect(findSecrets(folder)).toEqual([]);
    const careless = createLog({
      level: 'debug',
      destination: { write: (line) => appendFileSync(path.join(folder, 'careless.log'), line) },
    });
    careless.error({ url: `https://x.example/?key=${marks.apiKey}` }, 'planted by this test');
    expect(findSecrets(folder)).toEqual([expect.stringMatching(/^apiKey: .*planted by this test/)]);
  });
});
