import { createHmac } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { complianceEventSchema, type ComplianceEvent } from '#contracts/compliance-event';
import type { TenantId } from '#contracts/ids';
import { PlumblineError } from '#platform/errors';
import type { Consumer } from '#platform/event-log';
import type { Postgres } from '#platform/postgres';
import { openTestDatabase } from '../../tests/support/database.ts';
import { createSilentLog } from '#platform/log';
import { createApplyConsumer, type ApplyDeps } from '../apply.ts';
import type { VendorApi } from '../source.ts';
import {
  administrator,
  checkrEvent,
  context,
  employee,
  eventually,
  openIngest,
  post,
  secret,
  type OpenedIngest,
} from '../testing.ts';

let postgres: Postgres;
let opened: OpenedIngest;
let tenant: TenantId;
let consumers: ReturnType<OpenedIngest['ingest']['startConsumers']>;
let applied: Consumer;
let events: ComplianceEvent[] = [];
/** What the vendor's API would answer, by path; a function may throw. */
const answers = new Map<string, () => unknown>();
const api: VendorApi = {
  fetch: (request) => {
    const answer = answers.get(request.path);
    return answer
      ? Promise.resolve(answer())
      : Promise.reject(
          new PlumblineError({ kind: 'not_found', code: 'test.none', detail: 'no such report' }),
        );
  },
};
let apiOn = false;

beforeAll(async () => {
  postgres = await openTestDatabase();
  opened = await openIngest(postgres, { findApi: () => Promise.resolve(apiOn ? api : null) });
  consumers = opened.ingest.startConsumers();
  applied = opened.log.consume(
    { group: 'test', topics: ['compliance.*'], maxBatch: 100, from: 'earliest' },
    (records) => {
      for (const record of records) {
        const event = complianceEventSchema.parse(JSON.parse(Buffer.from(record.value).toString()));
        expect(record.topic).toBe(`compliance.${event.module}.${event.type}`);
        expect(record.key).toBe(event.employeeId);
        events.push(event);
      }
      return Promise.resolve();
    },
  );
});
afterAll(async () => {
  await applied.stop();
  await consumers.stop();
  await opened.close();
  await postgres.close();
});
beforeEach(async () => {
  tenant = await opened.tenant();
  events = [];
  apiOn = false;
});
afterEach(() => answers.clear());

const mine = () => events.filter((event) => event.tenantId === tenant);
const caughtUp = () =>
  eventually(async () => (await consumers.normalise.lag()) + (await consumers.fetch.lag()) === 0);

async function openLetters() {
  await caughtUp();
  const { letters } = await opened.ingest.deadLetters.list(
    administrator(tenant),
    { status: 'open' },
    { limit: 50, offset: 0 },
  );
  return letters;
}

async function checkrEndpoint(settings: Record<string, string> = {}) {
  return opened.endpoint(tenant, { vendor: 'checkr', name: 'Checkr', secret, settings });
}

async function send(url: string, object: Record<string, unknown>, change: Record<string, unknown> = {}) {
  const message = checkrEvent(object, change);
  expect((await post(url, message.body, message.headers)).status).toBe(202);
}

test('a report becomes an event of the employee that the candidate is linked to', async () => {
  const { url, id } = await checkrEndpoint();
  const ada = await employee(opened, tenant, 'HP-1', [{ system: 'checkr.candidate', value: 'cand-1' }]);
  await send(url, { id: 'rep-1', candidate_id: 'cand-1', completed_at: '2026-11-20T11:59:00Z' });
  const [event] = await eventually(() => Promise.resolve(mine().length > 0 && mine()));
  expect(event).toMatchObject({
    employeeId: ada,
    module: 'background',
    type: 'report.cleared',
    subjectRef: 'checkr:rep-1',
    occurredAt: '2026-11-20T11:59:00.000Z',
    source: { vendor: 'checkr', endpointId: id, dedupeKey: 'evt-rep-1:report.completed:result' },
    payload: { includesCanceled: false },
    review: null,
  });
  expect(event?.source.rawRef).toMatch(/^raw\.checkr\/\d+\/\d+$/);
});

test('ten deliveries of the same message give one event id', async () => {
  const { url } = await checkrEndpoint();
  await employee(opened, tenant, 'HP-1', [{ system: 'checkr.candidate', value: 'cand-1' }]);
  for (let sent = 0; sent < 10; sent += 1) await send(url, { id: 'rep-1', candidate_id: 'cand-1' });
  await eventually(() => Promise.resolve(mine().length === 10));
  expect(new Set(mine().map((event) => event.id)).size).toBe(1);
  expect(new Set(mine().map((event) => event.source.dedupeKey)).size).toBe(1);
});

test('what a candidate event teaches finds later messages, and the report id finds the notice that came back', async () => {
  const { url } = await checkrEndpoint();
  const ada = await employee(opened, tenant, 'HP-7');
  await send(url, { id: 'cand-7', object: 'candidate', custom_id: 'HP-7' }, { type: 'candidate.created' });
  await send(url, { id: 'rep-7', candidate_id: 'cand-7', result: 'consider' });
  await send(
    url,
    { id: 'aa-7', object: 'adverse_action', status: 'pending', report_id: 'rep-7' },
    { type: 'adverse_action.notice_not_delivered' },
  );
  await eventually(() => Promise.resolve(mine().length === 2));
  expect(mine().map((event) => [event.type, event.employeeId])).toEqual([
    ['report.considered', ada],
    ['adverse.notice_undelivered', ada],
  ]);
  expect(await openLetters()).toEqual([]);
});

test('an instant in the future counts as the time of arrival', async () => {
  const { url } = await checkrEndpoint();
  await employee(opened, tenant, 'HP-1', [{ system: 'checkr.candidate', value: 'cand-1' }]);
  const report = { id: 'rep-1', candidate_id: 'cand-1' };
  await send(url, report, { created_at: '2087-01-01T00:00:00Z' });
  const [event] = await eventually(() => Promise.resolve(mine().length > 0 && mine()));
  expect(event?.occurredAt).toBe(event?.receivedAt);
});

describe('dead letters', () => {
  test('an event that could not be applied is applied when it is sent round again', async () => {
    const { url } = await checkrEndpoint();
    await employee(opened, tenant, 'HP-1', [{ system: 'checkr.candidate', value: 'cand-1' }]);
    const taken: string[] = [];
    let broken = true;
    const driver: ApplyDeps['driver'] = {
      applyEvents: (tenantId, given) => {
        if (tenantId === tenant && broken) return Promise.reject(new Error('a defect'));
        if (tenantId === tenant) taken.push(...given.map((event) => event.type));
        return Promise.resolve({ fresh: given.length, changes: [] });
      },
    };
    const apply = opened.log.consume(
      { group: 'apply-test', topics: ['compliance.*'], maxBatch: 100 },
      createApplyConsumer({ driver, ...opened.ingest, log: createSilentLog() }),
    );
    await send(url, { id: 'rep-1', candidate_id: 'cand-1' });
    const [letter] = await eventually(async () => (await openLetters()).length > 0 && openLetters());
    expect(letter).toMatchObject({ reason: 'apply_failed' });
    broken = false;
    await opened.ingest.deadLetters.requeue(administrator(tenant), [letter?.id ?? ''], context);
    await eventually(() => Promise.resolve(taken.length > 0));
    expect(taken).toEqual(['report.cleared']);
    await apply.stop();
  });

  test('an unknown person waits; matching links the references and sends every letter of theirs again', async () => {
    const { url } = await checkrEndpoint();
    const ada = await employee(opened, tenant, 'HP-9');
    await send(
      url,
      { id: 'rep-9', candidate_id: 'cand-9', result: null, status: 'pending' },
      { type: 'report.created', id: 'e1' },
    );
    await send(url, { id: 'rep-9', candidate_id: 'cand-9' }, { id: 'e2' });
    await send(url, { id: 'rep-8', candidate_id: 'cand-8' }, { id: 'e3' });
    const letters = await eventually(async () => {
      const open = await openLetters();
      return open.length === 3 && open;
    });
    expect(mine()).toEqual([]);
    const letter = letters.find((one) => one.subject?.refs.some((ref) => ref.value === 'cand-9'));
    expect(letter).toMatchObject({ reason: 'employee_unknown', vendor: 'checkr', deliveries: 1 });
    const scope = administrator(tenant);
    expect(await opened.ingest.deadLetters.matchEmployee(scope, letter?.id ?? '', ada, context)).toBe(2);
    await eventually(() => Promise.resolve(mine().length === 2));
    expect(new Set(mine().map((event) => event.employeeId))).toEqual(new Set([ada]));
    expect((await openLetters()).map((one) => one.subject?.refs.at(-1)?.value)).toEqual(['cand-8']);
    await send(url, { id: 'rep-9', candidate_id: 'cand-9' }, { id: 'e4', type: 'report.updated' });
    await eventually(() => Promise.resolve(mine().length === 3));
  });

  test('a person without any reference is matched for this one message only', async () => {
    const key = `whsec_${Buffer.from('a secret of twenty-four b').toString('base64')}`;
    const { url } = await opened.endpoint(tenant, { vendor: 'standard-webhooks', name: 'LMS', secret: key });
    const ada = await employee(opened, tenant, 'HP-2');
    const { Webhook } = await import('standardwebhooks');
    const body = JSON.stringify({
      module: 'training',
      type: 'assignment.canceled',
      subjectRef: 'a-1',
      occurredAt: '2026-11-20T12:00:00Z',
      employee: { externalId: 'nobody-knows' },
      payload: { item: 'forklift' },
    });
    const at = new Date(Math.floor(Date.now() / 1000) * 1000);
    const headers = {
      'webhook-id': 'msg_77',
      'webhook-timestamp': String(at.getTime() / 1000),
      'webhook-signature': new Webhook(key).sign('msg_77', at, body),
    };
    expect((await post(url, body, headers)).status).toBe(202);
    const [letter] = await eventually(async () => (await openLetters()).length > 0 && openLetters());
    const stranger = await employee(opened, await opened.tenant(), 'HP-2');
    const scope = administrator(tenant);
    await expect(
      opened.ingest.deadLetters.matchEmployee(scope, letter?.id ?? '', stranger, context),
    ).rejects.toThrow(/people\.employee_not_found/);
    await opened.ingest.deadLetters.matchEmployee(scope, letter?.id ?? '', ada, context);
    const [event] = await eventually(() => Promise.resolve(mine().length > 0 && mine()));
    expect(event).toMatchObject({ employeeId: ada, source: { dedupeKey: 'msg_77#0' } });
    expect(await openLetters()).toEqual([]);
  });

  test('the same message ten times is one letter; a requeue that fails again opens it again', async () => {
    const { url } = await checkrEndpoint();
    for (let sent = 0; sent < 10; sent += 1) await send(url, { id: 'rep-3', candidate_id: 'cand-3' });
    const [letter] = await eventually(async () => {
      const open = await openLetters();
      return open[0]?.deliveries === 10 && open;
    });
    const scope = administrator(tenant);
    expect(await opened.ingest.deadLetters.requeue(scope, [letter?.id ?? ''], context)).toBe(1);
    const again = await eventually(async () => {
      const open = await openLetters();
      return open.length === 1 && open;
    });
    expect(again[0]?.id).toBe(letter?.id);
    expect(await opened.ingest.deadLetters.discard(scope, [letter?.id ?? ''], 'a test person', context)).toBe(
      1,
    );
    await send(url, { id: 'rep-3', candidate_id: 'cand-3' });
    await caughtUp();
    expect(await openLetters()).toEqual([]);
  });

  test('the screen shows no personal values, another tenant sees nothing, every act is audited', async () => {
    const { url } = await checkrEndpoint();
    const person = {
      first_name: 'Zelda',
      last_name: 'Unmatched',
      email: 'zelda@example.com',
      dob: '1990-10-31',
      ssn: 'XXX-XX-1111',
    };
    await send(url, { id: 'cand-5', object: 'candidate', ...person }, { type: 'candidate.created' });
    const [letter] = await eventually(async () => (await openLetters()).length > 0 && openLetters());
    expect(letter?.preview).toContain('"id":"cand-5"');
    expect(letter?.preview).not.toMatch(/Zelda|Unmatched|zelda@|1990|1111/);
    expect(letter?.detail).not.toMatch(/Zelda|Unmatched|zelda@|1990/);
    const stranger = administrator(await opened.tenant());
    await expect(opened.ingest.deadLetters.get(stranger, letter?.id ?? '')).rejects.toThrow(
      /dead_letter_not_found/,
    );
    expect(await opened.ingest.deadLetters.discard(stranger, [letter?.id ?? ''], 'not mine', context)).toBe(
      0,
    );
    await opened.ingest.deadLetters.discard(
      administrator(tenant),
      [letter?.id ?? ''],
      'left the company',
      context,
    );
    const acts = await postgres.asTenant(tenant, (tx) =>
      sql<{ act: string }>`select act from audit_entries where act like 'ingest:dead_letter:%'`.execute(tx),
    );
    expect(acts.rows).toEqual([{ act: 'ingest:dead_letter:discard' }]);
  });
});

test('an unknown word goes on with its mark, for the queue of those who settle it', async () => {
  const { url } = await checkrEndpoint();
  await employee(opened, tenant, 'HP-1', [{ system: 'checkr.candidate', value: 'cand-1' }]);
  for (let sent = 0; sent < 3; sent += 1)
    await send(url, { id: 'rep-1', candidate_id: 'cand-1', result: 'mostly_fine' });
  await eventually(() => Promise.resolve(mine().length === 3));
  expect(mine()[0]).toMatchObject({ type: 'report.unclear', review: { value: 'complete / mostly_fine' } });
});

describe('a hire of somebody unknown', () => {
  const hire = {
    type: 'employee.created',
    timestamp: '2026-11-20T11:59:00+0000',
    data: { employeeId: '77' },
  };
  const fields =
    'employeeNumber,firstName,lastName,workEmail,dateOfBirth,hireDate,terminationDate,status,jobTitle,department,location';
  const told = {
    id: '77',
    employeeNumber: 'HP-77',
    firstName: 'Ida',
    lastName: 'Ng',
    hireDate: '2026-11-16',
    status: 'Active',
  };

  async function report(url: string) {
    const body = JSON.stringify(hire);
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = createHmac('sha256', secret).update(body).update(timestamp).digest('hex');
    const headers = { 'x-bamboohr-signature': signature, 'x-bamboohr-timestamp': timestamp };
    expect((await post(url, body, headers)).status).toBe(202);
  }
  beforeEach(() => {
    apiOn = true;
    answers.set(`/api/v1/employees/77?fields=${fields}`, () => told);
  });

  test('adds the person where the endpoint is the authority, once, in the audit log', async () => {
    const { url } = await opened.endpoint(tenant, {
      vendor: 'bamboohr',
      name: 'HR',
      secret,
      admitsPeople: true,
    });
    await report(url);
    await report(url);
    await eventually(() => Promise.resolve(mine().length === 2));
    expect(mine()[0]).toMatchObject({ module: 'people', type: 'employee.hired' });
    const { employees } = await opened.people.list(administrator(tenant), {}, { limit: 10 });
    expect(employees.map((one) => one.id)).toEqual([mine()[0]?.employeeId]);
    expect(await openLetters()).toEqual([]);
    const acts = await postgres.asTenant(tenant, (tx) =>
      sql<{ id: string }>`select id from audit_entries where act = 'people:employee:create'`.execute(tx),
    );
    expect(acts.rows).toHaveLength(1);
  });

  test('waits as a dead letter elsewhere, and goes in when the endpoint becomes the authority', async () => {
    const { url, id } = await opened.endpoint(tenant, { vendor: 'bamboohr', name: 'HR', secret });
    await report(url);
    const [letter] = await eventually(async () => {
      const letters = await openLetters();
      return letters.length > 0 && letters;
    });
    expect(letter).toMatchObject({ reason: 'employee_unknown' });
    await opened.ingest.endpoints.setAdmitsPeople(administrator(tenant), id, true, context);
    await opened.ingest.directory.refresh();
    await opened.ingest.deadLetters.requeue(administrator(tenant), [letter?.id ?? ''], context);
    await eventually(() => Promise.resolve(mine().length === 1));
    expect(await opened.people.count(administrator(tenant), {})).toBe(1);
  });

  test('no vendor but a personnel system can be the authority', async () => {
    const { id } = await checkrEndpoint();
    await expect(
      opened.ingest.endpoints.setAdmitsPeople(administrator(tenant), id, true, context),
    ).rejects.toMatchObject({ code: 'ingest.not_personnel' });
    await expect(
      opened.endpoint(tenant, { vendor: 'checkr', name: 'Checkr', secret, admitsPeople: true }),
    ).rejects.toMatchObject({ code: 'ingest.not_personnel' });
  });
});

test('what is not for us is dropped with its reason and counted once', async () => {
  const { url } = await checkrEndpoint();
  await send(url, { id: 'pkg-1', object: 'package' }, { type: 'package.created' });
  await send(url, { id: 'x-1', object: 'x' }, { type: 'starship.landed' });
  const drops = await eventually(async () => {
    await caughtUp();
    const { rows } = await postgres.asTenant(tenant, (tx) =>
      sql<{ reason: string }>`select reason from ingest_drops order by reason`.execute(tx),
    );
    return rows.length === 2 && rows;
  });
  expect(drops).toEqual([{ reason: 'no_compliance_fact' }, { reason: 'unknown_event_type' }]);
  expect([mine(), await openLetters()]).toEqual([[], []]);
});

describe('thin messages', () => {
  const thin = {
    id: 'rep-4',
    object: 'report',
    uri: '/v1/reports/rep-4',
    status: undefined,
    result: undefined,
  };

  test('without an API client they wait as dead letters', async () => {
    const { url } = await checkrEndpoint();
    await send(url, thin);
    const [letter] = await eventually(async () => (await openLetters()).length > 0 && openLetters());
    expect(letter).toMatchObject({ reason: 'needs_fetch' });
    expect(letter?.detail).toContain('/v1/reports/rep-4');
  });

  test('with one, the answer becomes the event; a requeue of what waited works then', async () => {
    const { url } = await checkrEndpoint();
    const ada = await employee(opened, tenant, 'HP-4', [{ system: 'checkr.candidate', value: 'cand-4' }]);
    await send(url, thin);
    const [letter] = await eventually(async () => (await openLetters()).length > 0 && openLetters());
    apiOn = true;
    answers.set('/v1/reports/rep-4', () => ({
      id: 'rep-4',
      status: 'complete',
      result: 'consider',
      candidate_id: 'cand-4',
    }));
    await opened.ingest.deadLetters.requeue(administrator(tenant), [letter?.id ?? ''], context);
    const [event] = await eventually(() => Promise.resolve(mine().length > 0 && mine()));
    expect(event).toMatchObject({ employeeId: ada, type: 'report.considered' });
  });

  test('an API that is away is asked again, one that stays away or refuses makes a dead letter', async () => {
    const { url } = await checkrEndpoint();
    await employee(opened, tenant, 'HP-5', [{ system: 'checkr.candidate', value: 'cand-5' }]);
    apiOn = true;
    let asked = 0;
    answers.set('/v1/reports/rep-5', () => {
      asked += 1;
      if (asked < 2) throw new PlumblineError({ kind: 'unavailable', code: 'test.away', detail: 'away' });
      return { id: 'rep-5', status: 'complete', result: 'clear', candidate_id: 'cand-5' };
    });
    await send(url, { ...thin, id: 'rep-5' });
    await eventually(() => Promise.resolve(mine().length === 1));
    expect(asked).toBe(2);
    await send(url, { ...thin, id: 'rep-6' });
    const [letter] = await eventually(async () => (await openLetters()).length > 0 && openLetters());
    expect(letter).toMatchObject({ reason: 'fetch_failed' });
    answers.set('/v1/reports/rep-7', () => {
      throw new PlumblineError({ kind: 'unavailable', code: 'test.away', detail: 'away' });
    });
    await send(url, { ...thin, id: 'rep-7' });
    await eventually(async () => (await openLetters()).some((one) => one.reason === 'vendor_api_away'));
  });
});

test('rows of a file: good ones go on, bad ones come back with their line', async () => {
  const { url } = await opened.endpoint(tenant, {
    vendor: 'csv-employees',
    name: 'HR list',
    secret: 'token-of-hr',
  });
  const ada = await employee(opened, tenant, 'HP-1');
  const file =
    'Employee Number,First Name,Last Name,Status\nHP-1,Ada,Quarry,active\nHP-2,,Stone,active\nHP-3,Nova,Field,active\n';
  expect(
    (await post(url, file, { authorization: 'Bearer token-of-hr', 'content-type': 'text/csv' })).status,
  ).toBe(202);
  const letters = await eventually(async () => {
    const open = await openLetters();
    return open.length === 2 && open;
  });
  expect(
    letters.map((one) => [one.reason, one.detail]).toSorted(([a = ''], [b = '']) => a.localeCompare(b)),
  ).toEqual([
    ['employee_unknown', 'no employee is known by employee.external_id HP-3, this name'],
    ['row_rejected', 'line 3, column First Name: is blank'],
  ]);
  expect(mine().map((event) => [event.employeeId, event.type])).toEqual([[ada, 'employee.updated']]);
});
