const year2000Ms = 946_684_800_000;
const year2100Ms = 4_102_444_800_000;
/** Epoch numbers below this are seconds: as milliseconds they would lie before March 1973. */
const secondsBelow = 100_000_000_000;

const isoPattern =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?$/i;
const americanPattern =
  /^(\d{1,2})\/(\d{1,2})\/(\d{4})[ T,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?\s*(AM|PM)?\s*(Z|UTC|GMT)?$/i;

/**
 * A vendor's time as an ISO 8601 UTC instant with milliseconds; null when it is not one. Reads ISO 8601 (an offset
 * with or without colon; none = UTC), `MM/DD/YYYY hh:mm:ss [AM|PM]` as UTC, and epoch seconds or milliseconds as a
 * number or digits. Years outside 2000–2099 are refused: they are mistakes of unit.
 */
export function toInstant(value: unknown): string | null {
  const ms =
    typeof value === 'number' ? epochMs(value) : typeof value === 'string' ? textMs(value.trim()) : null;
  if (ms === null || !(ms >= year2000Ms && ms < year2100Ms)) return null;
  return new Date(ms).toISOString();
}

function epochMs(value: number): number | null {
  if (!Number.isFinite(value)) return null;
  return Math.round(value < secondsBelow ? value * 1000 : value);
}

function textMs(text: string): number | null {
  const usual = usualMs(text);
  if (usual !== null) return usual;
  if (/^\d{9,14}(\.\d+)?$/.test(text)) return epochMs(Number(text));
  const iso = isoPattern.exec(text);
  if (iso) {
    const [, year, month, day, hour, minute, second, fraction, zone] = iso;
    return utcMs({ year, month, day, hour, minute, second, fraction }, offsetMinutes(zone));
  }
  const american = americanPattern.exec(text);
  if (!american) return null;
  const [, month, day, year, hour, minute, second, fraction, half] = american;
  return utcMs({ year, month, day, hour: hour24(hour, half), minute, second, fraction }, 0);
}

/** `2026-11-20T12:00:00Z`, with or without milliseconds: what most messages carry, several times each. */
function usualMs(text: string): number | null {
  if ((text.length !== 20 && text.length !== 24) || !text.endsWith('Z') || text[10] !== 'T') return null;
  const ms = Date.parse(text);
  // Date.parse rolls 30 February over into March.
  return ms >= year2000Ms && ms < year2100Ms && new Date(ms).toISOString().startsWith(text.slice(0, 19))
    ? ms
    : null;
}

type Part = string | undefined;
interface Parts {
  year: Part;
  month: Part;
  day: Part;
  hour: Part;
  minute: Part;
  second: Part;
  fraction: Part;
}

function utcMs(parts: Parts, offset: number): number | null {
  const date = toDate(`${parts.year}-${pad(parts.month)}-${pad(parts.day)}`);
  if (!date) return null;
  const milliseconds = (parts.fraction ?? '').padEnd(3, '0').slice(0, 3);
  const time = `${pad(parts.hour)}:${pad(parts.minute)}:${pad(parts.second ?? '0')}.${milliseconds}`;
  const ms = Date.parse(`${date}T${time}Z`);
  return Number.isNaN(ms) ? null : ms - offset * 60_000;
}

function offsetMinutes(zone: Part): number {
  const match = /^([+-])(\d{2}):?(\d{2})$/.exec(zone ?? '');
  if (!match) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return match[1] === '-' ? -minutes : minutes;
}

function hour24(hour: Part, half: Part): Part {
  if (!half) return hour;
  return String((Number(hour) % 12) + (half.toUpperCase() === 'PM' ? 12 : 0));
}

function pad(part: Part): string {
  return (part ?? '').padStart(2, '0');
}

/** `YYYY-MM-DD`, `YYYY/MM/DD`, `MM/DD/YYYY` or an instant's day as `YYYY-MM-DD`; null for anything else or no real day. */
export function toDate(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const text = value.trim();
  const yearFirst = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ].*)?$/.exec(text);
  const monthFirst = /^(\d{1,2})[-/](\d{1,2})[-/](\d{4})$/.exec(text);
  const [year, month, day] = yearFirst
    ? [yearFirst[1], yearFirst[2], yearFirst[3]]
    : monthFirst
      ? [monthFirst[3], monthFirst[1], monthFirst[2]]
      : [];
  if (!year) return null;
  // People's dates; the database takes no year 0 at all.
  if (Number(year) < 1900 || Number(year) > 2199) return null;
  const date = `${year}-${pad(month)}-${pad(day)}`;
  const ms = Date.parse(`${date}T00:00:00Z`);
  // Date.parse rolls 30 February over into March.
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== date ? null : date;
}
