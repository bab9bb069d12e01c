import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkedOutcome } from '../../payload.ts';
import { formfox } from './source.ts';

const result = readFileSync(new URL('fixtures/result.xml', import.meta.url), 'utf8');
const context = {
  receivedAt: '2026-11-20T12:30:00.000Z',
  settings: { channel: 'mro' } as Record<string, unknown>,
};

function outcomes(body: string, settings = context.settings) {
  const parsed = formfox.parse(Buffer.from(body), {});
  if (!parsed.ok) throw new Error(parsed.detail);
  return formfox.normalise(parsed.value, { ...context, settings }).map(checkedOutcome);
}

function told(body: string): string[] {
  return outcomes(body).map((one) =>
    one.kind === 'event'
      ? `${one.draft.type}${one.draft.review ? '?' : ''}`
      : 'reason' in one
        ? one.reason
        : one.kind,
  );
}

function drafts(body: string, settings = context.settings) {
  return outcomes(body, settings).flatMap((one) => (one.kind === 'event' ? [one.draft] : []));
}

function status(word: string, sample = 'UR'): string {
  return `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>
    <updateOrderStatus xmlns="https://FormFox.com"><Username>plumb</Username><Password>bob</Password>
    <ReferenceTestId>FF-7001</ReferenceTestId><Status>${word}</Status><Notes>&lt;none&gt;</Notes>
    <SampleType>${sample}</SampleType></updateOrderStatus></soap:Body></soap:Envelope>`;
}

const failure = (body: string) => {
  const parsed = formfox.parse(Buffer.from(body), {});
  return parsed.ok ? 'accepted' : `${parsed.stage} ${parsed.places[0]?.message}`;
};

describe('statuses', () => {
  test.each([
    ['SCHD', 'test.scheduled'],
    ['OK', 'test.collected'],
    ['REFU', 'test.refusal_reported'],
    ['UNAB', 'test.insufficient'],
    ['PEND', 'no_compliance_fact'],
    ['INPRC', 'no_compliance_fact'],
    ['ONSITE', 'no_compliance_fact'],
    ['CANC', 'test.word_unknown?'],
    ['SUSP', 'test.word_unknown?'],
    ['NCOM', 'test.word_unknown?'],
    ['WARP', 'test.word_unknown?'],
  ])('%s', (word, expected) => {
    expect(told(status(word))).toEqual([expected]);
  });

  test('a breath sample is a test of its own', () => {
    expect(drafts(status('OK', 'BAT'))[0]?.subjectRef).toBe('formfox:FF-7001/alcohol');
  });
});

describe('results', () => {
  test('collection and result with the descriptor of the test', () => {
    const described = { dot: true, reason: 'random', kind: 'drug' };
    expect(drafts(result)).toMatchObject([
      {
        type: 'test.collected',
        occurredAt: '2026-11-18T14:20:00.000Z',
        payload: { test: described, observed: false },
        subject: { name: { first: 'Ada', last: 'Quarry' }, birthDate: '1990-10-31' },
      },
      {
        type: 'test.mro_negative',
        occurredAt: context.receivedAt,
        payload: { test: described, channel: 'mro' },
      },
    ]);
  });

  test.each([
    ['Positive', 'test.mro_positive'],
    ['NEG', 'test.mro_negative'],
    ['Invalid', 'test.word_unknown?'],
    ['Not negative', 'test.word_unknown?'],
  ])('%s', (word, expected) => {
    expect(told(result.replace('Negative', word))).toEqual(['test.collected', expected]);
  });

  test('the channel is the endpoint’s; an alcohol result without a level goes to a person', () => {
    expect(drafts(result, {})[1]?.payload).toMatchObject({ channel: 'unknown' });
    expect(told(result.replace('"Drug"', '"Alcohol"'))).toEqual(['test.collected', 'test.word_unknown?']);
    expect(told(result.replace('"Drug"', '"Hair"'))).toEqual(['test.word_unknown?']);
  });

  test('a reason that is not understood makes no descriptor; a social security number is not kept', () => {
    expect(drafts(result.replace('RANDOM', 'BECAUSE'))[0]?.payload).not.toHaveProperty('test');
    const systems = (body: string) => drafts(body)[0]?.subject.refs.map((one) => one.system);
    expect(systems(result)).toContain('formfox.donor_id');
    expect(systems(result.replace('&gt;DL&lt;', '&gt;SSN&lt;'))).not.toContain('formfox.donor_id');
  });
});

test('documents that do not fit', () => {
  expect(failure('<a/>')).toBe('schema expected updateOrderStatus or updateOrderResult, got a');
  expect(failure(status(''))).toBe('schema updateOrderStatus/Status is missing or blank');
  expect(failure(result.replace('FF-7001', ''))).toBe(
    'schema ResultOrderResults/ReferenceTestID is missing or blank',
  );
  expect(failure(result.replace('&lt;/ResultOrderResults', '&lt;/Other'))).toMatch(/^syntax not XML/);
});

test('user and password stand in the call; the answer is the word that the caller reads', () => {
  const verify = formfox.createVerifier(['plumb:bob']);
  expect(verify(Buffer.from(result), {}, 0)).toEqual({ ok: true });
  expect(verify(Buffer.from(status('OK').replace('>bob<', '>rob<')), {}, 0)).toMatchObject({
    reason: 'credentials_mismatch',
  });
  expect(formfox.answer?.(Buffer.from(status('OK')))).toMatchObject({
    status: 200,
    body: expect.stringContaining(
      '<updateOrderStatusResponse xmlns="https://FormFox.com"><updateOrderStatusResult>Success</updateOrderStatusResult>',
    ) as unknown,
  });
});
