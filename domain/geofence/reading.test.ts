import { describe, expect, test } from 'vitest';
import { zoneSchema, type Fix } from '#contracts/events/geofence';
import { distanceToEdgeM, readPosition } from './index.ts';

const at = '2026-05-20T14:00:00.000Z';
const circle = { kind: 'circle', lat: 41.5, lon: -93.6, radiusM: 100 } as const;
const zone = zoneSchema.parse({
  id: 'z',
  name: 'Z',
  shape: circle,
  timeZone: 'America/Chicago',
  requirements: [],
  minAgeYears: null,
});
const fix = (over: Partial<Fix>): Fix => ({
  lat: 41.5,
  lon: -93.6,
  accM: 10,
  fixAt: at,
  receivedAt: at,
  mock: false,
  ...over,
});
const read = (over: Partial<Fix>, offline = false) =>
  readPosition(zone, fix(over), Date.parse(at), offline).reading;

describe('distance to the edge', () => {
  test('of a circle: negative inside by the radius', () => {
    expect(distanceToEdgeM(circle, 41.5, -93.6)).toBeCloseTo(-100, 3);
    // One thousandth of a degree of latitude is 111.2 m.
    expect(distanceToEdgeM(circle, 41.501, -93.6)).toBeCloseTo(11.2, 1);
  });

  test('of a polygon, ring closed or open, concave too', () => {
    const ell: [number, number][] = [
      [-93.6, 41.5],
      [-93.59, 41.5],
      [-93.59, 41.505],
      [-93.595, 41.505],
      [-93.595, 41.51],
      [-93.6, 41.51],
    ];
    const open = { kind: 'polygon', ring: ell } as const;
    const closed = { kind: 'polygon', ring: [...ell, ell[0] ?? [0, 0]] as [number, number][] } as const;
    const inTheNotch = distanceToEdgeM(open, 41.508, -93.592);
    expect(inTheNotch).toBeGreaterThan(200);
    expect(distanceToEdgeM(closed, 41.508, -93.592)).toBeCloseTo(inTheNotch, 6);
    expect(distanceToEdgeM(open, 41.5025, -93.5975)).toBeLessThan(-150);
  });
});

describe('what a fix proves', () => {
  test('inside needs a small radius, outside a distance beyond it', () => {
    expect(read({})).toBe('inside');
    expect(read({ accM: 25 })).toBe('inside');
    expect(read({ accM: 26 })).toBe('near');
    expect(read({ lat: 41.501, accM: 12 })).toBe('near');
    expect(read({ lat: 41.501, accM: 11 })).toBe('outside');
  });

  test('nothing: simulated, ahead, too inexact, too old', () => {
    expect(read({ mock: true })).toBe('unusable');
    expect(read({ accM: 100.1 })).toBe('unusable');
    expect(read({ fixAt: '2026-05-20T14:01:00.000Z' })).toBe('inside');
    expect(read({ fixAt: '2026-05-20T14:01:00.001Z' })).toBe('unusable');
    expect(read({ fixAt: '2026-05-20T13:58:00.000Z' })).toBe('inside');
    expect(read({ fixAt: '2026-05-20T13:57:59.999Z' })).toBe('stale');
    expect(read({ fixAt: '2026-05-20T08:00:00.000Z' }, true)).toBe('inside');
    expect(read({ fixAt: '2026-05-19T13:59:59.999Z' }, true)).toBe('stale');
  });
});
