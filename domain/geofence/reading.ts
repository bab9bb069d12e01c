import type { Fix, Zone } from '#contracts/events/geofence';
import type { EpochMs } from '#contracts/time';
import { distanceToEdgeM } from './distance.ts';

/** What one fix proves about one zone. */
type Reading =
  /** Simulated, ahead of its receipt, without or with too large a radius. */
  | 'unusable'
  | 'stale'
  | 'outside'
  /** Neither surely inside nor surely outside: near the edge, or a zone smaller than the error. */
  | 'near'
  | 'inside';

export interface PositionReading {
  reading: Reading;
  /** To the edge, negative inside; null when the fix was not usable. */
  distanceM: number | null;
}

/**
 * Judges a fix at the instant of the attempt. `offline` = recorded without network: judged as of the fix itself if it
 * arrived within the zone's limit.
 */
export function readPosition(zone: Zone, fix: Fix, atMs: EpochMs, offline: boolean): PositionReading {
  const { limits } = zone;
  const fixMs = Date.parse(fix.fixAt);
  const receivedMs = Date.parse(fix.receivedAt);
  const ahead = fixMs > receivedMs + limits.clockSkewS * 1000;
  if (fix.mock || ahead || fix.accM === null || fix.accM > limits.maxAccM) {
    return { reading: 'unusable', distanceM: null };
  }
  const late = offline
    ? receivedMs - fixMs > limits.offlineHours * 3_600_000
    : Math.max(atMs, receivedMs) - fixMs > limits.maxAgeS * 1000;
  if (late) return { reading: 'stale', distanceM: null };
  const distanceM = distanceToEdgeM(zone.shape, fix.lat, fix.lon);
  if (distanceM > fix.accM) return { reading: 'outside', distanceM };
  const surely = distanceM <= 0 && fix.accM <= limits.insideAccM;
  return { reading: surely ? 'inside' : 'near', distanceM };
}
