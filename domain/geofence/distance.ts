import { distance } from '@turf/distance';
import { pointToPolygonDistance } from '@turf/point-to-polygon-distance';
import type { Zone } from '#contracts/events/geofence';

type Shape = Zone['shape'];

function closed(ring: readonly [number, number][]): [number, number][] {
  const [first] = ring;
  const last = ring.at(-1);
  if (!first || !last || (first[0] === last[0] && first[1] === last[1])) return [...ring];
  return [...ring, first];
}

/** Metres from a position to the edge of a zone, negative inside. Degrees are WGS 84; the earth is taken as a sphere. */
export function distanceToEdgeM(shape: Shape, lat: number, lon: number): number {
  if (shape.kind === 'circle') {
    const toCentre = distance([lon, lat], [shape.lon, shape.lat], { units: 'meters' });
    return toCentre - shape.radiusM;
  }
  const polygon = { type: 'Polygon' as const, coordinates: [closed(shape.ring)] };
  return pointToPolygonDistance([lon, lat], polygon, { units: 'meters' });
}
