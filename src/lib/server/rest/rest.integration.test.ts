import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRestStage, type RestStage } from '../../../../tests/support/rest-stage.ts';

let stage: RestStage;
beforeAll(async () => {
  stage = await openRestStage();
}, 120_000);
afterAll(() => stage.close());

const completed = (employeeId: string) => ({
  employeeId,
  module: 'training',
  type: 'completion.recorded',
  subjectRef: 'course-1',
  occurredAt: '2026-11-19T10:00:00.000Z',
  payload: {
    item: 'hazmat',
    completedOn: '2026-11-19',
    hours: 4,
    fieldDays: null,
    passed: true,
    tested: true,
  },
});

describe('a key', () => {
  it('is asked for, and refused when it is none, revoked or ended', async () => {
    const bare = await stage.ask('GET', '/employees', {});
    expect(bare.status).toBe(401);
    expect(bare.headers.get('www-authenticate')).toBe('Bearer realm="plumbline"');
    expect(bare.json).toMatchObject({ title: 'api.credential_invalid', status: 401 });
    const wrong = `plk_000000000000_${'A'.repeat(43)}`;
    const refused = await stage.ask('GET', '/employees', { key: wrong });
    expect(refused.headers.get('www-authenticate')).toContain('invalid_token');
    const { secret, client } = await stage.makeKey(['training:view']);
    expect((await stage.ask('GET', '/employees', { key: secret })).status).toBe(200);
    await stage.revoke(client.id);
    expect((await stage.ask('GET', '/employees', { key: secret })).status).toBe(401);
    const short = await stage.makeKey(['training:view'], { days: 1 });
    stage.clock.advanceMs(86_400_000 + 1);
    expect((await stage.ask('GET', '/employees', { key: short.secret })).status).toBe(401);
  });

  it('does what its scopes say and no more', async () => {
    const { secret: key } = await stage.makeKey(['training:view', 'dot:status']);
    const { json } = await stage.ask('GET', '/programs', { key });
    expect((json as { data: { id: string }[] }).data.map(({ id }) => id)).toEqual(['dot', 'training']);
    const flags = await stage.ask('GET', '/flags?limit=200', { key });
    const { data } = flags.json as { data: { module: string; short: string; dueAt: string | null }[] };
    expect(new Set(data.map(({ module }) => module))).toEqual(new Set(['dot', 'training']));
    const dot = data.filter(({ module }) => module === 'dot');
    expect(dot.every(({ short, dueAt }) => short === '' && dueAt === null)).toBe(true);
    expect((await stage.ask('GET', '/audit', { key })).json).toMatchObject({
      title: 'identity.right_missing',
    });
    const told = await stage.ask('POST', '/events', {
      key,
      idempotencyKey: 'no-right',
      body: completed(stage.alder.people[0]),
    });
    expect(told.status).toBe(403);
  });

  it('sees the people of its places', async () => {
    const { secret: key } = await stage.makeKey(['training:view'], { divisionIds: [stage.alder.north] });
    const { json } = await stage.ask('GET', '/employees?limit=200', { key });
    const { data } = json as { data: { id: string; divisionId: string }[] };
    expect(data.length).toBeGreaterThan(0);
    expect(new Set(data.map(({ divisionId }) => divisionId))).toEqual(new Set([stage.alder.north]));
    const other = stage.alder.people.find((id) => !data.some((one) => one.id === id)) ?? '';
    expect((await stage.ask('GET', `/employees/${other}`, { key })).status).toBe(404);
    expect((await stage.ask('GET', `/employees/${other}/flags`, { key })).status).toBe(404);
  });

  it('cannot be given more than its maker has, nor by somebody of another company', async () => {
    await expect(stage.makeKey(['billing:write'])).rejects.toThrow('api.scope_not_held');
    await expect(stage.makeKey(['drug_alcohol:deidentified'])).rejects.toThrow('api.scope_not_held');
  });

  it('leaves its making, its first use and its end in the log and in the list', async () => {
    const { secret, client } = await stage.makeKey(['administration:view']);
    await stage.ask('GET', '/audit?limit=1', { key: secret });
    const made = await stage.ask('GET', `/audit?subjectId=${client.id}`, { key: secret });
    const { data } = made.json as { data: { act: string }[] };
    expect(data.map(({ act }) => act)).toEqual(['api:client:create']);
    expect(made.text).not.toContain(secret.slice(20));
    const listed = (await stage.list()).find(({ id }) => id === client.id);
    expect(listed).toMatchObject({ prefix: secret.slice(0, 16), lastUsedAt: stage.clock.now() });
    expect(JSON.stringify(listed)).not.toContain(secret.slice(20));
  });
});

describe('lists', () => {
  it('come in pages that hold everybody once', async () => {
    const { key } = stage;
    for (const path of ['/employees', '/flags', '/events', '/audit']) {
      const seen: string[] = [];
      let next: string | null = null;
      do {
        const cursor: string = next === null ? '' : `&cursor=${next}`;
        const page = await stage.ask('GET', `${path}?limit=2${cursor}`, { key });
        expect(page.status, page.text).toBe(200);
        const { data, next: after } = page.json as { data: object[]; next: string | null };
        seen.push(...data.map((item) => JSON.stringify(item)));
        expect(page.headers.get('link') === null).toBe(after === null);
        next = after;
      } while (next !== null && seen.length < 400);
      expect(new Set(seen).size, path).toBe(seen.length);
      expect(seen.length, path).toBeGreaterThan(3);
    }
  });

  it('keep the fields asked for, and know what has not changed', async () => {
    const { key } = stage;
    const page = await stage.ask('GET', '/employees?fields=id,phase', { key });
    expect(Object.keys((page.json as { data: object[] }).data[0] ?? {}).toSorted()).toEqual(['id', 'phase']);
    const etag = page.headers.get('etag') ?? '';
    const again = await stage.ask('GET', '/employees?fields=id,phase', {
      key,
      headers: { 'if-none-match': etag },
    });
    expect([again.status, again.text]).toEqual([304, '']);
    expect((await stage.ask('GET', '/employees?fields=id,salary', { key })).status).toBe(400);
  });

  it('refuse what they do not know, and say where', async () => {
    const { key } = stage;
    const wrong = await stage.ask('GET', '/employees?limit=0&colour=red', { key });
    expect(wrong.status).toBe(400);
    expect(wrong.json).toMatchObject({ title: 'request.malformed', errors: expect.any(Array) });
    for (const search of ['cursor=AA', 'cursor=WyJcdTAwMDAiLCJhIl0', 'q=%00', 'limit=1&limit=2']) {
      expect((await stage.ask('GET', `/employees?${search}`, { key })).status, search).toBe(400);
    }
    const wrongPath = await stage.ask('DELETE', '/employees', { key });
    expect([wrongPath.status, wrongPath.headers.get('allow')]).toEqual([405, 'GET']);
    expect((await stage.ask('GET', '/nothing', { key })).status).toBe(404);
  });
});

const told = (idempotencyKey: string, body: object, key = stage.key) =>
  stage.ask('POST', '/events', { key, idempotencyKey, body });

describe('a write', () => {
  it('has its effect once, and gives the first answer again', async () => {
    const body = completed(stage.alder.people[1]);
    const first = await told('once-1', body);
    expect(first.status, first.text).toBe(202);
    const again = await told('once-1', body);
    expect([again.status, again.json]).toEqual([202, first.json]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    await stage.settle();
    const { id } = first.json as { id: string };
    const events = await stage.ask('GET', `/events?employeeId=${stage.alder.people[1]}`, { key: stage.key });
    const found = (events.json as { data: { id: string; source: string }[] }).data.filter(
      (one) => one.id === id,
    );
    expect(found).toMatchObject([{ source: 'api', outcome: 'applied' }]);
    const log = await stage.ask('GET', `/audit?act=api:event:submit&subjectId=${stage.alder.people[1]}`, {
      key: stage.key,
    });
    expect((log.json as { data: unknown[] }).data).toHaveLength(1);
  });

  it('refuses the key with another request, and takes it anew after a day', async () => {
    const body = completed(stage.alder.people[2]);
    expect((await told('once-2', body)).status).toBe(202);
    const other = await told('once-2', { ...body, subjectRef: 'course-2' });
    expect([other.status, other.json]).toMatchObject([422, { title: 'api.idempotency_key_reused' }]);
    stage.clock.advanceMs(24 * 3_600_000 + 1);
    expect((await told('once-2', { ...body, subjectRef: 'course-2' })).status).toBe(202);
  });

  it('tells who comes a second time while the first is under way', async () => {
    const body = completed(stage.alder.people[3]);
    const answers = await Promise.all(Array.from({ length: 6 }, () => told('once-3', body)));
    const statuses = answers.map(({ status }) => status).toSorted((one, other) => one - other);
    expect(statuses[0]).toBe(202);
    expect(statuses.every((status) => status === 202 || status === 409)).toBe(true);
    const ids = answers.flatMap(({ status, json }) => (status === 202 ? [(json as { id: string }).id] : []));
    expect(new Set(ids).size).toBe(1);
  });

  it('keeps nothing of what failed', async () => {
    const body = completed(stage.alder.people[3]);
    const wrong = await told('once-4', { ...body, payload: { item: 'hazmat' } });
    expect(wrong.status).toBe(422);
    expect(wrong.json).toMatchObject({ title: 'api.event_payload_invalid', errors: expect.any(Array) });
    expect((await told('once-4', body)).status).toBe(202);
  });

  it('asks for a key, for JSON, for a person and for the past', async () => {
    const body = completed(stage.alder.people[3]);
    expect((await stage.ask('POST', '/events', { key: stage.key, body })).json).toMatchObject({
      title: 'api.idempotency_key_missing',
    });
    const form = await stage.ask('POST', '/events', {
      key: stage.key,
      idempotencyKey: 'x',
      headers: { 'content-type': 'text/plain' },
      body,
    });
    expect(form.status).toBe(415);
    const nobody = await told('once-5', { ...body, employeeId: undefined, employeeNumber: 'nobody' });
    expect(nobody.json).toMatchObject({ title: 'api.employee_number_unknown' });
    const foreign = await told('once-6', completed(stage.borealis.people[0]));
    expect(foreign.status).toBe(404);
    const future = await told('once-7', { ...body, occurredAt: '2099-01-01T00:00:00.000Z' });
    expect(future.json).toMatchObject({ title: 'api.event_in_future' });
    const number = await told('once-8', {
      ...body,
      employeeId: undefined,
      employeeNumber: stage.alder.number,
    });
    expect(number.status, number.text).toBe(202);
  });
});

describe('limits', () => {
  it('are told with every answer, and end in 429 with the time to wait', async () => {
    const { secret: key } = await stage.makeKey(['training:view'], { ratePerMinute: 2 });
    const first = await stage.ask('GET', '/programs', { key });
    expect(first.headers.get('ratelimit-policy')).toMatch(/^"company";q=\d+;w=60, "key";q=2;w=60$/);
    expect(first.headers.get('ratelimit')).toMatch(/"key";r=1;t=\d+$/);
    await stage.ask('GET', '/nothing', { key });
    const over = await stage.ask('GET', '/programs', { key });
    expect(over.status).toBe(429);
    expect(Number(over.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

const token = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(`${stage.origin}/api/v1/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams(fields),
    headers,
  });

describe('tokens', () => {
  it('are given for a secret, with all scopes or some, for an hour', async () => {
    const { client, secret } = await stage.makeKey(['training:view', 'dot:view'], { kind: 'oauth' });
    const grant = { grant_type: 'client_credentials' };
    const basic = Buffer.from(`${client.id}:${secret}`).toString('base64');
    const response = await token({ ...grant, scope: 'training:view' }, { authorization: `Basic ${basic}` });
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const issued = (await response.json()) as { access_token: string };
    expect(issued).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'training:view' });
    const programs = await stage.ask('GET', '/programs', { key: issued.access_token });
    expect((programs.json as { data: object[] }).data).toHaveLength(1);
    expect((await stage.ask('GET', '/programs', { key: secret })).status).toBe(401);
    stage.clock.advanceMs(3_600_001);
    expect((await stage.ask('GET', '/programs', { key: issued.access_token })).status).toBe(401);
  });

  it('are refused in the words of the standard', async () => {
    const { client, secret } = await stage.makeKey(['training:view'], { kind: 'oauth' });
    const own = { client_id: client.id, client_secret: secret };
    const errors = [
      [{ grant_type: 'password', ...own }, 400, 'unsupported_grant_type'],
      [{ ...own }, 400, 'invalid_request'],
      [{ grant_type: 'client_credentials' }, 400, 'invalid_request'],
      [{ grant_type: 'client_credentials', ...own, scope: 'dot:view' }, 400, 'invalid_scope'],
      [
        { grant_type: 'client_credentials', ...own, client_secret: `${secret.slice(0, -1)}!` },
        401,
        'invalid_client',
      ],
    ] as const;
    for (const [fields, status, error] of errors) {
      const response = await token(fields);
      expect([response.status, await response.json()]).toEqual([status, { error }]);
    }
    const { access_token: bought } = (await (
      await token({ grant_type: 'client_credentials', ...own })
    ).json()) as { access_token: string };
    expect((await stage.ask('GET', '/programs', { key: bought })).status).toBe(200);
    await stage.revoke(client.id);
    expect((await stage.ask('GET', '/programs', { key: bought })).status).toBe(401);
  });
});

it('shows its document and a page of it to anybody', async () => {
  const document = await stage.ask('GET', '/openapi.json', {});
  expect(document.json).toMatchObject({
    openapi: '3.1.0',
    paths: { '/employees/{employeeId}': expect.any(Object) },
  });
  const page = await fetch(`${stage.origin}/api/v1/docs`);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  const text = await page.text();
  expect(text).toContain('List employees');
  expect(text).not.toMatch(/<script|style="/);
});
