import { describe, expect, test } from 'vitest';
import { checkedOutcome } from '../../payload.ts';
import { clearinghouse } from './source.ts';

const context = { receivedAt: '2026-11-20T12:00:00.000Z', settings: {} as Record<string, unknown> };

/** A row in the upload's column order, then status, result and date. */
function row(queryType: string, status: string, result = '', date = '11/19/2026', last = 'Quarry'): string {
  return [last, 'Ada', '10/31/1990', 'TX1234567', 'US', 'TX', queryType, status, result, date].join('\t');
}

function outcomes(text: string, settings = context.settings) {
  const parsed = clearinghouse.parse(Buffer.from(text), {});
  if (!parsed.ok) throw new Error(parsed.detail);
  return clearinghouse.normalise(parsed.value, { ...context, settings }).map(checkedOutcome);
}

function told(text: string): string[] {
  return outcomes(text).map((one) => {
    if (one.kind === 'row_rejected') return `${one.place.path}: ${one.place.message}`;
    if (one.kind !== 'event') return one.kind;
    const { type, payload, review } = one.draft;
    const outcome = payload['outcome'];
    return `${type}${typeof outcome === 'string' ? ` ${outcome}` : ''}${review ? '?' : ''}`;
  });
}

const consent = (text: string, settings = {}) => {
  const [first] = outcomes(text, settings);
  return first?.kind === 'event' ? first.draft.payload['consentOnFile'] : null;
};

const failure = (text: string) => {
  const parsed = clearinghouse.parse(Buffer.from(text), {});
  return parsed.ok ? 'accepted' : `${parsed.stage} ${parsed.places[0]?.path}`;
};

describe('rows', () => {
  test.each([
    [row('1', 'Awaiting Processing'), ['query.submitted']],
    [row('2', 'Processing'), ['query.submitted', 'query.processing']],
    [
      row('1', 'Completed', 'Driver Not Prohibited'),
      ['query.submitted', 'query.result_reported limited_clean'],
    ],
    [
      row('4', 'Completed', 'Driver Not Prohibited'),
      ['query.submitted', 'query.result_reported limited_clean'],
    ],
    [
      row('3', 'Completed', 'Driver Not Prohibited'),
      ['query.submitted', 'query.result_reported not_prohibited'],
    ],
    [row('2', 'Completed', 'Driver Prohibited'), ['query.submitted', 'query.result_reported prohibited']],
    [row('1', 'Completed', 'Driver Prohibited'), ['query.submitted', 'query.result_reported limited_hit']],
    [row('1', 'Specific consent required'), ['query.submitted', 'query.result_reported limited_hit']],
    [row('2', 'Pending driver consent'), ['query.submitted', 'query.processing']],
    [
      row('4', 'Pending driver consent'),
      ['query.submitted', 'query.result_reported limited_hit', 'query.full_requested'],
    ],
    [row('1', 'Driver Not Found'), ['query.submitted', 'query.result_reported not_found']],
    [row('1', 'Completed'), ['query.submitted', 'query.result_reported unknown?']],
    [row('2', 'Completed', 'Perhaps'), ['query.submitted', 'query.result_reported unknown?']],
    [row('2', 'Delayed'), ['query.submitted', 'query.result_reported unknown?']],
    [row('9', 'Completed'), ['line 1, column queryType: "9" is no query type (1, 2, 3 or 4)']],
    [row('1', ''), ['line 1, column status: is blank']],
    [row('1', 'Completed', '', 'yesterday'), ['line 1, column reportedAt: "yesterday" is no date']],
  ])('%j', (text, expected) => {
    expect(told(text)).toEqual(expected);
  });

  test('good rows go on beside bad ones, which come back with their line', () => {
    const text = [
      row('1', 'Completed', 'Driver Not Prohibited'),
      row('0', 'Completed'),
      row('2', 'Processing', '', '', 'Stone'),
    ].join('\n');
    expect(told(text)).toEqual([
      'query.submitted',
      'query.result_reported limited_clean',
      'line 2, column queryType: "0" is no query type (1, 2, 3 or 4)',
      'query.submitted',
      'query.processing',
    ]);
  });

  test('consent for a limited query is claimed only where the endpoint says so; a full one proves it', () => {
    expect(consent(row('1', 'Processing'))).toBe(false);
    expect(consent(row('1', 'Processing'), { limitedConsentOnFile: true })).toBe(true);
    expect(consent(row('2', 'Processing'))).toBe(true);
  });

  test('no licence number leaves the file; the same driver has the same reference', () => {
    const all = JSON.stringify(outcomes(row('1', 'Completed', 'Driver Not Prohibited')));
    expect(all).not.toContain('1234567');
    const refs = (text: string) =>
      outcomes(text).map((one) => (one.kind === 'event' ? one.draft.subject.refs : []));
    expect(refs(row('1', 'Processing'))[0]).toEqual(
      refs(row('2', 'Completed', 'Driver Prohibited', '01/05/2027'))[0],
    );
  });

  test('a header may name the columns in any order', () => {
    const text =
      'Query ID,Status,Query Result,CDL Number,State,Date of Birth,First Name,Last Name,Query Type,Completed On\nQ-9,Completed,Driver Not Prohibited,TX1,TX,1990-10-31,Ada,Quarry,Full,2026-11-19\n';
    expect(outcomes(text)[1]).toMatchObject({
      draft: {
        subjectRef: 'clearinghouse:Q-9',
        occurredAt: '2026-11-19T12:00:00.000Z',
        payload: { outcome: 'not_prohibited' },
      },
    });
  });
});

test('other files are told apart', () => {
  expect(failure('a\tb\n')).toBe('schema line 1');
  expect(failure('Last Name\tFirst Name\tDate of Birth\tState\nx\ty\tz\tTX')).toBe('schema line 1');
  expect(failure('')).toBe('syntax line 1, column 1');
  expect(clearinghouse.identify(Buffer.from('<a/>'))).toBeNull();
});
