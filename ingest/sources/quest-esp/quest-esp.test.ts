import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkedOutcome } from '../../payload.ts';
import type { SourceHeaders } from '../../source.ts';
import { questEsp } from './source.ts';

const result = readFileSync(new URL('fixtures/order-result.xml', import.meta.url), 'utf8');
const context = {
  receivedAt: '2026-11-20T12:30:00.000Z',
  settings: { channel: 'mro' } as Record<string, unknown>,
};

const parse = (body: string | Buffer) => questEsp.parse(Buffer.from(body), {});

function drafts(body: string | Buffer, settings = context.settings) {
  const parsed = parse(body);
  if (!parsed.ok) throw new Error(parsed.detail);
  return questEsp.normalise(parsed.value, { ...context, settings }).map((outcome) => {
    const checked = checkedOutcome(outcome);
    if (checked.kind !== 'event') throw new Error(`no event: ${JSON.stringify(checked)}`);
    return checked.draft;
  });
}

const told = (body: string | Buffer) =>
  drafts(body).map((draft) => `${draft.type}${draft.review ? '?' : ''}`);
const failure = (body: string | Buffer) => {
  const parsed = parse(body);
  return parsed.ok ? 'accepted' : `${parsed.stage} ${parsed.places[0]?.path}: ${parsed.places[0]?.message}`;
};

function status(word: string, screen = 'drug', at = '11/20/2026 12:00:00'): string {
  return `<OrderStatus><QuestOrderID>7700123</QuestOrderID><OrderStatusID>${word}</OrderStatusID>
    <ScreenType>${screen}</ScreenType><OrderStatusDateTime>${at}</OrderStatusDateTime></OrderStatus>`;
}
const resultOf = (word: string, screen = 'Drug') =>
  result.replace('Negative', word).replace('>Drug<', `>${screen}<`);
const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const soap = (inner: string) =>
  `<?xml version="1.0"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>
  <PostResult xmlns="http://wssim.labone.com/"><Username>plumb</Username><Password>bob</Password>
  <resultXml>${inner}</resultXml></PostResult></soap:Body></soap:Envelope>`;

const channel = (settings: Record<string, unknown>) => drafts(result, settings)[0]?.payload['channel'];

const key = (body: string) => drafts(body)[0]?.dedupeKey;

const verify = (body: string, headers: SourceHeaders, secrets = ['plumb:bob']) => {
  const answer = questEsp.createVerifier(secrets)(Buffer.from(body), headers, 0);
  return answer.ok ? 'ok' : answer.reason;
};

const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });

describe('statuses', () => {
  test.each([
    ['SITESELECTED', ['test.scheduled']],
    ['COLLECTED', ['test.collected']],
    ['Collected', ['test.collected']],
    ['ATLAB', ['test.lab_received']],
    ['At Lab', ['test.lab_received']],
    ['PENDINGMRO', ['test.lab_reported']],
    ['SUSPENDED', ['test.word_unknown?']],
    ['PARTIAL', ['test.word_unknown?']],
    ['PENDINGFAX', ['test.word_unknown?']],
    ['COMPLETE', ['test.word_unknown?']],
    ['Teleported', ['test.word_unknown?']],
    ['constructor', ['test.word_unknown?']],
  ])('%s', (word, expected) => {
    expect(told(status(word))).toEqual(expected);
  });

  test('a collection has its own instant', () => {
    const body = status('COLLECTED').replace(
      '<ScreenType>',
      '<CollectedDateTime>11/20/2026 09:15:00</CollectedDateTime><ScreenType>',
    );
    expect(drafts(body)[0]?.occurredAt).toBe('2026-11-20T09:15:00.000Z');
  });

  test('steps of one second keep the order of a test’s life', () => {
    const versions = ['SITESELECTED', 'COLLECTED', 'ATLAB', 'PENDINGMRO'].map(
      (word) => drafts(status(word))[0]?.version,
    );
    expect(versions).toEqual([1, 2, 3, 4]);
    expect(drafts(result)[0]?.version).toBe(5);
  });
});

describe('results', () => {
  test.each([
    ['Negative', 'test.mro_negative'],
    ['NEGATIVE', 'test.mro_negative'],
    ['Positive', 'test.mro_positive'],
    ['Positive Dilute', 'test.mro_positive'],
    ['Cancelled', 'test.mro_cancelled'],
    ['No Show Expired', 'test.no_show'],
    ['Donor Refused', 'test.refusal_reported'],
    ['COMPLETE', 'test.word_unknown?'],
    ['Negative Dilute', 'test.word_unknown?'],
    ['Invalid', 'test.word_unknown?'],
    ['Not Negative', 'test.word_unknown?'],
    ['toString', 'test.word_unknown?'],
  ])('%s', (word, expected) => {
    expect(told(resultOf(word))).toEqual([expected]);
  });

  test('a result keeps the channel of its endpoint and is never promoted to the MRO', () => {
    expect(channel({ channel: 'mro' })).toBe('mro');
    expect(channel({ channel: 'lab' })).toBe('lab');
    expect(channel({})).toBe('unknown');
    expect(channel({ channel: 'friend' })).toBe('unknown');
  });

  test('one order of two kinds is two tests; alcohol without a level goes to a person', () => {
    expect(drafts(result)[0]?.subjectRef).toBe('quest:7700123/drug');
    expect(drafts(resultOf('Negative', 'Alcohol'))[0]).toMatchObject({
      type: 'test.word_unknown',
      subjectRef: 'quest:7700123/alcohol',
      review: { value: 'Negative' },
    });
  });

  test('a physical is an examination whose outcome a person reads', () => {
    expect(drafts(resultOf('Cleared', 'Physical'))[0]).toMatchObject({
      module: 'health',
      type: 'exam.completed',
      payload: { outcome: 'unknown', examOn: '2026-11-18' },
      review: { value: 'Cleared' },
    });
    expect(drafts(status('COLLECTED', 'physical'))[0]).toMatchObject({
      payload: { outcome: 'pending' },
      review: null,
    });
  });

  test('a screen nobody knows goes to a person', () => {
    expect(drafts(resultOf('Negative', 'Hair'))[0]).toMatchObject({
      type: 'test.word_unknown',
      review: { field: 'ScreenType' },
    });
  });

  test('the same message has the same key; a later time or another specimen has not', () => {
    expect(key(result.replaceAll('\n', '\r\n'))).toBe(key(result));
    expect(key(soap(escaped(result)))).toBe(key(result));
    expect(key(result.replace('SP-900', 'SP-901'))).not.toBe(key(result));
    expect(key(result.replace('T12:00:00Z', 'T12:00:01Z'))).not.toBe(key(result));
  });

  test('the order and our reference find the person; a nine-digit donor id is not kept', () => {
    const donor = result.replace(
      '<SpecimenID>',
      '<DonorInfo><FirstName>Ada</FirstName><LastName>Quarry</LastName><PrimaryID>123-45-6789</PrimaryID><DOB>10/31/1990</DOB></DonorInfo><SpecimenID>',
    );
    expect(drafts(donor)[0]?.subject).toEqual({
      employeeId: null,
      refs: [
        { system: 'quest-esp.order', value: '7700123', own: true },
        { system: 'quest-esp.reference_test', value: 'REF-55', own: false },
        { system: 'quest-esp.client_reference', value: 'HP-00042-R3', own: false },
      ],
      email: null,
      name: { first: 'Ada', last: 'Quarry' },
      birthDate: '1990-10-31',
    });
  });
});

describe('wrappings', () => {
  test.each([
    ['SOAP around it', soap(result.replace(/<\?xml.*?\?>/, ''))],
    ['escaped inside SOAP', soap(escaped(result))],
    ['escaped twice', soap(escaped(escaped(result)))],
    ['escaped, declaring utf-16', soap(escaped(result.replace('utf-8', 'utf-16')))],
    ['in CDATA', soap(`<![CDATA[${result}]]>`)],
    ['declaring utf-16 over single bytes', result.replace('utf-8', 'utf-16')],
    ['with a byte order mark', `\ufeff${result}`],
    ['with line ends of Windows', result.replaceAll('\n', '\r\n')],
    ['with blank lines before the declaration', `\n\n${result}`],
    ['with a namespace', result.replace('<OrderResult>', '<OrderResult xmlns="http://wssim.labone.com/">')],
    ['in a form field', new URLSearchParams({ xml: result }).toString()],
  ])('%s', (_name, body) => {
    expect(drafts(body)[0]).toMatchObject({
      type: 'test.mro_negative',
      occurredAt: '2026-11-20T12:00:00.000Z',
    });
  });

  test('really in UTF-16', () => {
    expect(told(Buffer.from(`\ufeff${result.replace('utf-8', 'utf-16')}`, 'utf16le'))).toEqual([
      'test.mro_negative',
    ]);
  });

  test('several documents escaped in one envelope, beside a remark that only begins like one', () => {
    const body = soap(
      `${escaped(status('COLLECTED'))}</resultXml><Notes>&lt;see file&gt; &amp; more</Notes><resultXml>${escaped(result)}`,
    );
    expect(told(body)).toEqual(['test.collected', 'test.mro_negative']);
  });

  test('several messages in one document', () => {
    expect(told(`<Updates>${status('COLLECTED')}${status('COLLECTED', 'alcohol')}</Updates>`)).toEqual([
      'test.collected',
      'test.collected',
    ]);
  });
});

describe('documents that do not fit', () => {
  test.each([
    [
      'no order id',
      result.replace('7700123', ''),
      'schema line 2, column 1: OrderResult/QuestOrderID is missing or blank',
    ],
    ['no result', resultOf(''), 'schema line 2, column 1: OrderResult/OrderResultID is missing or blank'],
    [
      'no time in a time',
      result.replace('2026-11-20T12:00:00Z', 'noon'),
      'schema line 2, column 1: OrderResult/OrderResultDateTime "noon" is no time',
    ],
    [
      'an order of ours',
      '<Order><DonorInfo/></Order>',
      'schema line 1, column 1: expected OrderStatus or OrderResult, got Order, the document that we send to place an order',
    ],
    [
      'an answer to a call of ours',
      soap(escaped('<QuestMethodResponse><MethodID>1</MethodID></QuestMethodResponse>')),
      'schema line 1, column 1: expected OrderStatus or OrderResult, got QuestMethodResponse, the answer to a call of ours',
    ],
    [
      'DOCTYPE',
      `<!DOCTYPE a>${result}`,
      'syntax line 1, column 1: DOCTYPE is refused: documents must not declare types or entities',
    ],
    [
      'an entity hidden in the escaped document',
      soap(escaped('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><OrderResult>&b;</OrderResult>')),
      'syntax inside resultXml (line 3, column 3): line 1, column 1: DOCTYPE is refused: documents must not declare types or entities',
    ],
    ['JSON', '{"OrderResult":{}}', 'syntax line 1, column 19: not XML'],
  ])('%s', (_name, body, expected) => {
    expect(failure(body).slice(0, expected.length)).toBe(expected);
  });
});

describe('credentials', () => {
  test('basic authorization, or user and password in the message', () => {
    expect(verify(result, basic('plumb:bob'))).toBe('ok');
    expect(verify(result, basic('plumb:rob'))).toBe('credentials_mismatch');
    expect(verify(soap(escaped(result)), {})).toBe('ok');
    expect(verify(soap(escaped(result)).replace('>bob<', '>rob<'), {})).toBe('credentials_mismatch');
    expect(verify(result, {})).toBe('credentials_missing');
    expect(verify('not xml', {})).toBe('credentials_missing');
  });
});
