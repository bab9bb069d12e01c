import { isoDay } from '#ui/format.ts';

const dayMs = 86_400_000;

/** The axis of the strip: as far back as there is history, 90 to 270 days; 80 days ahead. */
export function stripAxis(todayMs: number, earliestMs: number | null) {
  const from = Math.max(todayMs - 270 * dayMs, Math.min(todayMs - 90 * dayMs, earliestMs ?? todayMs));
  return { from, to: todayMs + 80 * dayMs };
}

export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** The first of every month on a short axis, of every second on a long one. */
export function monthTicks(from: number, to: number, zone: string): Tick[] {
  const ticks: Tick[] = [];
  for (let ms = from; ms < to; ms += dayMs) {
    const day = isoDay(ms, zone);
    if (!day.endsWith('-01')) continue;
    const month = Number(day.slice(5, 7));
    if (to - from < 200 * dayMs || month % 2 === 0) ticks.push({ at: ms, label: monthName(ms, zone) });
  }
  return ticks;
}

function monthName(ms: number, zone: string): string {
  return new Intl.DateTimeFormat('en-US', { timeZone: zone, month: 'short' }).format(ms);
}

/** Days between two instants' calendar days in a zone, for the slider: 0 = today, negative = before. */
export function dayOffset(day: string, todayMs: number, zone: string): number {
  const today = isoDay(todayMs, zone);
  return Math.round((Date.parse(`${day}T00:00:00Z`) - Date.parse(`${today}T00:00:00Z`)) / dayMs);
}

/** The calendar day so many days from today; null = today itself, which means "now". */
export function dayAt(offset: number, todayMs: number, zone: string): string | null {
  if (offset >= 0) return null;
  const today = Date.parse(`${isoDay(todayMs, zone)}T00:00:00Z`);
  return new Date(today + offset * dayMs).toISOString().slice(0, 10);
}
