/**
 * Numbers, dates and durations as screens write them. Instants are ISO 8601 strings in UTC or epoch
 * milliseconds; `zone` is an IANA time zone, always the tenant's. Dates are bound by no-break spaces,
 * so a date never breaks across lines.
 */

const nbsp = '\u00a0';
const minus = '\u2212';

type When = string | number;

const toMs = (when: When): number => (typeof when === 'number' ? when : Date.parse(when));

const partsFormatters = new Map<string, Intl.DateTimeFormat>();

function partsOf(ms: number, zone: string): Record<string, string> {
  let formatter = partsFormatters.get(zone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      weekday: 'short',
      year: 'numeric',
      month: 'short',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'short',
    });
    partsFormatters.set(zone, formatter);
  }
  return Object.fromEntries(formatter.formatToParts(ms).map((part) => [part.type, part.value]));
}

const isDate = (when: When): when is string => typeof when === 'string' && when.length === 10;

/** A calendar date has no zone, so it is read and written in UTC. */
const zoneOf = (when: When, zone: string): string => (isDate(when) ? 'UTC' : zone);

/** `17 Nov 2026`. */
export function formatDate(when: When, zone: string): string {
  const p = partsOf(toMs(when), zoneOf(when, zone));
  return [p.day, p.month, p.year].join(nbsp);
}

/** `17 Nov`, with the year only when it is not that of `now`. */
export function formatDay(when: When, zone: string, now: When): string {
  const p = partsOf(toMs(when), zoneOf(when, zone));
  const sameYear = partsOf(toMs(now), zone).year === p.year;
  return sameYear ? [p.day, p.month].join(nbsp) : [p.day, p.month, p.year].join(nbsp);
}

/** `09:40`. */
export function formatTime(when: When, zone: string): string {
  const p = partsOf(toMs(when), zone);
  return `${p.hour}:${p.minute}`;
}

/** `Wed 18 Nov 2026, 00:00:02 CST`: the exact instant, for titles and records. */
export function formatInstant(when: When, zone: string): string {
  const p = partsOf(toMs(when), zone);
  return `${p.weekday} ${p.day} ${p.month} ${p.year}, ${p.hour}:${p.minute}:${p.second} ${p.timeZoneName}`;
}

/** `YYYY-MM-DD` in the zone: the value of a date input. */
export function isoDay(when: When, zone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(toMs(when));
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Largest whole unit: `24 s`, `2 min`, `6 h`, `3 d`. */
export function formatAge(ms: number): string {
  const span = Math.abs(ms);
  if (span < minute) return `${Math.floor(span / second)}${nbsp}s`;
  if (span < hour) return `${Math.floor(span / minute)}${nbsp}min`;
  if (span < day) return `${Math.floor(span / hour)}${nbsp}h`;
  return `${Math.floor(span / day)}${nbsp}d`;
}

/** Two units: `6 h 12 min`, `2 d 3 h`. */
export function formatDuration(ms: number): string {
  const span = Math.abs(ms);
  const pair = (big: number, bigName: string, small: number, smallName: string): string => {
    const rest = Math.floor((span % big) / small);
    const head = `${Math.floor(span / big)}${nbsp}${bigName}`;
    return rest === 0 ? head : `${head} ${rest}${nbsp}${smallName}`;
  };
  if (span < second) return `${Math.round(span)}${nbsp}ms`;
  if (span < minute) return `${Math.floor(span / second)}${nbsp}s`;
  if (span < hour) return pair(minute, 'min', second, 's');
  if (span < day) return pair(hour, 'h', minute, 'min');
  return pair(day, 'd', hour, 'h');
}

/** `2 min ago`, `in 9 d`, `now` within a second. */
export function formatRelative(when: When, nowMs: number): string {
  const delta = toMs(when) - nowMs;
  if (Math.abs(delta) < second) return 'now';
  return delta > 0 ? `in ${formatAge(delta)}` : `${formatAge(delta)} ago`;
}

/** `4,812`. */
export function formatCount(value: number): string {
  return value.toLocaleString('en-US');
}

/** A ratio 0..1 as `93.5%`. Rounds down just below 100, so 100% means all. */
export function formatPercent(ratio: number, digits = 1): string {
  return `${formatPercentNumber(ratio, digits)}%`;
}

/** As `formatPercent`, without the sign. */
export function formatPercentNumber(ratio: number, digits = 1): string {
  const scale = 10 ** digits;
  const scaled = ratio * 100 * scale;
  const rounded = ratio < 1 ? Math.min(Math.round(scaled), 100 * scale - 1) : Math.round(scaled);
  return (rounded / scale).toFixed(digits);
}

/** A change with its sign: `+5`, `−14`, `0`. */
export function formatSigned(value: number, digits = 0): string {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return value > 0 ? `+${text}` : `${minus}${text}`;
}

/** `1 person`, `1,398 people`. */
export function plural(value: number, one: string, many: string): string {
  return `${formatCount(value)} ${value === 1 ? one : many}`;
}

/** First letters of the first and last word, for an avatar. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const first = words[0]?.[0] ?? '';
  const last = words.length > 1 ? (words.at(-1)?.[0] ?? '') : '';
  return (first + last).toUpperCase();
}

/** `5 to 11 Feb 2027`: two calendar dates, saying the month and the year once where they are the same. */
export function formatSpan(from: string, to: string): string {
  const [a, b] = [partsOf(toMs(from), 'UTC'), partsOf(toMs(to), 'UTC')];
  const end = [b.day, b.month, b.year].join(nbsp);
  if (a.year !== b.year) return `${[a.day, a.month, a.year].join(nbsp)} to ${end}`;
  return a.month === b.month ? `${a.day} to ${end}` : `${[a.day, a.month].join(nbsp)} to ${end}`;
}

/**
 * A sentence of the rules for reading: dates as `14 Nov 2026`, and no line break inside a date or a
 * citation such as `49 CFR 391.45(b)`.
 */
export function prose(text: string): string {
  return text
    .replaceAll(/\b\d{4}-\d{2}-\d{2}\b(?!T)/gu, (date) =>
      Number.isNaN(Date.parse(date)) ? date : formatDate(date, 'UTC'),
    )
    .replaceAll(/\b(\d+) (CFR|USC) (?=\d)/gu, `$1${nbsp}$2${nbsp}`);
}
