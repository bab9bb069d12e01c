import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { incidentDetailSchema, incidentPageSchema, type IncidentRow } from '#contracts/screens/incidents';
import { call } from '../isolation/ask.ts';
import { openApp, plantCompany, type Planted, type PlantedCompany } from '../isolation/companies.ts';
import { signIn, type Asker } from '../isolation/viewers.ts';

// Starts all engines.
vi.setConfig({ testTimeout: 60_000 });

let planted: Planted;
let alder: PlantedCompany;
let admin: Asker;
let clerk: Asker;
const query = { kind: 'query' } as const;
const mutation = { kind: 'mutation' } as const;

beforeAll(async () => {
  planted = await openApp();
  alder = await plantCompany(planted.app, 'Alder');
  const seat = async (name: string, role: 'CompanyAdmin' | 'HROnboarding'): Promise<Asker> => {
    const cookie = await signIn({ planted }, name, { tenantId: alder.tenantId, role }, alder.tenantId);
    return { name, role, cookie, reaches: null, people: new Set() };
  };
  admin = await seat('admin', 'CompanyAdmin');
  clerk = await seat('clerk', 'HROnboarding');
}, 180_000);
afterAll(() => planted?.close());

const watch = () => planted.app.services.domain.incidents.watch(alder.tenantId);
async function waiting(): Promise<IncidentRow[]> {
  const input = { view: 'waiting', offset: 0, limit: 50 };
  const { status, text } = await call(planted.origin, admin, 'incidents.list', query, input);
  expect(status).toBe(200);
  const { result } = JSON.parse(text) as { result: { data: unknown } };
  return incidentPageSchema.parse(result.data).rows;
}
const found = (rows: readonly IncidentRow[], detector: string) =>
  rows.find((row) => row.detector === detector && row.about === 'User clerk');

test('wrong passwords at the real door become an incident that an administrator answers', async () => {
  for (let tries = 0; tries < 5; tries += 1) {
    const response = await fetch(`${planted.origin}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: planted.origin },
      body: JSON.stringify({ email: 'clerk@isolation.example', password: 'not the password at all' }),
    });
    expect(response.status).toBe(401);
  }
  // What is recorded of a refusal is not waited for by the answer.
  await expect.poll(async () => (await watch(), found(await waiting(), 'Failed sign-ins'))).toBeDefined();
  const incident = found(await waiting(), 'Failed sign-ins');
  expect(incident).toMatchObject({ severity: 'warning', owner: null, evidenceCount: 5 });
  const act = { id: incident?.id, act: 'acknowledge', note: '' };
  const refused = await call(planted.origin, clerk, 'incidents.act', mutation, act);
  expect(refused.status).toBe(403);
  const { status, text } = await call(planted.origin, admin, 'incidents.act', mutation, act);
  expect(status).toBe(200);
  const { result } = JSON.parse(text) as { result: { data: unknown } };
  const answered = incidentDetailSchema.parse(result.data);
  expect(answered).toMatchObject({ state: 'acknowledged', owner: 'User admin' });
  expect(answered.acts).toEqual(['contain', 'dismiss', 'reopen']);
  expect(answered.timeline.at(-1)).toMatchObject({ kind: 'act', by: 'User admin' });
});

test('doors that stay shut become one too, counted and not stored one by one', async () => {
  for (let tries = 0; tries < 15; tries += 1) {
    expect((await call(planted.origin, clerk, 'audit.list', query, {})).status).toBe(403);
  }
  const deadlineMs = performance.now() + 30_000;
  while (found(await waiting(), 'Repeated denials') === undefined && performance.now() < deadlineMs) {
    await sleep(500);
    await watch();
  }
  expect(found(await waiting(), 'Repeated denials')).toMatchObject({ severity: 'warning' });
});
