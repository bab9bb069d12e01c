import { createHmac } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TenantId } from '#contracts/ids';
import type { Postgres } from '#platform/postgres';
import { openTestDatabase } from '../../tests/support/database.ts';
import {
  administrator,
  checkrEvent,
  context,
  eventually,
  openIngest,
  post,
  secret,
  type OpenedIngest,
} from '../testing.ts';

let postgres: Postgres;
let opened: OpenedIngest;
let tenant: TenantId;
let checkr: string;
let quest: string;
let standard: string;

beforeAll(async () => {
  postgres = await openTestDatabase();
  opened = await openIngest(postgres);
  tenant = await opened.tenant();
  checkr = (await opened.endpoint(tenant, { vendor: 'checkr', name: 'Checkr', secret })).url;
  quest = (await opened.endpoint(tenant, { vendor: 'quest-esp', name: 'Quest', secret: 'plumb:bob' })).url;
  const key = `whsec_${Buffer.from('a secret of twenty-four b').toString('base64')}`;
  standard = (await opened.endpoint(tenant, { vendor: 'standard-webhooks', name: 'LMS', secret: key })).url;
});
afterAll(async () => {
  await opened.close();
  await postgres.close();
});

async function recordsOf(topic: string): Promise<number> {
  return (await opened.log.topics()).find((one) => one.topic === topic)?.records ?? 0;
}

const signature = (body: string | Buffer) => ({
  'x-checkr-signature': createHmac('sha256', secret).update(body).digest('hex'),
});
const basic = { authorization: `Basic ${Buffer.from('plumb:bob').toString('base64')}` };
const good = checkrEvent({ id: 'rep-1', candidate_id: 'c-1' });

test('a good message is durable when it is acknowledged', async () => {
  const before = await recordsOf('raw.checkr');
  const { status, answer } = await post(checkr, good.body, good.headers);
  expect(status).toBe(202);
  expect(answer.deliveryId).toMatch(/^dlv_/);
  expect(await recordsOf('raw.checkr')).toBe(before + 1);
});

test('a vendor that expects its own words gets them, once the message is durable', async () => {
  const made = await opened.endpoint(tenant, { vendor: 'formfox', name: 'FormFox', secret: 'plumb:bob' });
  const call = `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><updateOrderStatus
    xmlns="https://FormFox.com"><Username>plumb</Username><Password>bob</Password><ReferenceTestId>1</ReferenceTestId>
    <Status>OK</Status></updateOrderStatus></soap:Body></soap:Envelope>`;
  const response = await fetch(made.url, { method: 'POST', body: call });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/xml; charset=utf-8']);
  expect(await response.text()).toContain('>Success<');
  expect(await recordsOf('raw.formfox')).toBe(1);
});

describe('refused before anything is read of the body: 401', () => {
  test.each([
    ['no signature', {}, 'ingest.signature_missing'],
    ['a wrong signature', { 'x-checkr-signature': 'a'.repeat(64) }, 'ingest.signature_mismatch'],
    [
      'the text of an account without key',
      { 'x-checkr-signature': 'Please create an API key to check the authenticity of our webhooks.' },
      'ingest.signature_placeholder',
    ],
  ])('%s', async (_name, headers, title) => {
    const before = await recordsOf('raw.checkr');
    const { status, type, answer } = await post(checkr, good.body, headers);
    expect([status, type, answer.title]).toEqual([401, 'application/problem+json', title]);
    expect(answer.detail).toMatch(/\w{4,}/);
    expect(await recordsOf('raw.checkr')).toBe(before);
  });

  test('a stale timestamp', async () => {
    const headers = { 'webhook-id': 'm', 'webhook-timestamp': '1614265330', 'webhook-signature': 'v1,AAAA' };
    expect((await post(standard, '{}', headers)).answer.title).toBe('ingest.timestamp_stale');
  });

  test('credentials that are not this endpoint’s', async () => {
    const { status, answer } = await post(quest, '<OrderStatus/>', { authorization: 'Basic eDp5' });
    expect([status, answer.title]).toEqual([401, 'ingest.credentials_mismatch']);
  });
});

describe('bodies that cannot be read: 400 with the place', () => {
  test.each([
    ['not JSON', () => checkr, '{"id": }', signature('{"id": }'), 'line 1, column 8'],
    ['empty', () => checkr, '', signature(''), 'line 1, column 1'],
    ['not XML', () => quest, '<OrderStatus>\n  <a></OrderStatus>', basic, 'line 2, column 20'],
    ['a document type', () => quest, '\n<!DOCTYPE a><a/>', basic, 'line 2, column 1'],
    ['an entity', () => quest, '<a><!ENTITY x "y"></a>', basic, 'line 1, column 4'],
  ])('%s', async (_name, url, body, headers, path) => {
    const { status, answer } = await post(url(), body, headers);
    expect([status, answer.title, answer.errors?.[0]?.path]).toEqual([400, 'ingest.body_unreadable', path]);
  });
});

test('a body that does not fit: 422 with paths, and the body is kept', async () => {
  const body = JSON.stringify({
    ...(JSON.parse(good.body) as object),
    data: { object: { id: 'r', status: 5 } },
  });
  const before = await recordsOf('rejected.checkr');
  const { status, answer } = await post(checkr, body, signature(body));
  expect([status, answer.title, answer.errors?.map((one) => one.path)]).toEqual([
    422,
    'ingest.body_unexpected',
    ['data.object.status'],
  ]);
  expect(await recordsOf('rejected.checkr')).toBe(before + 1);
});

describe('too large: 413', () => {
  const limit = 1024 * 1024;

  test('by its announced length and by its real one; a body of the limit is let in to be judged', async () => {
    const big = Buffer.alloc(limit + 1, ' ');
    expect((await post(checkr, big, signature(big))).status).toBe(413);
    const stream = new ReadableStream({
      start(controller) {
        for (let sent = 0; sent <= limit; sent += 65_536) controller.enqueue(new Uint8Array(65_536));
        controller.close();
      },
    });
    const streamed = await fetch(checkr, { method: 'POST', body: stream, duplex: 'half' });
    expect(streamed.status).toBe(413);
    const full = Buffer.alloc(limit, ' ');
    expect((await post(checkr, full, signature(full))).status).toBe(400);
  });
});

describe('the address', () => {
  test.each([
    '/webhooks/end_01h2xcejqtf2nbrexx3vqjhp41',
    '/webhooks/',
    '/webhooks/a/b',
    '/webhooks/..%2f',
    '/webhooks',
  ])('%s is no endpoint: 404', async (path) => {
    const { status, answer } = await post(`${opened.url}${path}`, good.body, good.headers);
    expect([status, answer.title]).toEqual([404, 'ingest.endpoint_unknown']);
  });

  test('a disabled endpoint is unknown; other methods and packed bodies are told what is wrong', async () => {
    const made = await opened.endpoint(tenant, { vendor: 'checkr', name: 'Old', secret });
    const scope = administrator(tenant);
    await opened.ingest.endpoints.setStatus(scope, made.id, 'disabled', context);
    await opened.ingest.directory.refresh();
    expect((await post(made.url, good.body, good.headers)).status).toBe(404);
    expect((await fetch(checkr)).status).toBe(405);
    expect((await post(checkr, good.body, { ...good.headers, 'content-encoding': 'gzip' })).status).toBe(400);
  });

  test('a rotated secret counts beside the old one until the rotation ends', async () => {
    const made = await opened.endpoint(tenant, { vendor: 'checkr', name: 'Rotating', secret });
    const scope = administrator(tenant);
    const rotated = await opened.ingest.endpoints.rotateSecret(scope, made.id, context);
    await opened.ingest.directory.refresh();
    const by = (key: string) => ({
      'x-checkr-signature': createHmac('sha256', key).update(good.body).digest('hex'),
    });
    expect((await post(made.url, good.body, by(secret))).status).toBe(202);
    expect((await post(made.url, good.body, by(rotated.secret))).status).toBe(202);
    await opened.ingest.endpoints.endRotation(scope, made.id, context);
    await opened.ingest.directory.refresh();
    expect((await post(made.url, good.body, by(secret))).status).toBe(401);
    expect((await post(made.url, good.body, by(rotated.secret))).status).toBe(202);
  });
});

test('a setting with a word that the vendor’s source does not know is refused when the endpoint is made', async () => {
  const wrong = { vendor: 'quest-esp', name: 'Quest', settings: { channel: 'MRO' } };
  await expect(opened.endpoint(tenant, wrong)).rejects.toThrow(/ingest\.settings_invalid.*settings\.channel/);
  await expect(opened.endpoint(tenant, { vendor: 'acme', name: 'Acme' })).rejects.toThrow(
    /ingest\.vendor_unknown/,
  );
});

test('over the rate: 429 with Retry-After; forged requests use nothing of it', async () => {
  const made = await opened.endpoint(tenant, { vendor: 'checkr', name: 'Slow', secret, ratePerMinute: 3 });
  for (let sent = 0; sent < 5; sent += 1) expect((await post(made.url, good.body)).status).toBe(401);
  const statuses: number[] = [];
  for (let sent = 0; sent < 3; sent += 1)
    statuses.push((await post(made.url, good.body, good.headers)).status);
  const over = await post(made.url, good.body, good.headers);
  expect([...statuses, over.status]).toEqual([202, 202, 202, 429]);
  expect(Number(over.retryAfter)).toBeGreaterThan(0);
  expect(Number(over.retryAfter)).toBeLessThanOrEqual(60);
});

test('the endpoint counts what it took and what it refused, with reasons and since when proof fails', async () => {
  const made = await opened.endpoint(tenant, { vendor: 'checkr', name: 'Counted', secret });
  const scope = administrator(tenant);
  const health = async () => {
    await opened.ingest.flushHealth();
    return (await opened.ingest.endpoints.list(scope)).find((one) => one.id === made.id);
  };
  await post(made.url, good.body, good.headers);
  expect(await health()).toMatchObject({ accepted: 1, refused: 0, failingSince: null });
  await post(made.url, good.body);
  await post(made.url, '{', signature('{'));
  const failing = await health();
  expect(failing).toMatchObject({
    accepted: 1,
    refused: 2,
    refusals: { signature_missing: 1, body_unreadable: 1 },
    lastRefusedReason: 'body_unreadable',
  });
  expect(failing?.failingSince).not.toBeNull();
  const state = (await opened.ingest.sourcesOf(tenant))['checkr'];
  expect(state?.lastEventAtMs).toBe(Date.parse(failing?.lastAcceptedAt ?? ''));
  await post(made.url, good.body, good.headers);
  expect(await health()).toMatchObject({ accepted: 2, failingSince: null });
});

test('a sender that hangs up in the middle leaves nothing behind', async () => {
  const before = await recordsOf('raw.checkr');
  const { port, hostname, pathname } = new URL(checkr);
  await new Promise<void>((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(`POST ${pathname} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"half`, () =>
        socket.destroy(),
      );
    });
    socket.on('close', () => resolve());
  });
  expect((await post(checkr, good.body, good.headers)).status).toBe(202);
  expect(await recordsOf('raw.checkr')).toBe(before + 1);
});

test('with the database closed: 503 with Retry-After, and nothing is acknowledged', async () => {
  const own = await openTestDatabase();
  const closing = await openIngest(own);
  const made = await closing.endpoint(await closing.tenant(), { vendor: 'checkr', name: 'Checkr', secret });
  expect((await post(made.url, good.body, good.headers)).status).toBe(202);
  await own.close();
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => post(made.url, good.body, good.headers)),
  );
  expect(new Set(answers.map((one) => one.status))).toEqual(new Set([503]));
  expect(new Set(answers.map((one) => one.answer.title))).toEqual(new Set(['ingest.not_stored']));
  expect(Number(answers[0]?.retryAfter)).toBeGreaterThan(0);
  await closing.close().catch(() => {});
});

test('hundreds at once are each answered once, and each is in the log', async () => {
  const made = await opened.endpoint(tenant, {
    vendor: 'checkr',
    name: 'Busy',
    secret,
    ratePerMinute: 100_000,
  });
  const before = await recordsOf('raw.checkr');
  const statuses = await Promise.all(
    Array.from({ length: 300 }, async (_, index) => {
      const message = checkrEvent({ id: `rep-${index}`, candidate_id: 'c-1' });
      return (await post(made.url, message.body, message.headers)).status;
    }),
  );
  expect(statuses.filter((status) => status === 202)).toHaveLength(300);
  expect(await eventually(async () => (await recordsOf('raw.checkr')) === before + 300)).toBe(true);
});
