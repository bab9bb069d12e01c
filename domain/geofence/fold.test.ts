import { describe, expect, test } from 'vitest';
import type { ComplianceEvent } from '#contracts/compliance-event';
import { testFoldLaws } from '../../tests/support/fold-laws.ts';
import { eventMaker, type EventTemplate } from '../../tests/support/module-events.ts';
import { apply, fold, geofenceFold, geofenceRecordSchema } from './index.ts';

const make = eventMaker('geofence');
const zone = {
  id: 'zone-1',
  name: 'Yard 4',
  shape: { kind: 'circle', lat: 41.5, lon: -93.6, radiusM: 100 },
  timeZone: 'America/Chicago',
  requirements: ['dot'],
  minAgeYears: null,
};
const hour = (n: number) => `2026-05-20T${String(n).padStart(2, '0')}:00:00.000Z`;
const fix = (at: string, lat = 41.5, over = {}) => ({
  lat,
  lon: -93.6,
  accM: 10,
  fixAt: at,
  receivedAt: at,
  mock: false,
  ...over,
});
const held = [{ module: 'dot', flag: 'red', hold: true }];
const attempt = (at: string, over: Record<string, unknown> = {}) =>
  make('check_in.attempted', 'v1', at, {
    zoneId: 'zone-1',
    zone,
    fix: fix(at),
    qr: null,
    deviceForged: false,
    shift: null,
    requirements: [],
    ...over,
  });
const seen = (at: string, lat = 41.5) =>
  make('fix.received', 'v1', at, { zoneId: 'zone-1', fix: fix(at, lat) });
const out = (at: string) => make('check_out.recorded', 'v1', at, { at, by: 'person' });
const code = (at: string, nonce = 'n1') => ({ zoneId: 'zone-1', expiresAt: at, nonce, signatureValid: true });
const changed = (at: string, requirements: unknown[]) =>
  make('requirement.changed', 'v1', at, { requirements });
const stateOf = (events: ComplianceEvent[]) => fold(events).visit?.state;

describe('a visit', () => {
  test('in, out, and in again', () => {
    expect(stateOf([attempt(hour(8))])).toBe('on_site');
    expect(stateOf([attempt(hour(8)), out(hour(9))])).toBe('checked_out');
    expect(stateOf([attempt(hour(8)), out(hour(9)), attempt(hour(10))])).toBe('on_site');
    expect(apply(fold([]), out(hour(9))).outcome).toEqual({ refused: 'The person is not on site' });
    const twice = fold([attempt(hour(8)), out(hour(9))]);
    expect(apply(twice, out(hour(10))).outcome).toEqual({ refused: 'The person is checked out already' });
  });

  test('a lost requirement stops on site, regained it lets go on', () => {
    const stopped = [attempt(hour(8)), changed(hour(9), held)];
    expect(stateOf(stopped)).toBe('stopped');
    expect(stateOf([...stopped, changed(hour(10), [])])).toBe('on_site');
  });

  test('a blocked person passes by a code only once the block is gone', () => {
    const blocked = attempt(hour(8), { requirements: held });
    const scan = (requirements: unknown[]) =>
      attempt(hour(9), { qr: code(hour(10)), fix: null, requirements });
    expect(stateOf([blocked])).toBe('blocked');
    expect(stateOf([blocked, scan(held)])).toBe('blocked');
    expect(stateOf([blocked, scan([])])).toBe('on_site');
  });

  test('seen outside without a check-out: still on site, and the unseen clock runs on', () => {
    const record = fold([attempt(hour(8)), seen(hour(9)), seen(hour(10), 41.6)]);
    expect(record.visit).toMatchObject({ state: 'on_site', lastFixAt: hour(9), leftAt: hour(10) });
  });

  test('the visit ends by itself 16 hours after it began, or 2 after the shift', () => {
    const shift = { startAt: hour(8), endAt: hour(12) };
    expect(stateOf([attempt(hour(8), { shift }), seen(hour(13))])).toBe('on_site');
    expect(fold([attempt(hour(8), { shift }), out(hour(14))]).visit?.state).toBe('checked_out');
    expect(stateOf([attempt(hour(8), { shift }), changed(hour(14), held)])).toBe('auto_out');
    expect(stateOf([attempt(hour(7)), changed(hour(23), held)])).toBe('auto_out');
  });

  test('an unusable code without a position is refused as a code', () => {
    expect(stateOf([attempt(hour(8), { fix: null, qr: code(hour(7)) })])).toBe('code_refused');
    expect(stateOf([attempt(hour(8), { fix: null })])).toBe('undetermined');
  });

  test('an assigned zone serves attempts that carry none; an unknown zone is for a person', () => {
    const assigned = make('zone.assigned', 'zone-1', hour(1), { zone });
    expect(stateOf([assigned, attempt(hour(8), { zone: null })])).toBe('on_site');
    const lost = fold([attempt(hour(8), { zone: null })]);
    expect(lost.visit).toBeNull();
    expect(lost.reviews).toHaveLength(1);
  });
});

const templates: EventTemplate[] = [
  { type: 'check_in.attempted', subjectRef: 'v1', payload: attempt(hour(8)).payload },
  { type: 'check_in.attempted', subjectRef: 'v1', payload: attempt(hour(8), { requirements: held }).payload },
  { type: 'check_in.attempted', subjectRef: 'v1', payload: attempt(hour(8), { qr: code(hour(20)) }).payload },
  { type: 'check_in.attempted', subjectRef: 'v1', payload: attempt(hour(8), { fix: null }).payload },
  { type: 'fix.received', subjectRef: 'v1', payload: seen(hour(9)).payload },
  { type: 'fix.received', subjectRef: 'v1', payload: seen(hour(9), 41.6).payload },
  { type: 'check_out.recorded', subjectRef: 'v1', payload: out(hour(9)).payload },
  { type: 'requirement.changed', subjectRef: 'v1', payload: { requirements: held } },
  { type: 'requirement.changed', subjectRef: 'v1', payload: { requirements: [] } },
  {
    type: 'override.granted',
    subjectRef: 'v1',
    payload: {
      zoneId: 'zone-1',
      by: 'usr_1',
      ofThisLocation: true,
      forSelf: false,
      reason: 'x',
      until: hour(20),
      shift: null,
      requirements: [],
    },
  },
  { type: 'zone.assigned', subjectRef: 'zone-1', payload: { zone } },
];
describe('laws of the fold', () => testFoldLaws('geofence', geofenceFold, geofenceRecordSchema, templates));
