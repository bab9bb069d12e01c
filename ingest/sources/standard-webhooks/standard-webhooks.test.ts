import { generateKeyPairSync, sign } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { checkedOutcome } from '../../payload.ts';
import type { SourceHeaders } from '../../source.ts';
import { standardWebhooks } from './source.ts';

const nowMs = Date.parse('2026-11-20T12:00:00.000Z');
const secret = `whsec_${Buffer.from('a secret of twenty-four b').toString('base64')}`;
const other = `whsec_${Buffer.from('another secret of some by').toString('base64')}`;
const event = {
  id: 'lms-1',
  module: 'training',
  type: 'completion.recorded',
  subjectRef: 'HP-00042:forklift',
  occurredAt: '2026-11-20T11:00:00Z',
  employee: { externalId: 'HP-00042' },
  payload: {
    item: 'forklift',
    completedOn: '2026-11-20',
    hours: 2,
    fieldDays: null,
    passed: true,
    tested: true,
  },
};
const body = JSON.stringify(event);

/** Headers as the reference library signs them. */
function signed(text: string, key = secret, atMs = nowMs): Record<string, string> {
  return {
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(Math.floor(atMs / 1000)),
    'webhook-signature': new Webhook(key).sign('msg_1', new Date(atMs), text),
  };
}

function verify(headers: SourceHeaders, text = body, secrets = [secret]): string {
  const answer = standardWebhooks.createVerifier(secrets)(Buffer.from(text), headers, nowMs);
  return answer.ok ? 'ok' : answer.reason;
}

function parse(value: unknown, headers: SourceHeaders = {}) {
  return standardWebhooks.parse(Buffer.from(JSON.stringify(value)), headers);
}

function outcomes(value: unknown, headers: SourceHeaders = {}) {
  const parsed = parse(value, headers);
  if (!parsed.ok) throw new Error(parsed.detail);
  return standardWebhooks.normalise(parsed.value, { receivedAt: '', settings: {} }).map(checkedOutcome);
}

function paths(value: unknown): string[] {
  const parsed = parse(value);
  return parsed.ok ? ['accepted'] : parsed.places.map((place) => place.path);
}

describe('signature', () => {
  test('what the reference library signs is believed; a changed byte, id or time is not', () => {
    const good = signed(body);
    expect(verify(good)).toBe('ok');
    expect(verify(good, body.replace('true', 'tru3'))).toBe('signature_mismatch');
    expect(verify({ ...good, 'webhook-id': 'msg_2' })).toBe('signature_mismatch');
    expect(verify({ ...good, 'webhook-timestamp': String(nowMs / 1000 - 1) })).toBe('signature_mismatch');
    expect(verify(signed(body, other))).toBe('signature_mismatch');
  });

  test('the published example of the specification', () => {
    const verifier = standardWebhooks.createVerifier(['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw']);
    const headers = {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    };
    expect(verifier(Buffer.from('{"test": 2432232314}'), headers, 1_614_265_330_000)).toEqual({ ok: true });
  });

  test('the right one among decoys counts; a decoy version never does', () => {
    const good = signed(body)['webhook-signature'] ?? '';
    const decoys = [
      'v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=',
      'v2,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=',
    ];
    const given = (text: string) => verify({ ...signed(body), 'webhook-signature': text });
    expect(given([...decoys, good].join(' '))).toBe('ok');
    expect(given(decoys.join(' '))).toBe('signature_mismatch');
    expect(given(good.replace('v1,', 'v2,'))).toBe('signature_mismatch');
    expect(given(good.replace('v1,', 'v1a,'))).toBe('signature_mismatch');
    expect(given(good.slice(3))).toBe('signature_mismatch');
    expect(given(`${'v1,AAAA '.repeat(10)}${good}`)).toBe('signature_mismatch');
  });

  test.each([
    [0, 'ok'],
    [-300_000, 'ok'],
    [300_000, 'ok'],
    [-301_000, 'timestamp_stale'],
    [301_000, 'timestamp_stale'],
  ])('signed %i ms from now: %s', (byMs, expected) => {
    expect(verify(signed(body, secret, nowMs + byMs))).toBe(expected);
  });

  test.each([
    ['webhook-id', 'signature_missing'],
    ['webhook-signature', 'signature_missing'],
    ['webhook-timestamp', 'timestamp_missing'],
  ])('without %s: %s', (name, expected) => {
    expect(verify({ ...signed(body), [name]: undefined })).toBe(expected);
  });

  test('either secret during rotation; ed25519 by its public key; none without one', () => {
    expect(verify(signed(body), body, [other, secret])).toBe('ok');
    expect(verify(signed(body), body, [])).toBe('endpoint_without_secret');
    expect(verify(signed(body), body, ['', 'whpk_short'])).toBe('endpoint_without_secret');
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
    const headers = signed(body);
    const signature = sign(null, Buffer.from(`msg_1.${headers['webhook-timestamp']}.${body}`), privateKey);
    const asymmetric = { ...headers, 'webhook-signature': `v1a,${signature.toString('base64')}` };
    expect(verify(asymmetric, body, [`whpk_${raw.toString('base64')}`])).toBe('ok');
    expect(verify(asymmetric, `${body} `, [`whpk_${raw.toString('base64')}`])).toBe('signature_mismatch');
  });
});

describe('events', () => {
  test('one event, with the defaults of its contract', () => {
    expect(outcomes(event)).toEqual([
      {
        kind: 'event',
        draft: {
          module: 'training',
          type: 'completion.recorded',
          subjectRef: 'HP-00042:forklift',
          occurredAt: '2026-11-20T11:00:00.000Z',
          version: 0,
          payload: event.payload,
          review: null,
          dedupeKey: 'lms-1',
          subject: {
            employeeId: null,
            refs: [{ system: 'employee.external_id', value: 'HP-00042', own: false }],
            email: null,
            name: null,
            birthDate: null,
          },
        },
      },
    ]);
  });

  test('a batch; without an id of its own an event is known by the delivery', () => {
    const { id: _, ...nameless } = event;
    const keys = outcomes({ events: [nameless, nameless] }, { 'webhook-id': 'msg_9' }).map((one) =>
      one.kind === 'event' ? one.draft.dedupeKey : one.kind,
    );
    expect(keys).toEqual(['msg_9#0', 'msg_9#1']);
  });

  test.each([
    ['training', 'completion.invented'],
    ['astrology', 'sign.rose'],
    ['constructor', 'name.read'],
    ['training', 'constructor'],
  ])('%s.%s is kept and dropped', (module, type) => {
    expect(outcomes({ ...event, module, type })).toMatchObject([
      { kind: 'drop', reason: 'unknown_event_type' },
    ]);
  });

  test.each([
    [{ ...event, module: undefined }, ['module']],
    [{ ...event, occurredAt: 'today' }, ['occurredAt']],
    [{ ...event, employee: {} }, ['employee']],
    [{ ...event, employee: { id: 'emp_1' } }, ['employee.id']],
    [{ ...event, employee: { birthDate: '31/12/1990' } }, ['employee.birthDate']],
    [{ ...event, payload: { ...event.payload, passed: 'yes' } }, ['payload.passed']],
    [{ ...event, payload: [] }, ['payload']],
    [
      { events: [event, { ...event, payload: {} }] },
      [
        'events[1].payload.item',
        'events[1].payload.completedOn',
        'events[1].payload.hours',
        'events[1].payload.fieldDays',
        'events[1].payload.passed',
        'events[1].payload.tested',
      ],
    ],
    [{ events: [] }, ['events']],
    [[event], ['']],
    [{ test: 2_432_232_314 }, ['module', 'type', 'subjectRef', 'occurredAt', 'employee', 'payload']],
  ])('%j does not fit at %j', (value, expected) => {
    expect(paths(value)).toEqual(expected);
  });
});
