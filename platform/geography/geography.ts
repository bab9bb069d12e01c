import { readFileSync } from 'node:fs';
import { Reader, type CityResponse } from 'maxmind';
import { PlumblineError } from '#platform/errors';

/** Where addresses are, as a map of addresses in the MMDB format tells. */
export interface Geography {
  /** Null = the map does not know. */
  locate(
    ip: string,
  ): { readonly latitude: number; readonly longitude: number; readonly place: string } | null;
}

/** Reads a city map (GeoLite2-City, DB-IP City and the like) into memory. Throws `geography.map_unreadable`. */
export function openGeography(file: string): Geography {
  const map = read(file);
  return {
    locate: (ip) => {
      try {
        return pointOf(map.get(ip));
      } catch {
        return null;
      }
    },
  };
}

function pointOf(found: CityResponse | null): ReturnType<Geography['locate']> {
  const { latitude, longitude } = found?.location ?? {};
  if (latitude === undefined || longitude === undefined) return null;
  const place = [found?.city?.names?.en, found?.country?.iso_code]
    .filter((word) => word !== undefined)
    .join(', ');
  return { latitude, longitude, place: place === '' ? 'an unnamed place' : place };
}

function read(file: string): Reader<CityResponse> {
  try {
    return new Reader<CityResponse>(readFileSync(file));
  } catch (cause) {
    throw new PlumblineError({
      kind: 'invalid',
      code: 'geography.map_unreadable',
      detail:
        'GEOIP_FILE names no map of addresses that can be read. It must be a city map in the MMDB format.',
      cause,
    });
  }
}
