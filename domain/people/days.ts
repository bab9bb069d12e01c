import type { CalendarDate } from '#contracts/time';

/** Tells the calendar day of an instant in a zone. */
export type DayIn = (zone: string) => CalendarDate;

/** The calendar days of one instant, by IANA zone; each zone is worked out once. Unknown zones count as UTC. */
export function daysAt(atMs: number): DayIn {
  const known = new Map<string, CalendarDate>();
  return (zone) => {
    const day = known.get(zone) ?? dayOf(atMs, zone);
    known.set(zone, day);
    return day;
  };
}

function dayOf(atMs: number, zone: string): CalendarDate {
  try {
    // The Canadian English locale writes dates as YYYY-MM-DD.
    return new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(atMs);
  } catch {
    return new Date(atMs).toISOString().slice(0, 10);
  }
}
