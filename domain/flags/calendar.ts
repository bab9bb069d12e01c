import { allForYear } from '@18f/us-federal-holidays';
import { Temporal } from 'temporal-polyfill';
import type { CalendarDate, EpochMs, Instant } from '#contracts/time';

/**
 * Calendar arithmetic of the rules (rule packs §0). The only file that knows time zones and holidays.
 * The tables below only remember answers of pure functions: rules run thousands of times a second.
 */
const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

interface OffsetSpan {
  fromMs: EpochMs;
  toMs: EpochMs;
  offsetMs: number;
}

const spansByZone = new Map<string, OffsetSpan[]>();
const startsByZone = new Map<string, Map<CalendarDate, EpochMs>>();
const holidaysByYear = new Map<number, Set<CalendarDate>>();

export const parseInstant = (instant: Instant): EpochMs => Date.parse(instant);

const datesByDay = new Map<number, CalendarDate>();

/** ISO 8601 in UTC with milliseconds. */
export function formatInstant(ms: EpochMs): Instant {
  const day = Math.floor(ms / dayMs);
  const inDay = ms - day * dayMs;
  const hour = two(Math.floor(inDay / hourMs));
  const minute = two(Math.floor(inDay / 60_000) % 60);
  const second = two(Math.floor(inDay / 1000) % 60);
  return `${dateOfDay(day)}T${hour}:${minute}:${second}.${String(inDay % 1000).padStart(3, '0')}Z`;
}

const two = (value: number): string => (value < 10 ? `0${value}` : String(value));

function dateOfDay(day: number): CalendarDate {
  let date = datesByDay.get(day);
  if (date === undefined) {
    date = Temporal.Instant.fromEpochMilliseconds(day * dayMs)
      .toString()
      .slice(0, 10);
    if (datesByDay.size > 100_000) datesByDay.clear();
    datesByDay.set(day, date);
  }
  return date;
}

function spanAt(ms: EpochMs, zone: string): OffsetSpan {
  let spans = spansByZone.get(zone);
  if (!spans) spansByZone.set(zone, (spans = []));
  for (const span of spans) if (ms >= span.fromMs && ms < span.toMs) return span;
  const here = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone);
  const next = here.getTimeZoneTransition('next');
  const span = {
    fromMs: ms,
    toMs: next?.epochMilliseconds ?? Infinity,
    offsetMs: here.offsetNanoseconds / 1e6,
  };
  const before = spans.findIndex((known) => known.toMs === span.toMs);
  if (before === -1) spans.unshift(span);
  else spans[before] = span;
  return span;
}

/** The calendar date in `zone` at an instant. */
export function dateAt(ms: EpochMs, zone: string): CalendarDate {
  return dateOfDay(Math.floor((ms + spanAt(ms, zone).offsetMs) / dayMs));
}

/** First instant of a date in `zone` (not always 00:00: some zones skip midnight). */
export function startOfDay(date: CalendarDate, zone: string): EpochMs {
  let starts = startsByZone.get(zone);
  if (!starts) startsByZone.set(zone, (starts = new Map()));
  let start = starts.get(date);
  if (start === undefined) {
    start = Temporal.PlainDate.from(date).toZonedDateTime(zone).epochMilliseconds;
    if (starts.size > 20_000) starts.clear();
    starts.set(date, start);
  }
  return start;
}

/** "Valid to X" = through the end of X: the first instant that is late, X + 1 at 00:00 in `zone`. */
export function validThrough(date: CalendarDate, zone: string): EpochMs {
  return startOfDay(addDays(date, 1), zone);
}

/** A wall-clock time on a date in `zone`. */
export function atHour(date: CalendarDate, hour: number, zone: string): EpochMs {
  return Temporal.PlainDate.from(date).toZonedDateTime({
    timeZone: zone,
    plainTime: Temporal.PlainTime.from({ hour }),
  }).epochMilliseconds;
}

const yearOf = (date: CalendarDate): number => Number(date.slice(0, 4));
const monthOf = (date: CalendarDate): number => Number(date.slice(5, 7));
const dayOfMonth = (date: CalendarDate): number => Number(date.slice(8, 10));

const dayOfDate = (date: CalendarDate): number =>
  Date.UTC(yearOf(date), monthOf(date) - 1, dayOfMonth(date)) / dayMs;

export function addDays(date: CalendarDate, days: number): CalendarDate {
  return dateOfDay(dayOfDate(date) + days);
}

/** Calendar days from `from` to `to`; negative when `to` is earlier. */
export const daysBetween = (from: CalendarDate, to: CalendarDate): number => dayOfDate(to) - dayOfDate(from);

/** D + n months, clamped to the end of the month: 29 Feb 2024 + 12 = 28 Feb 2025. */
export function addMonths(date: CalendarDate, months: number): CalendarDate {
  const count = yearOf(date) * 12 + monthOf(date) - 1 + months;
  const year = Math.floor(count / 12);
  const month = (count % 12) + 1;
  // Day 0 of the next month is the last of this one.
  const last = Date.UTC(year, month, 0) / dayMs - Date.UTC(year, month - 1, 1) / dayMs + 1;
  const day = Math.min(dayOfMonth(date), last);
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** "At least every n months": done on D, due through D + n; the first instant that is late. */
export function dueAfterMonths(done: CalendarDate, months: number, zone: string): EpochMs {
  return validThrough(addMonths(done, months), zone);
}

/** Elapsed hours on UTC instants: a day with a clock change has 23 or 25. */
export const addHours = (ms: EpochMs, hours: number): EpochMs => ms + hours * hourMs;

/** Whole and part months between two dates, counted as calendar months with the rest in days. */
export function monthsAndDays(from: CalendarDate, to: CalendarDate): { months: number; days: number } {
  const span = Temporal.PlainDate.from(from).until(to, { largestUnit: 'months' });
  return { months: span.months, days: span.days };
}

/** US federal holidays as observed (a Saturday holiday on Friday, a Sunday one on Monday; 5 USC 6103). */
function isFederalHoliday(date: CalendarDate): boolean {
  const year = Number(date.slice(0, 4));
  let holidays = holidaysByYear.get(year);
  if (!holidays) {
    // New Year's Day on a Saturday is observed on 31 December of the year before.
    holidays = new Set([...allForYear(year), ...allForYear(year + 1)].map((day) => day.dateString));
    holidaysByYear.set(year, holidays);
  }
  return holidays.has(date);
}

/** Monday to Friday less federal holidays. */
export function isBusinessDay(date: CalendarDate): boolean {
  const weekday = (((dayOfDate(date) + 4) % 7) + 7) % 7;
  return weekday !== 0 && weekday !== 6 && !isFederalHoliday(date);
}

/** The n-th business day after `date`; day 0 is not counted. */
export function addBusinessDays(date: CalendarDate, count: number): CalendarDate {
  let day = date;
  for (let left = count; left > 0;) {
    day = addDays(day, 1);
    if (isBusinessDay(day)) left -= 1;
  }
  return day;
}

/** 17:00 in `zone` on the n-th business day after the day of `ms`. */
export function businessDaysClose(ms: EpochMs, count: number, zone: string): EpochMs {
  return atHour(addBusinessDays(dateAt(ms, zone), count), 17, zone);
}

/** `YYYY-MM-DD HH:MM` on the wall clock of `zone`, for messages. */
export function localMinute(ms: EpochMs, zone: string): string {
  return formatInstant(ms + spanAt(ms, zone).offsetMs)
    .slice(0, 16)
    .replace('T', ' ');
}

/** The instant of a wall-clock time `YYYY-MM-DD HH:MM` in `zone`; the earlier one when it comes twice. */
export function parseLocal(text: string, zone: string): EpochMs {
  return Temporal.PlainDateTime.from(text).toZonedDateTime(zone, { disambiguation: 'earlier' })
    .epochMilliseconds;
}
