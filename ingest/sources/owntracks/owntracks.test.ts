import { describe, expect, test } from 'vitest';
import { fold } from '#domain/geofence';
import type { ComplianceEvent } from '#contracts/compliance-event';
import { checkedOutcome } from '../../payload.ts';
import { owntracks } from './source.ts';

const receivedAt = '2026-05-20T14:00:05.000Z';
const tst = Date.parse('2026-05-20T14:00:00.000Z') / 1000;
const headers = { 'x-limit-u': 'HP-00042', 'x-limit-d': 'pixel' };
const location = {
  _type: 'location',
  lat: 41.5,
  lon: -93.6,
  acc: 12,
  tst,
  tid: '42',
  t: 'u',
  batt: 80,
  conn: 'm',
};
const enter = {
  _type: 'transition',
  event: 'enter',
  lat: 41.5,
  lon: -93.6,
  acc: 12,
  tst,
  wtst: 1,
  rid: 'yard-4',
  desc: 'Yard',
};

function read(message: unknown, from: Record<string, string> = headers) {
  return owntracks.parse(Buffer.from(JSON.stringify(message)), from);
}
function outcomes(message: unknown, at = receivedAt) {
  const parsed = read(message);
  if (!parsed.ok) throw new Error(parsed.detail);
  return owntracks.normalise(parsed.value, { receivedAt: at, settings: {} }).map(checkedOutcome);
}
function draft(message: unknown, at = receivedAt) {
  const [first] = outcomes(message, at);
  if (first?.kind !== 'event') throw new Error(`no event: ${JSON.stringify(first)}`);
  return first.draft;
}
const verify = (authorization: string) =>
  owntracks.createVerifier(['fleet:opensesame'])(Buffer.from(''), { authorization }, 0).ok;

const event = (type: string, occurredAt: string, payload: unknown, id: string) =>
  ({
    id,
    type,
    subjectRef: 's',
    occurredAt,
    version: 0,
    payload,
    review: null,
  }) as unknown as ComplianceEvent;

describe('messages', () => {
  test('a location is a fix of the person that the header names', () => {
    expect(draft(location)).toMatchObject({
      module: 'geofence',
      type: 'fix.received',
      occurredAt: '2026-05-20T14:00:00.000Z',
      payload: {
        zoneId: null,
        fix: { accM: 12, fixAt: '2026-05-20T14:00:00.000Z', receivedAt, mock: false },
      },
    });
    expect(draft(location).subject.refs.map((one) => `${one.system}=${one.value} ${one.own}`)).toEqual([
      'owntracks.user=HP-00042 true',
      'employee.external_id=HP-00042 false',
    ]);
    expect(draft({ ...location, acc: undefined }).payload).toMatchObject({ fix: { accM: null } });
  });

  test('entering is an attempt, leaving is a position', () => {
    expect(draft(enter)).toMatchObject({
      type: 'check_in.attempted',
      payload: { zoneId: 'yard-4', offline: false },
    });
    expect(draft({ ...enter, rid: undefined }).payload).toMatchObject({ zoneId: 'Yard' });
    expect(draft({ ...enter, event: 'leave' })).toMatchObject({
      type: 'fix.received',
      payload: { zoneId: 'yard-4' },
    });
    expect(outcomes({ ...enter, rid: undefined, desc: undefined })[0]?.kind).toBe('dead_letter');
  });

  test('what came late was made without network', () => {
    expect(draft(enter, '2026-05-20T17:00:00.000Z').payload).toMatchObject({ offline: true });
  });

  test('the same fact has the same key, two facts of one second do not', () => {
    expect(draft(location).dedupeKey).toBe(draft(location, '2026-05-20T15:00:00.000Z').dedupeKey);
    expect(draft(location).dedupeKey).not.toBe(draft(enter).dedupeKey);
  });

  test('other kinds are dropped, encrypted ones are a dead letter', () => {
    expect(outcomes({ _type: 'status', iOS: {} })[0]?.kind).toBe('drop');
    expect(outcomes({ _type: 'encrypted', data: 'x' })[0]?.kind).toBe('dead_letter');
  });

  test('an attempt ends in a visit of the zone that was assigned', () => {
    const zone = {
      id: 'yard-4',
      name: 'Yard 4',
      shape: { kind: 'circle', lat: 41.5, lon: -93.6, radiusM: 100 },
      timeZone: 'America/Chicago',
      requirements: [],
      minAgeYears: null,
    };
    const attempt = draft(enter);
    const record = fold([
      event('zone.assigned', '2026-05-01T00:00:00.000Z', { zone }, 'a'),
      event(attempt.type, attempt.occurredAt, attempt.payload, 'b'),
    ]);
    expect(record.visit).toMatchObject({ state: 'on_site', zone: { id: 'yard-4' } });
  });
});

describe('the door', () => {
  test('Basic and Bearer with the secret of the endpoint', () => {
    expect(verify(`Basic ${Buffer.from('fleet:opensesame').toString('base64')}`)).toBe(true);
    expect(verify('Bearer fleet:opensesame')).toBe(true);
    expect(verify(`Basic ${Buffer.from('fleet:sesame').toString('base64')}`)).toBe(false);
  });

  test('a body without a user, or with an impossible position, says what is wrong', () => {
    const without = read(location, {});
    expect(without.ok ? '' : without.places[0]?.path).toBe('X-Limit-U');
    expect(read({ ...location, topic: 'owntracks/jo@example.com/phone' }, {}).ok).toBe(true);
    const far = read({ ...location, lat: 95 });
    expect(far.ok ? '' : far.places[0]?.path).toBe('lat');
    expect(read({ ...location, tst: 'noon' }).ok).toBe(false);
    expect(owntracks.identify(Buffer.from(JSON.stringify(enter)))).toEqual({
      what: 'OwnTracks transition',
      message: true,
    });
    expect(owntracks.identify(Buffer.from('{"a":1}'))).toBeNull();
  });
});
