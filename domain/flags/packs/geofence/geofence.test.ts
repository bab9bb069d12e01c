import { describe, expect, test } from 'vitest';
import type { ComplianceEvent } from '#contracts/compliance-event';
import type { Module } from '#contracts/modules';
import type { PersonFacts } from '#contracts/person-facts';
import { apply, fold } from '#domain/geofence';
import { eventMaker } from '../../../../tests/support/module-events.ts';
import { at, vectorPerson, verdict, type VectorInput } from '../../../../tests/support/rule-vectors.ts';
import { evaluate } from '../../evaluate.ts';
import { compilePack } from '../../pack.ts';
import { geofencePack } from './index.ts';

const make = eventMaker('geofence');
const visitor = (over: Partial<PersonFacts> = {}) =>
  vectorPerson({ requirements: { geofence: { zoneIds: ['zone-1'] } }, ...over });

const centre = { lat: 41.5, lon: -93.6 };
/** Metres north of the centre in degrees of latitude, on the sphere the distances are taken on. */
const metresNorth = (metres: number) => centre.lat + (metres / 6_371_008.8) * (180 / Math.PI);

function zone(over: Record<string, unknown> = {}, radiusM = 100) {
  return {
    id: 'zone-1',
    name: 'Yard 4',
    shape: { kind: 'circle', ...centre, radiusM },
    timeZone: 'America/Chicago',
    requirements: ['drug_alcohol', 'dot', 'health'],
    minAgeYears: null,
    ...over,
  };
}

const now = '2026-05-20T14:00:00.000Z';
const later = (minutes: number) =>
  `2026-05-20T${String(14 + Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}:00.000Z`;

/** A fix `edgeM` metres from the edge of a zone of `radiusM`, negative inside. */
function fix(edgeM: number, accM: number | null, over: Record<string, unknown> = {}, radiusM = 100) {
  return {
    lat: metresNorth(radiusM + edgeM),
    lon: centre.lon,
    accM,
    fixAt: now,
    receivedAt: now,
    mock: false,
    ...over,
  };
}

function attempt(fixed: unknown, over: Record<string, unknown> = {}, occurredAt = now): ComplianceEvent {
  return make('check_in.attempted', 'visit-1', occurredAt, {
    zoneId: 'zone-1',
    zone: zone(),
    fix: fixed,
    qr: null,
    deviceForged: false,
    shift: { startAt: '2026-05-20T12:00:00.000Z', endAt: '2026-05-20T23:00:00.000Z' },
    requirements: [],
    ...over,
  });
}

const granted = (over: Record<string, unknown> = {}, occurredAt = now) =>
  make('override.granted', 'visit-1', occurredAt, {
    zoneId: 'zone-1',
    by: 'usr_supervisor',
    ofThisLocation: true,
    forSelf: false,
    reason: 'known to me',
    until: '2026-05-21T02:00:00.000Z',
    shift: null,
    requirements: [],
    ...over,
  });

const held = { module: 'drug_alcohol' as const, flag: 'red' as const, hold: true };
const noData = { module: 'health' as const, flag: 'stale' as const, hold: false };
const flags = (...list: { module: Module; flag: 'red' | 'stale' | 'green'; hold: boolean }[]) => ({
  otherFlags: Object.fromEntries(list.map(({ module, flag, hold }) => [module, { flag, hold }])),
});

function decide(
  events: ComplianceEvent[],
  atMs = Date.parse(now),
  more: Partial<VectorInput<never>> = {},
  person = visitor(),
) {
  return verdict({
    person,
    ...more,
    pack: geofencePack,
    record: events.length === 0 ? null : fold(events),
    atMs,
  });
}

describe('worked examples', () => {
  test('G1 inside by 40 m with 12 m accuracy', () => {
    expect(decide([attempt(fix(-40, 12))])).toEqual({
      flag: 'G',
      rules: ['GF09'],
      next: '2026-05-20T15:00Z S',
    });
  });

  test('G2 eight metres outside, accuracy thirty: near the edge', () => {
    expect(decide([attempt(fix(8, 30))])).toEqual({ flag: 'Y', rules: ['GF06'], next: null });
  });

  test('G3 a zone smaller than the error', () => {
    const small = attempt(fix(-5, 40, {}, 10), { zone: zone({}, 10) });
    expect(decide([small])).toEqual({ flag: 'Y', rules: ['GF06'], next: null });
  });

  test('G4 an inexact fix proves nothing, not even "outside"', () => {
    expect(decide([attempt(fix(150, 400))])).toEqual({ flag: 'Y', rules: ['GF03'], next: null });
  });

  test('G5 a fix of ten minutes ago', () => {
    const old = fix(-40, 12, { fixAt: '2026-05-20T13:50:00.000Z' });
    expect(decide([attempt(old)])).toEqual({ flag: 'Y', rules: ['GF04'], next: null });
  });

  test('G6 a hold blocks, and no supervisor overrides it', () => {
    const blocked = attempt(fix(-40, 12), { requirements: [held] });
    const override = granted({ requirements: [held] }, later(1));
    expect(apply(fold([blocked]), override).outcome).toEqual({ refused: 'A hold cannot be overridden' });
    expect(decide([blocked, override], Date.parse(later(1)), flags(held))).toEqual({
      flag: 'R!',
      rules: ['GF02'],
      next: null,
    });
  });

  test('G7 an override over a requirement without data lasts to the end of the shift', () => {
    const events = [attempt(fix(-40, 12), { requirements: [noData] }), granted({ requirements: [noData] })];
    expect(decide(events, Date.parse(now), flags(noData))).toEqual({
      flag: 'Y',
      rules: ['GF08'],
      next: '2026-05-20T23:00Z Y!',
    });
    expect(decide(events, Date.parse('2026-05-20T23:00:00.000Z'), flags(noData))).toMatchObject({
      flag: 'Y!',
      rules: ['GF07'],
    });
  });

  test('G8 too young until midnight of the site; then a new position is needed', () => {
    const young = attempt(fix(-40, 12), { zone: zone({ minAgeYears: 18 }), underAge: true });
    const person = visitor({ birthDate: '2008-05-21' });
    expect(decide([young], Date.parse(now), {}, person)).toEqual({
      flag: 'R!',
      rules: ['GF02'],
      next: '2026-05-21T05:00Z Y',
    });
    expect(decide([young], Date.parse('2026-05-21T05:00:00.000Z'), {}, person).rules).toEqual(['GF04']);
  });

  test('G9 a requirement is lost on site', () => {
    const dot = { module: 'dot' as const, flag: 'red' as const, hold: true };
    expect(decide([attempt(fix(-40, 12))], Date.parse(later(30)), flags(dot))).toEqual({
      flag: 'R!',
      rules: ['GF10'],
      next: null,
    });
  });

  test('G10 no check-out two hours after the shift', () => {
    const shift = { startAt: '2026-05-20T12:00:00.000Z', endAt: '2026-05-20T23:00:00.000Z' };
    const seen = make('fix.received', 'visit-1', '2026-05-20T22:50:00.000Z', {
      zoneId: 'zone-1',
      fix: fix(-40, 12, { fixAt: '2026-05-20T22:50:00.000Z', receivedAt: '2026-05-20T22:50:00.000Z' }),
    });
    const events = [attempt(fix(-40, 12), { shift }), seen];
    expect(decide(events, at('2026-05-20T20:00'))).toEqual({ flag: 'Y', rules: ['GF11'], next: null });
    expect(decide(events, at('2026-05-20T19:59'))).toEqual({
      flag: 'S',
      rules: ['GF12'],
      next: '2026-05-21T01:00Z Y',
    });
  });
});

const offline = (receivedAt: string) => attempt(fix(-40, 12, { receivedAt }), { offline: true });

describe('rows that no worked example shows', () => {
  test('no zone, no flag; a zone and nothing open is green', () => {
    expect(decide([], Date.parse(now), {}, vectorPerson()).flag).toBe('-');
    expect(decide([])).toEqual({ flag: 'G', rules: ['GF12-OFF'], next: null });
  });

  test('GF01 a forged device or code changes nothing that was known', () => {
    const inside = attempt(fix(-40, 12));
    const forged = attempt(fix(500, 5), { deviceForged: true }, later(5));
    expect(apply(fold([inside]), forged).outcome).toEqual({
      refused: 'Ask the office: the device is not trusted',
    });
    expect(decide([inside, forged], Date.parse(later(5))).rules).toEqual(['GF09']);
  });

  test('GF01 nobody on leave is admitted, by position, code or override, nor stays on site', () => {
    const away = vectorPerson({
      phase: 'leave',
      returnOn: '2026-06-15',
      requirements: { geofence: { zoneIds: ['zone-1'] } },
    });
    const inside = attempt(fix(-40, 12));
    expect(decide([inside], Date.parse(now), {}, away)).toMatchObject({ flag: 'G', rules: ['GF12-OFF'] });
    const over = [attempt(fix(8, 30)), granted({}, later(1))];
    expect(decide(over, Date.parse(later(2)), {}, away)).toMatchObject({ flag: 'G', rules: ['GF12-OFF'] });
    const evaluation = evaluate({
      atMs: Date.parse(now),
      person: away,
      record: fold([inside]),
      sources: {},
      otherFlags: {},
      pack: compilePack(geofencePack),
      backfillUntilMs: null,
    });
    expect(evaluation.general.tasks).toMatchObject([
      { ruleId: 'GF01', title: 'Check-in refused: on leave. Ask the office' },
    ]);
  });

  test('GF03 simulated, ahead of its receipt, or without a radius', () => {
    const bad = [
      fix(-40, 12, { mock: true }),
      fix(-40, 12, { fixAt: '2026-05-20T14:01:01.000Z' }),
      fix(-40, null),
    ];
    expect(bad.map((fixed) => decide([attempt(fixed)]).rules)).toEqual([['GF03'], ['GF03'], ['GF03']]);
  });

  test('GF04 an offline upload within a day is judged as of the fix, later not', () => {
    expect(decide([offline('2026-05-21T13:00:00.000Z')]).rules).toEqual(['GF09']);
    expect(decide([offline('2026-05-21T14:00:01.000Z')]).rules).toEqual(['GF04']);
  });

  test('GF05 outside counts from the start of the shift', () => {
    const shift = { startAt: '2026-05-20T15:00:00.000Z', endAt: '2026-05-20T23:00:00.000Z' };
    expect(decide([attempt(fix(150, 12), { shift })])).toEqual({
      flag: 'G',
      rules: ['GF12-OFF'],
      next: '2026-05-20T15:00Z Y',
    });
  });

  test('GF09 a site code passes a poor position once, in time, at its own site', () => {
    const qr = { zoneId: 'zone-1', expiresAt: later(1), nonce: 'n1', signatureValid: true };
    const scan = (over: Record<string, unknown>, minutes = 0) =>
      attempt(fix(8, 30), { qr: { ...qr, ...over } }, later(minutes));
    expect(decide([scan({})]).rules).toEqual(['GF09']);
    expect(decide([scan({ zoneId: 'zone-2' })]).rules).toEqual(['GF06']);
    expect(decide([scan({}, 2)], Date.parse(later(2))).rules).toEqual(['GF06']);
    const out = make('check_out.recorded', 'visit-1', later(1), { at: later(1), by: 'person' });
    const again = scan({ expiresAt: later(5) }, 1);
    expect(fold([scan({}), out, again]).visit?.attempt?.reading).toBe('near');
  });

  test('GF08 who may override, and for how long', () => {
    const near = fold([attempt(fix(8, 30), { shift: null })]);
    expect(apply(near, granted({ forSelf: true })).outcome).toEqual({
      refused: 'Nobody overrides for themselves',
    });
    expect(apply(near, granted({ ofThisLocation: false })).outcome).toHaveProperty('refused');
    expect(apply(near, granted({ reason: '  ' })).outcome).toHaveProperty('refused');
    const long = apply(near, granted({ until: '2026-05-22T14:00:00.000Z' }));
    expect(long.record.visit?.override?.until).toBe('2026-05-21T02:00:00.000Z');
  });

  test('a polygon and its edge', () => {
    const half = 100 / 111_195.08;
    const wide = half / Math.cos((centre.lat * Math.PI) / 180);
    const ring = [
      [centre.lon - wide, centre.lat - half],
      [centre.lon + wide, centre.lat - half],
      [centre.lon + wide, centre.lat + half],
      [centre.lon - wide, centre.lat + half],
    ];
    const square = zone({ shape: { kind: 'polygon', ring } });
    const visit = (edgeM: number) => fold([attempt(fix(edgeM, 5), { zone: square })]).visit;
    expect(visit(-30)?.attempt?.distanceM).toBeCloseTo(-30, 0);
    expect(visit(30)?.attempt?.distanceM).toBeCloseTo(30, 0);
    expect(visit(-30)?.state).toBe('on_site');
    expect(visit(30)?.state).toBe('outside');
  });
});
