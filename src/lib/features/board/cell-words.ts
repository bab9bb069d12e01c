import { flagWords } from '#contracts/flags';
import type { BoardCell } from '#contracts/screens/board';
import { formatDay } from '#ui/format.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const nbsp = '\u00A0';

/**
 * The fact that decides, in the fewest words: "3 d late", "in 9 d", "Jun 2027". Empty = the status word says it best.
 * Counts by the server's clock, so a cell stays true while the page is open.
 */
export function cellWords(cell: BoardCell, nowMs: number, zone: string): string {
  const { flag, dueAt, short, nextChangeAt } = cell;
  if (flag === 'none') return '';
  if (flag === 'green') {
    const until = dueAt ?? nextChangeAt;
    return until === null ? '' : monthOf(until, zone);
  }
  if (flag === 'stale' || dueAt === null) return short === flagWords[flag] ? '' : short;
  const leftMs = Date.parse(dueAt) - nowMs;
  return leftMs <= 0 ? `${span(-leftMs, Math.floor)}${nbsp}late` : `in${nbsp}${span(leftMs, Math.ceil)}`;
}

function span(ms: number, round: (value: number) => number): string {
  return ms < dayMs ? `${round(ms / hourMs)}${nbsp}h` : `${round(ms / dayMs)}${nbsp}d`;
}

function monthOf(instant: string, zone: string): string {
  return new Intl.DateTimeFormat('en-US', { timeZone: zone, month: 'short', year: 'numeric' })
    .format(Date.parse(instant))
    .replace(' ', nbsp);
}

/** When the next thing is due: "now" once it is past, else the day. */
export function nextWords(at: string, nowMs: number, zone: string): string {
  const leftMs = Date.parse(at) - nowMs;
  if (leftMs <= 0) return 'now';
  if (leftMs < dayMs) return `in${nbsp}${span(leftMs, Math.ceil)}`;
  return formatDay(at, zone, nowMs);
}
