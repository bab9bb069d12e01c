import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkedOutcome } from '../../payload.ts';
import type { Outcome, SourceHeaders } from '../../source.ts';
import { tazworks } from './source.ts';

const postback = readFileSync(new URL('fixtures/postback.xml', import.meta.url), 'utf8');
const context = { receivedAt: '2026-11-20T12:00:00.000Z', settings: {} };
const webhook = {
  version: 1,
  resourceGuid: 'ord-1',
  event: 'order.created',
  resourcePath: '/clients/cli-1/orders/ord-1',
  timestamp: 1_795_176_000_000,
  baseClientGuid: 'cli-1',
  instanceGuid: 'ins-1',
  externalIdentifier: 'REQ-7',
};

function parse(body: Buffer | string, headers: SourceHeaders = {}) {
  return tazworks.parse(Buffer.from(body), headers);
}

function outcomes(body: Buffer | string, headers: SourceHeaders = {}, settings = {}): Outcome[] {
  const parsed = parse(body, headers);
  if (!parsed.ok) throw new Error(parsed.detail);
  return tazworks.normalise(parsed.value, { ...context, settings }).map(checkedOutcome);
}

function told(list: readonly Outcome[]): string[] {
  return list.map((outcome) => {
    if (outcome.kind === 'event') return `${outcome.draft.type}${outcome.draft.review ? '?' : ''}`;
    if (outcome.kind === 'fetch') return `fetch ${outcome.request.path}`;
    return outcome.kind === 'row_rejected' ? 'row' : `${outcome.kind} ${outcome.reason}`;
  });
}

function first(list: readonly Outcome[]) {
  const [outcome] = list;
  if (outcome?.kind !== 'event') throw new Error(`no event: ${JSON.stringify(outcome)}`);
  return outcome.draft;
}

const hook = (change: Record<string, unknown>) => JSON.stringify({ ...webhook, ...change });
const withStatus = (status: string) =>
  postback.replace('<OrderStatus flag="FALSE">x:ready</OrderStatus>', status);

/** As a form in ISO-8859-1 writes it: every byte above ASCII as one percent sign. */
const form = (text: string, name = 'request') =>
  `${name}=${[...Buffer.from(text, 'latin1')].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')}`;

const verify = (body: string, headers: SourceHeaders, secrets = ['token-1']) => {
  const answer = tazworks.createVerifier(secrets)(Buffer.from(body), headers, 0);
  return answer.ok ? 'ok' : answer.reason;
};

const fetchOf = (resourcePath: string) => told(outcomes(hook({ event: 'order.completed', resourcePath })));

const order = (change: Record<string, unknown>) => {
  const parsed = parse(hook({ event: 'order.completed' }));
  if (!parsed.ok) throw new Error(parsed.detail);
  const answer = {
    orderGuid: 'ord-1',
    orderedDate: 1_795_000_000_000,
    completedDate: 1_795_170_000_000,
    ...change,
  };
  return tazworks.normaliseFetched?.(parsed.value, answer, context).map(checkedOutcome) ?? [];
};

const key = (status: string) => first(outcomes(withStatus(status))).dedupeKey;

describe('webhook', () => {
  test.each([
    ['order.created', ['order.placed']],
    ['order.canceled', ['order.cancelled']],
    ['order.completed', ['fetch /v1/clients/cli-1/orders/ord-1']],
    ['order.search.created', ['drop no_compliance_fact']],
    ['order.search.completed', ['drop no_compliance_fact']],
    ['client.updated', ['drop no_compliance_fact']],
    ['order.exploded', ['drop unknown_event_type']],
    ['__proto__', ['drop unknown_event_type']],
  ])('%s', (event, expected) => {
    expect(told(outcomes(hook({ event })))).toEqual(expected);
  });

  test.each([1_795_176_000, 1_795_176_000_000, '1795176000', '1795176000000', '2026-11-20T12:00:00Z'])(
    'the timestamp %j is read by its size',
    (timestamp) => {
      expect(first(outcomes(hook({ timestamp }))).occurredAt).toBe('2026-11-20T12:00:00.000Z');
    },
  );

  test('the external identifier is an employee number only where the endpoint says so', () => {
    const refs = (settings: Record<string, unknown>) =>
      first(outcomes(hook({}), {}, settings)).subject.refs.map((one) => one.system);
    expect(refs({})).toEqual(['tazworks.order', 'tazworks.external_identifier']);
    expect(refs({ externalIdentifier: 'employee' })).toContain('employee.external_id');
    expect(first(outcomes(hook({ externalIdentifier: 17 }))).subject.refs[1]).toMatchObject({ value: '17' });
    expect(first(outcomes(hook({ externalIdentifier: null }))).subject.refs).toHaveLength(1);
  });

  test('a completed order that points nowhere is a dead letter, and no foreign path is ever asked for', () => {
    expect(fetchOf('/clients/cli-1')).toEqual(['dead_letter order_missing']);
    expect(fetchOf('https://evil.example.com/clients/a/orders/b')).toEqual(['dead_letter order_missing']);
    expect(fetchOf('/clients/../orders/b')).toEqual(['dead_letter order_missing']);
  });

  test.each([
    [{ event: undefined }, 'event'],
    [{ event: 7 }, 'event'],
    [{ resourceGuid: '' }, 'resourceGuid'],
    [{ resourcePath: null }, 'resourcePath'],
    [{ timestamp: 'soon' }, 'timestamp'],
    [{ timestamp: 1e300 }, 'timestamp'],
    [{ externalIdentifier: { id: 1 } }, 'externalIdentifier'],
  ])('%j does not fit', (change, path) => {
    const parsed = parse(hook(change));
    expect(parsed.ok ? [] : parsed.places.map((place) => place.path)).toEqual([path]);
  });

  test.each([
    [[webhook], 'list of 1 values'],
    [{ orderGuid: 'o', orderStatus: 'complete' }, 'API answer: order'],
    [[{ orderGuid: 'o' }, { orderGuid: 'p' }], 'API answer: order, and 1 more'],
    [
      { request: { method: 'GET', uri: 'https://api.example.com/v1/x' }, response: {} },
      'recorded API exchange: GET',
    ],
    ['text', 'bare string'],
  ])('%j is told apart', (body, expected) => {
    const parsed = parse(JSON.stringify(body));
    expect(parsed.ok ? '' : `${parsed.stage} ${parsed.detail}`).toContain(expected);
  });
});

describe('order read from the API', () => {
  test.each([
    ['complete', false, ['report.cleared']],
    ['complete', true, ['report.considered']],
    ['complete', undefined, ['report.unclear?']],
    ['app-pending', false, ['order.placed']],
    ['pending review', false, ['order.placed']],
    ['Dispatched QC', false, ['order.placed']],
    ['qa review', true, ['order.placed']],
    ['canceled', false, ['order.cancelled']],
    ['client message', false, ['report.unclear?']],
    ['archived', false, ['report.unclear?']],
    ['internal-error', false, ['report.unclear?']],
    ['end-user', false, ['report.unclear?']],
    ['constructor', false, ['report.unclear?']],
    [null, false, ['report.unclear?']],
  ])('%j, flagged %j', (orderStatus, searchFlagged, expected) => {
    expect(told(order({ orderStatus, searchFlagged }))).toEqual(expected);
  });

  test('names the person as LAST, FIRST M.', () => {
    const person = {
      applicantName: 'MAY, LOUISE M.',
      applicantDateOfBirth: '1992-10-22',
      applicantEmail: 'L.May@example.com',
    };
    expect(first(order({ orderStatus: 'complete', searchFlagged: false, ...person }))).toMatchObject({
      occurredAt: '2026-11-20T10:20:00.000Z',
      subject: {
        name: { first: 'LOUISE', last: 'MAY' },
        birthDate: '1992-10-22',
        email: 'l.may@example.com',
      },
    });
  });

  test('another order, or no order, is a dead letter', () => {
    expect(told(order({ orderGuid: 'ord-2' }))).toEqual(['dead_letter fetch_mismatch']);
    expect(told(order({ orderGuid: 5 }))).toEqual(['dead_letter fetch_unreadable']);
  });
});

describe('XML postback', () => {
  test.each([
    ['<OrderStatus flag="FALSE">x:ready</OrderStatus>', ['report.cleared']],
    ['<OrderStatus flag="TRUE">x:ready</OrderStatus>', ['report.considered']],
    ['<OrderStatus flag="false">ready</OrderStatus>', ['report.cleared']],
    ['<OrderStatus>x:ready</OrderStatus>', ['report.unclear?']],
    ['<OrderStatus flag="maybe">x:ready</OrderStatus>', ['report.unclear?']],
    ['<OrderStatus>x:pending</OrderStatus>', ['order.placed']],
    ['<OrderStatus>x:partial</OrderStatus>', ['order.placed']],
    ['<OrderStatus>x:app_pending</OrderStatus>', ['order.placed']],
    ['<OrderStatus>x:applicant-ready</OrderStatus>', ['order.placed']],
    ['<OrderStatus>x:canceled</OrderStatus>', ['order.cancelled']],
    ['<OrderStatus>x:client-message</OrderStatus>', ['report.unclear?']],
    ['<OrderStatus>x:error</OrderStatus>', ['report.unclear?']],
    ['<OrderStatus>x:awaiting-court</OrderStatus>', ['report.unclear?']],
    ['<OrderStatus/>', ['report.unclear?']],
  ])('%s', (status, expected) => {
    expect(told(outcomes(withStatus(status)))).toEqual(expected);
  });

  test('the same state told again is the same fact, another flag is not', () => {
    const clear = key('<OrderStatus flag="FALSE">x:ready</OrderStatus>');
    expect(key('<OrderStatus flag="FALSE">x:ready</OrderStatus>')).toBe(clear);
    expect(key('<OrderStatus flag="TRUE">x:ready</OrderStatus>')).not.toBe(clear);
  });

  test('names person and order', () => {
    expect(first(outcomes(postback))).toMatchObject({
      subjectRef: 'tazworks:file:900417',
      occurredAt: context.receivedAt,
      subject: { name: { first: 'Renée', last: 'Ashdown' }, birthDate: '1988-04-09' },
    });
  });

  const latin = 'application/x-www-form-urlencoded; charset=ISO-8859-1';
  test.each([
    ['ISO-8859-1 by header', form(postback.replace('&#233;', 'é')), latin],
    ['ISO-8859-1 without header', form(postback.replace('&#233;', 'é')), undefined],
    [
      'UTF-8 without header',
      new URLSearchParams({ XML: postback.replace('&#233;', 'é') }).toString(),
      undefined,
    ],
    ['beside other fields', `a=1&${form(postback)}&b=2`, latin],
  ])('in a form field, %s', (_name, body, type) => {
    expect(first(outcomes(body, { 'content-type': type })).subject.name).toEqual({
      first: 'Renée',
      last: 'Ashdown',
    });
  });

  test('an error answer without order id is filed under the reference', () => {
    const error = `<BackgroundReports><BackgroundReportPackage><ReferenceId>R-1</ReferenceId><ScreeningStatus>
      <OrderStatus>x:error</OrderStatus></ScreeningStatus><ErrorReport><ErrorCode>4</ErrorCode>
      <ErrorDescription>Invalid password.</ErrorDescription></ErrorReport></BackgroundReportPackage></BackgroundReports>`;
    expect(first(outcomes(error))).toMatchObject({
      subjectRef: 'tazworks:reference:R-1',
      review: { value: 'x:error (4: Invalid password.)' },
    });
  });

  test.each([
    [
      'a request of ours',
      '<BackgroundCheck userId="a" password="b"/>',
      /^schema .*BackgroundCheck, an order/,
    ],
    ['no package', '<BackgroundReports/>', /^schema .*no BackgroundReportPackage/],
    [
      'no ids',
      '<BackgroundReports><BackgroundReportPackage/></BackgroundReports>',
      /^schema .*neither OrderId nor/,
    ],
    ['DOCTYPE', `<!DOCTYPE x [<!ENTITY a "b">]>${postback}`, /^syntax .*DOCTYPE is refused/],
    [
      'DOCTYPE in a form field',
      form('<!DOCTYPE x><BackgroundReports/>'),
      /^syntax .*form field request, line 1, column 1/,
    ],
    ['broken XML in a form field', form('<BackgroundReports>'), /^syntax .*form field request, line 1/],
    ['a form without XML', 'a=1&b=2', /^syntax .*no form field holds XML \(fields: a, b\)/],
  ])('%s is refused', (_name, body, expected) => {
    const parsed = parse(body);
    expect(parsed.ok ? '' : `${parsed.stage} ${parsed.detail}`).toMatch(expected);
  });
});

describe('credentials', () => {
  test.each([
    [{ authorization: 'token-1' }, 'ok'],
    [{ authorization: 'Bearer token-1' }, 'ok'],
    [{ authorization: 'token-2' }, 'credentials_mismatch'],
    [{ authorization: '' }, 'credentials_missing'],
    [{}, 'credentials_missing'],
  ])('%j → %s', (headers, expected) => {
    expect(verify(hook({}), headers)).toBe(expected);
  });

  test('either secret during rotation, user and password of a postback, never an empty secret', () => {
    expect(verify(hook({}), { authorization: 'token-1' }, ['token-2', 'token-1'])).toBe('ok');
    expect(verify(postback, {}, ['plumb:bob'])).toBe('ok');
    expect(verify(postback, {}, ['plumb:rob'])).toBe('credentials_mismatch');
    expect(verify('<BackgroundReports userId="" password=""/>', {}, ['plumb:bob', ':'])).toBe(
      'credentials_missing',
    );
    expect(verify(hook({}), { authorization: '' }, [''])).toBe('endpoint_without_secret');
  });
});
