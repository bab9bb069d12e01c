import type { EpochMs } from '#contracts/time';
import { addDays, addMonths, dateAt, monthsAndDays, validThrough } from '../../calendar.ts';

interface Interval {
  from: string;
  to: string | null;
}

/**
 * 49 CFR 40.307(d)–(e): the first instant after `months` of safety-sensitive duty since the return. Months served
 * in closed intervals are taken off the present one; a layoff stops the clock. Null = the clock stands still and the
 * months are not used up.
 */
export function dutyMonthsEnd(
  intervals: readonly Interval[],
  returnedMs: EpochMs,
  months: number,
  zone: string,
): EpochMs | null {
  const served = { months: 0, days: 0 };
  for (const interval of intervals) {
    const toMs = interval.to === null ? Infinity : Date.parse(interval.to);
    if (toMs <= returnedMs) continue;
    const from = dateAt(Math.max(Date.parse(interval.from), returnedMs), zone);
    const left = { months: months - served.months, days: -served.days };
    const lastDay = addDays(addMonths(from, left.months), left.days);
    const endMs = validThrough(lastDay, zone);
    if (endMs <= toMs) return endMs;
    const span = monthsAndDays(from, dateAt(toMs, zone));
    served.months += span.months;
    served.days += span.days;
  }
  return null;
}
