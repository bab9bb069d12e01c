import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkedOutcome } from '../../payload.ts';
import type { Outcome } from '../../source.ts';
import { checkr } from './source.ts';

const fixture = JSON.parse(
  readFileSync(new URL('fixtures/report.completed.json', import.meta.url), 'utf8'),
) as { data: { object: Record<string, unknown> } };
const context = { receivedAt: '2026-11-20T12:00:06.000Z', settings: {} };

function event(
  type: string,
  object: Record<string, unknown>,
  envelope: Record<string, unknown> = {},
): Buffer {
  return Buffer.from(JSON.stringify({ ...fixture, type, data: { object }, ...envelope }));
}

/** The fixture's report with changes; `undefined` takes a field away. */
function report(type: string, change: Record<string, unknown>): Buffer {
  return event(type, { ...fixture.data.object, ...change });
}

function outcomes(body: Buffer, settings: Record<string, unknown> = {}): Outcome[] {
  const parsed = checkr.parse(body, {});
  if (!parsed.ok) throw new Error(parsed.detail);
  return checkr.normalise(parsed.value, { ...context, settings }).map(checkedOutcome);
}

/** Event types with the mark of a review, or the reason of a drop or dead letter. */
function told(body: Buffer, settings: Record<string, unknown> = {}): string[] {
  return outcomes(body, settings).map((outcome) => {
    if (outcome.kind === 'event') return `${outcome.draft.type}${outcome.draft.review ? '?' : ''}`;
    if (outcome.kind === 'fetch') return `fetch ${outcome.request.path}`;
    return outcome.kind === 'row_rejected' ? 'row' : `${outcome.kind} ${outcome.reason}`;
  });
}

function draft(body: Buffer, index = 0, settings: Record<string, unknown> = {}) {
  const outcome = outcomes(body, settings)[index];
  if (outcome?.kind !== 'event') throw new Error(`no event: ${JSON.stringify(outcome)}`);
  return outcome.draft;
}

function query(query_result: string): Buffer {
  return report('report.completed', {
    drug_alcohol_clearinghouse: { id: 'ch-1', status: 'complete', query_result },
  });
}

/** What a drug screening inside a report becomes. */
function drug(change: Record<string, unknown>): string[] {
  const drug_screening = { id: 'ds-1', object: 'drug_screening', mro_notes: [], ...change };
  return told(report('report.completed', { drug_screening })).slice(1);
}

function failure(body: Buffer) {
  const parsed = checkr.parse(body, {});
  return parsed.ok ? 'accepted' : `${parsed.stage} ${parsed.places.map((place) => place.path).join(', ')}`;
}

const remembered = (change: Record<string, unknown>) =>
  draft(report('report.completed', change)).subject.refs[0]?.own;

describe('signature', () => {
  // Checkr's own published example.
  const body = Buffer.from('{"monday":"75F","tuesday":"80F"}');
  const good = 'b7412f05e981a473b5ecbdb5393afaea02a679db6d7c8e56803512ec4ba98151';
  const answer = (signature: string | undefined, secrets = ['test-secret'], bytes = body) => {
    const verification = checkr.createVerifier(secrets)(bytes, { 'x-checkr-signature': signature }, 0);
    return verification.ok ? 'ok' : verification.reason;
  };

  test.each([
    ['the published example', good, 'ok'],
    ['another digest', good.replace('b', 'c'), 'signature_mismatch'],
    ['upper case', good.toUpperCase(), 'signature_mismatch'],
    ['a digest cut short', good.slice(0, 62), 'signature_mismatch'],
    ['a prefix before it', `sha256=${good}`, 'signature_mismatch'],
    ['nothing', undefined, 'signature_missing'],
    ['blank', ' ', 'signature_missing'],
    [
      'the text of an account without key',
      'Please create an API key to check the authenticity of our webhooks.',
      'signature_placeholder',
    ],
  ])('%s', (_name, signature, expected) => {
    expect(answer(signature)).toBe(expected);
  });

  test('either of two secrets counts during rotation; one changed byte of the body does not', () => {
    expect(answer(good, ['new-secret', 'test-secret'])).toBe('ok');
    expect(answer(good, ['new-secret'])).toBe('signature_mismatch');
    expect(answer(good, ['test-secret'], Buffer.from('{"monday":"75F","tuesday":"81F"}'))).toBe(
      'signature_mismatch',
    );
  });

  test('without a secret nobody gets in, not even with the digest of an empty key', () => {
    const empty = createHmac('sha256', '').update(body).digest('hex');
    expect(answer(empty, [])).toBe('endpoint_without_secret');
    expect(answer(empty, [''])).toBe('endpoint_without_secret');
  });
});

describe('report: the pair of status and result decides', () => {
  test.each([
    ['complete', 'clear', ['report.cleared']],
    ['complete', 'consider', ['report.considered']],
    ['Complete', 'Clear', ['report.cleared']],
    ['complete', null, ['report.unclear?']],
    ['complete', 'partially_clear', ['report.unclear?']],
    ['complete', '', ['report.unclear?']],
    ['clear', null, ['report.cleared']],
    ['clear', 'clear', ['report.cleared']],
    ['consider', null, ['report.considered']],
    ['clear', 'consider', ['report.unclear?']],
    ['consider', 'clear', ['report.unclear?']],
    ['pending', null, ['order.placed']],
    ['pending', 'clear', ['order.placed', 'report.unclear?']],
    ['suspended', null, ['order.suspended']],
    ['paused', null, ['order.suspended']],
    ['dispute', 'consider', ['dispute.opened']],
    ['canceled', null, ['order.cancelled']],
    ['canceled', 'clear', ['order.cancelled']],
    ['archived', 'clear', ['report.unclear?']],
    [null, 'clear', ['report.unclear?']],
  ])('%j / %j', (status, result, expected) => {
    expect(told(report('report.completed', { status, result }))).toEqual(expected);
    expect(told(report('report.updated', { status, result }))).toEqual(expected);
  });

  test('paused keeps its word; the unknown pair is shown as it came', () => {
    expect(draft(report('report.updated', { status: 'paused', result: null })).payload).toEqual({
      word: 'paused',
    });
    expect(draft(report('report.completed', { result: 'partially_clear' })).review).toMatchObject({
      value: 'complete / partially_clear',
    });
  });

  test('a clear report with a canceled search says so', () => {
    expect(draft(report('report.completed', { includes_canceled: true })).payload).toEqual({
      includesCanceled: true,
    });
  });

  test('a revised report is a revision, not a second completion', () => {
    const revised = draft(
      report('report.completed', { result: 'consider', revised_at: '2026-11-20T12:00:03Z' }),
    );
    expect(revised).toMatchObject({
      type: 'report.revised',
      payload: { result: 'consider' },
      occurredAt: '2026-11-20T12:00:03.000Z',
    });
  });

  test.each([
    ['report.created', { status: 'pending', result: null }, ['order.placed']],
    ['report.suspended', { status: 'suspended', result: null }, ['order.suspended']],
    ['report.resumed', { status: 'pending', result: null }, ['order.placed', 'order.resumed']],
    ['report.canceled', { status: 'canceled', result: null }, ['order.cancelled']],
    ['report.disputed', { status: 'dispute', result: 'consider' }, ['dispute.opened']],
    ['report.upgraded', { status: 'pending', result: null }, ['order.placed', 'report.revised']],
    [
      'report.engaged',
      { result: 'consider', adjudication: 'engaged' },
      ['report.considered', 'adjudication.approved'],
    ],
    ['report.engaged', { result: 'clear', adjudication: 'engaged' }, ['report.cleared']],
    [
      'report.completed',
      { source: 'continuous_check', result: 'consider' },
      ['order.placed', 'report.considered'],
    ],
    [
      'report.pre_adverse_action',
      { result: 'consider', adjudication: 'pre_adverse_action' },
      ['report.considered', 'adverse.pre_notice_sent'],
    ],
    [
      'report.post_adverse_action',
      { result: 'consider', adjudication: 'post_adverse_action' },
      ['report.considered', 'adverse.final_decided'],
    ],
    [
      'report.completed',
      { result: 'consider', adjudication: 'escalated' },
      ['report.considered', 'report.unclear?'],
    ],
  ])('%s', (type, change, expected) => {
    expect(told(report(type, change))).toEqual(expected);
  });

  test('a notice is not claimed to have carried the copy and the rights', () => {
    const body = report('report.pre_adverse_action', {
      result: 'consider',
      adjudication: 'pre_adverse_action',
    });
    expect(draft(body, 1).payload).toEqual({ copy: false, rights: false });
  });

  test('subject, instant and key', () => {
    expect(draft(report('report.completed', {}))).toMatchObject({
      subjectRef: 'checkr:rep-5519',
      occurredAt: '2026-11-20T12:00:00.000Z',
      dedupeKey: 'evt-7c21:report.completed:result',
      subject: {
        refs: [
          { system: 'checkr.report', value: 'rep-5519', own: false },
          { system: 'checkr.candidate', value: 'cand-0042', own: true },
        ],
      },
    });
  });

  test('a report with findings is remembered: notices of adverse action name it alone', () => {
    expect(remembered({ result: 'consider' })).toBe(true);
    expect(remembered({ result: null })).toBe(true);
    expect(remembered({ adjudication: 'engaged' })).toBe(true);
    expect(remembered({})).toBe(false);
  });

  test('facts of one second keep their order: ordered, judged, adjudicated', () => {
    const body = report('report.engaged', {
      source: 'continuous_check',
      result: 'consider',
      created_at: '2026-11-20T12:00:05Z',
      completed_at: '2026-11-20T12:00:05Z',
    });
    const versions = outcomes(body).map((one) =>
      one.kind === 'event' ? [one.draft.occurredAt, one.draft.version] : null,
    );
    expect(versions).toEqual([
      ['2026-11-20T12:00:05.000Z', 0],
      ['2026-11-20T12:00:05.000Z', 1],
      ['2026-11-20T12:00:05.000Z', 2],
    ]);
  });
});

describe('other events', () => {
  test.each([
    ['package.created', 'drop no_compliance_fact'],
    ['verification.processed', 'drop no_compliance_fact'],
    ['form_i9.completed', 'drop no_compliance_fact'],
    ['formI9.updated', 'drop no_compliance_fact'],
    ['continuous_check.subscription_error', 'drop no_compliance_fact'],
    ['token.deauthorized', 'drop no_compliance_fact'],
    ['report.exploded', 'drop unknown_event_type'],
    ['drone.landed', 'drop unknown_event_type'],
    ['constructor.name', 'drop unknown_event_type'],
    ['nodots', 'drop unknown_event_type'],
  ])('%s → %s', (type, expected) => {
    expect(told(event(type, { id: 'x-1', status: 'complete', result: 'clear' }))).toEqual([expected]);
  });

  test('thin events ask for their object', () => {
    const thin = { id: 'rep/1', object: 'report', uri: '/v1/reports/rep/1' };
    expect(told(event('report.completed', thin))).toEqual(['fetch /v1/reports/rep%2F1']);
    expect(told(event('candidate.updated', { id: 'c1' }))).toEqual(['fetch /v1/candidates/c1']);
    expect(told(event('package.updated', { id: 'p1' }))).toEqual(['drop no_compliance_fact']);
  });

  test('what the API answers takes the place of the pointer, and only if it is the same object', () => {
    const parsed = checkr.parse(event('report.completed', { id: 'rep-5519', object: 'report' }), {});
    if (!parsed.ok) throw new Error(parsed.detail);
    const fetched = (answer: unknown) =>
      checkr
        .normaliseFetched?.(parsed.value, answer, context)
        .map((one) => (one.kind === 'event' ? one.draft.type : one.kind));
    expect(fetched(fixture.data.object)).toEqual(['report.cleared']);
    expect(fetched({ ...fixture.data.object, id: 'rep-other' })).toEqual(['dead_letter']);
    expect(fetched({ id: 'rep-5519' })).toEqual(['dead_letter']);
    expect(fetched(null)).toEqual(['dead_letter']);
  });

  test('a candidate teaches who a candidate id is', () => {
    const body = event('candidate.created', {
      id: 'cand-0042',
      object: 'candidate',
      first_name: 'Ada',
      last_name: 'Quarry',
      email: 'Ada.Quarry@Example.com',
      dob: '1990-10-31',
      custom_id: 'HP-00042',
      ssn: 'XXX-XX-1111',
    });
    expect(outcomes(body)).toEqual([
      {
        kind: 'drop',
        reason: 'person_reference',
        detail: 'candidate.created: who the candidate is; no compliance fact',
        learn: {
          employeeId: null,
          refs: [
            { system: 'checkr.candidate', value: 'cand-0042', own: true },
            { system: 'employee.external_id', value: 'HP-00042', own: false },
          ],
          email: 'ada.quarry@example.com',
          name: { first: 'Ada', last: 'Quarry' },
          birthDate: '1990-10-31',
        },
      },
    ]);
  });

  test('an adverse action notice that came back is about its report', () => {
    const action = { id: 'aa-1', object: 'adverse_action', status: 'pending', report_id: 'rep-5519' };
    const delivery = { state: 'error', updated_at: '2026-11-20T11:00:00Z' };
    expect(draft(event('adverse_action.notice_not_delivered', { ...action, delivery }))).toMatchObject({
      type: 'adverse.notice_undelivered',
      subjectRef: 'checkr:rep-5519',
      occurredAt: '2026-11-20T11:00:00.000Z',
    });
    expect(told(event('adverse_action.notice_not_delivered', { ...action, report_id: null }))).toEqual([
      'dead_letter order_missing',
    ]);
  });

  test.each([
    ['invitation.created', { status: 'pending', report_id: null }, 'drop no_compliance_fact'],
    ['invitation.expired', { status: 'expired', report_id: null }, 'order.cancelled'],
    ['invitation.completed', { status: 'completed', report_id: 'rep-1' }, 'drop no_compliance_fact'],
  ])('%s', (type, change, expected) => {
    expect(told(event(type, { id: 'inv-1', object: 'invitation', candidate_id: 'c', ...change }))).toEqual([
      expected,
    ]);
  });
});

describe('screenings inside a report', () => {
  test.each([
    [{ status: 'complete', result: 'clear', disposition: 'negative' }, ['test.mro_negative']],
    [{ status: 'clear', disposition: 'negative' }, ['test.mro_negative']],
    [{ status: 'complete', result: 'consider', disposition: 'positive' }, ['test.mro_positive']],
    [{ status: 'complete', result: 'consider', disposition: 'canceled' }, ['test.mro_cancelled']],
    [{ status: 'complete', result: 'clear', disposition: null }, ['test.word_unknown?']],
    [{ status: 'complete', result: 'clear', disposition: 'positive' }, ['test.word_unknown?']],
    [{ status: 'complete', result: 'consider', disposition: 'negative' }, ['test.word_unknown?']],
    [
      { status: 'complete', result: 'consider', disposition: 'negative', mro_notes: ['Diluted Sample'] },
      ['test.mro_negative'],
    ],
    [{ status: 'complete', result: 'invalid', disposition: 'invalid' }, ['test.word_unknown?']],
    [{ status: 'suspended', result: null, disposition: null }, ['test.word_unknown?']],
    [{ status: 'pending', result: null, disposition: null }, []],
    [
      { status: 'pending', events: [{ type: 'screening_scheduled', created_at: '2026-11-19T10:00:00Z' }] },
      ['test.scheduled'],
    ],
  ])('drug screening %j', (change, expected) => {
    expect(drug(change)).toEqual(expected);
  });

  test('a drug result without MRO notes is not promoted to one of the MRO', () => {
    const body = report('report.completed', {
      drug_screening: { id: 'ds-1', status: 'complete', result: 'clear', disposition: 'negative' },
    });
    expect(draft(body, 1).payload).toMatchObject({ channel: 'unknown' });
    expect(draft(body, 1, { channel: 'lab' }).payload).toMatchObject({ channel: 'lab' });
  });

  test('a Clearinghouse search counts only with the query type that the endpoint is set to', () => {
    const full = { clearinghouseQueryType: 'pre_employment' };
    expect(draft(query('Driver Not Prohibited'), 2, full).payload).toMatchObject({
      outcome: 'not_prohibited',
    });
    expect(draft(query('Driver Prohibited'), 2, { clearinghouseQueryType: 'limited' }).payload).toMatchObject(
      {
        outcome: 'limited_hit',
      },
    );
    expect(draft(query('Driver Prohibited'), 1).payload).toMatchObject({ outcome: 'prohibited' });
    expect(told(query('Driver Not Prohibited')).slice(1)).toEqual(['query.result_reported?']);
    expect(told(query('Driver Perhaps'), full).slice(2)).toEqual(['query.result_reported?']);
  });

  test('a motor vehicle record gives one licence and one file entry per State', () => {
    const licence = {
      number: 'Q-1234 5678',
      state: 'tx',
      status: 'valid',
      type: 'CDL',
      class: 'Class A',
      expiration_date: '2028-03-01',
    };
    const body = report('report.completed', {
      motor_vehicle_report: {
        id: 'mvr-1',
        license_reports: [
          {
            ...licence,
            privilege_to_drive: 'valid',
            violations: [{ description: 'SPEEDING', conviction_date: '2025-05-01' }],
          },
          { ...licence, state: 'OK', status: 'revoked pending' },
          { ...licence, state: 'Texas' },
        ],
      },
    });
    expect(told(body).slice(1)).toEqual([
      'licence.reported',
      'mvr.received',
      'licence.reported?',
      'mvr.received',
      'dead_letter payload_unreadable',
    ]);
    expect(draft(body, 1)).toMatchObject({
      subjectRef: 'licence:TX:5678',
      payload: {
        kind: 'cdl',
        licenceClass: 'A',
        expiresOn: '2028-03-01',
        actions: [{ kind: 'conviction', code: 'SPEEDING', from: '2025-05-01', unclear: true }],
      },
    });
  });
});

describe('bodies that do not fit', () => {
  test.each([
    ['no event id', event('report.completed', { id: 'x' }, { id: undefined }), 'schema id'],
    ['status as a number', report('report.completed', { status: 7 }), 'schema data.object.status'],
    [
      'candidate id as an object',
      report('report.completed', { candidate_id: {} }),
      'schema data.object.candidate_id',
    ],
    [
      'completed_at as words',
      report('report.completed', { completed_at: 'soon' }),
      'schema data.object.completed_at',
    ],
    [
      'an object of another kind',
      event('report.completed', { id: 'c', object: 'candidate' }),
      'schema data.object.object',
    ],
    ['no data', event('report.completed', {}, { data: undefined }), 'schema data'],
    ['object as a list', event('report.completed', {}, { data: { object: [] } }), 'schema data.object'],
    ['no object id', event('report.completed', { status: 'complete' }), 'schema data.object.id'],
    [
      'created_at as words',
      event('report.completed', { id: 'x' }, { created_at: 'now' }),
      'schema created_at',
    ],
    ['wrapped in a list', Buffer.from(`[${event('report.completed', {}).toString()}]`), 'schema object'],
    ['an API answer', Buffer.from(JSON.stringify(fixture.data.object)), 'schema object'],
    ['a page of a list', Buffer.from('{"object":"list","data":[],"count":0}'), 'schema object'],
    ['a bare number', Buffer.from('42'), 'schema object'],
    ['XML', Buffer.from('<OrderStatus/>'), 'syntax line 1, column 1'],
    ['cut short', report('report.completed', {}).subarray(0, 100), 'syntax line 1, column 97'],
  ])('%s → %s', (_name, body, expected) => {
    expect(failure(body)).toBe(expected);
  });

  test('unknown fields, a byte order mark and an offset in a time are no reason to refuse', () => {
    const body = Buffer.concat([
      Buffer.from('\ufeff'),
      report('report.completed', { new_field: [1], completed_at: '2026-11-20T06:00:00-06:00' }),
    ]);
    expect(draft(body)).toMatchObject({ type: 'report.cleared', occurredAt: '2026-11-20T12:00:00.000Z' });
  });
});
