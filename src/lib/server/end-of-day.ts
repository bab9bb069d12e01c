import { Temporal } from 'temporal-polyfill';

/** The last instant of a calendar day in the tenant's zone, as ISO 8601 in UTC: what "as of" that day means. */
export type EndOfDay = (tenantId: string, day: string) => Promise<string>;

export function createEndOfDay(zoneOf: (tenantId: string) => Promise<string>): EndOfDay {
  return async (tenantId, day) => lastInstantOf(day, await zoneOf(tenantId));
}

export function lastInstantOf(day: string, zone: string): string {
  const next = Temporal.PlainDate.from(day).add({ days: 1 }).toZonedDateTime(zone);
  return next.toInstant().subtract({ milliseconds: 1 }).toString({ fractionalSecondDigits: 3 });
}

/** The calendar day before. */
export function dayBefore(day: string): string {
  return Temporal.PlainDate.from(day).subtract({ days: 1 }).toString();
}
