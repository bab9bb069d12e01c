import { take, type Marked } from './words.ts';

export const grains = ['day', 'week', 'month', 'quarter'] as const;
export type Grain = (typeof grains)[number];

/** Instants, end exclusive, with the words for it. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
  readonly words: string;
}

const dayMs = 86_400_000;
const numberWords = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
const months = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];

/** A grain of time asked for: `by month`, `per week`, `monthly`. */
export function takeGrain(marked: Marked): Grain | null {
  for (const grain of grains) {
    const adverb = grain === 'day' ? 'daily' : `${grain}ly`;
    for (const phrase of [`by ${grain}`, `per ${grain}`, `each ${grain}`, `every ${grain}`, adverb]) {
      if (take(marked, phrase)) return grain;
    }
  }
  return ['over time', 'trend', 'developed', 'develop'].some((phrase) => take(marked, phrase))
    ? 'week'
    : null;
}

/** The time that a question speaks of, in UTC; null when it speaks of none. Counted ranges end or begin now. */
export function takeSpan(marked: Marked, nowMs: number): Span | null {
  return (
    takeCounted(marked, nowMs) ??
    takeBetween(marked, nowMs) ??
    takeSince(marked, nowMs) ??
    takeNamed(marked, nowMs) ??
    takeMonth(marked, nowMs)
  );
}

const ahead = ['next', 'coming', 'within', 'within the next', 'in the next', 'in the coming'];
const behind = ['last', 'past', 'previous', 'in the last', 'in the past', 'over the last', 'over the past'];

function takeCounted(marked: Marked, nowMs: number): Span | null {
  for (const [at, word] of marked.words.entries()) {
    const count = numberOf(word.plain);
    const unit = marked.words[at + 1]?.plain.replace(/s$/, '');
    if (count === null || unit === undefined || !(unit in lengths)) continue;
    const tail = `${word.plain} ${marked.words[at + 1]?.plain ?? ''}`;
    const end = addUnits(nowMs, unit, count);
    const start = addUnits(nowMs, unit, -count);
    for (const lead of behind.toSorted(longer)) {
      if (take(marked, `${lead} ${tail}`))
        return { fromMs: start, toMs: nowMs, words: `in the last ${tail}` };
    }
    for (const lead of [...ahead, 'in'].toSorted(longer)) {
      if (take(marked, `${lead} ${tail}`)) return { fromMs: nowMs, toMs: end, words: `in the next ${tail}` };
    }
  }
  return null;
}

const longer = (a: string, b: string): number => b.length - a.length;
const lengths: Readonly<Record<string, number>> = {
  hour: 1,
  day: 24,
  week: 168,
  month: 0,
  quarter: 0,
  year: 0,
};

function numberOf(word: string): number | null {
  if (/^\d{1,4}$/.test(word)) return Number(word);
  const at = numberWords.indexOf(word);
  return at === -1 ? null : at;
}

function addUnits(fromMs: number, unit: string, count: number): number {
  const hours = lengths[unit] ?? 0;
  if (hours > 0) return fromMs + count * hours * 3_600_000;
  const each = unit === 'year' ? 12 : unit === 'quarter' ? 3 : 1;
  return addMonths(fromMs, each * count);
}

/** The same day of another month, or its last one. */
function addMonths(ms: number, count: number): number {
  const day = Math.floor(ms / dayMs);
  const [year = 0, month = 1, date = 1] = isoDay(ms).split('-').map(Number);
  const first = Date.UTC(year, month - 1 + count, 1);
  const lastDate = (Date.UTC(year, month + count, 1) - first) / dayMs;
  return first + (Math.min(date, lastDate) - 1) * dayMs + (ms - day * dayMs);
}

/** `YYYY-MM-DD` of an instant in UTC. */
export function isoDay(ms: number): string {
  return isoOf(ms).slice(0, 10);
}

/** `YYYY-MM-DD HH:MM:SS` in UTC, as the engine reads it. */
export function isoOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

function startOf(unit: string, ms: number): number {
  const [year = 0, month = 1] = isoDay(ms).split('-').map(Number);
  const day = Math.floor(ms / dayMs) * dayMs;
  if (unit === 'day') return day;
  // 1970-01-01 was a Thursday; weeks begin on Monday.
  if (unit === 'week') return day - ((day / dayMs + 3) % 7) * dayMs;
  if (unit === 'month') return Date.UTC(year, month - 1, 1);
  if (unit === 'quarter') return Date.UTC(year, Math.floor((month - 1) / 3) * 3, 1);
  return Date.UTC(year, 0, 1);
}

function takeNamed(marked: Marked, nowMs: number): Span | null {
  for (const phrase of ['the last day', 'last day', 'the last 24 hours']) {
    if (take(marked, phrase)) return { fromMs: nowMs - dayMs, toMs: nowMs, words: 'in the last 24 hours' };
  }
  if (take(marked, 'today')) return whole('day', nowMs, 0, 'today');
  if (take(marked, 'yesterday')) return whole('day', nowMs, -1, 'yesterday');
  if (take(marked, 'tomorrow')) return whole('day', nowMs, 1, 'tomorrow');
  for (const unit of ['week', 'month', 'quarter', 'year']) {
    if (
      ['in the last', 'in the past', 'over the last', 'within the last'].some((lead) =>
        take(marked, `${lead} ${unit}`),
      )
    )
      return { fromMs: addUnits(nowMs, unit, -1), toMs: nowMs, words: `in the last ${unit}` };
    if (take(marked, `this ${unit}`)) return whole(unit, nowMs, 0, `this ${unit}`);
    if (take(marked, `last ${unit}`) || take(marked, `previous ${unit}`))
      return whole(unit, nowMs, -1, `last ${unit}`);
    if (take(marked, `next ${unit}`)) return whole(unit, nowMs, 1, `next ${unit}`);
  }
  if (take(marked, 'soon')) return { fromMs: nowMs, toMs: nowMs + 30 * dayMs, words: 'in the next 30 days' };
  return null;
}

/** The calendar unit so many units from the present one. */
function whole(unit: string, nowMs: number, by: number, words: string): Span {
  const start = startOf(unit, nowMs);
  const fromMs = addUnits(start, unit, by);
  return { fromMs, toMs: addUnits(start, unit, by + 1), words };
}

function takeBetween(marked: Marked, nowMs: number): Span | null {
  const days = marked.words.filter(({ plain }) => isDay(plain)).map(({ plain }) => plain);
  const [from, to] = days;
  if (from === undefined || to === undefined) return null;
  const said = [`between ${from} and ${to}`, `from ${from} to ${to}`, `from ${from} until ${to}`];
  if (!said.some((phrase) => take(marked, phrase))) return null;
  return {
    fromMs: msOfDay(from, nowMs),
    toMs: msOfDay(to, nowMs) + dayMs,
    words: `from ${from} to ${to}`,
  };
}

function takeSince(marked: Marked, nowMs: number): Span | null {
  for (const { plain } of marked.words) {
    if (!isDay(plain)) continue;
    const at = msOfDay(plain, nowMs);
    if (take(marked, `since ${plain}`)) return { fromMs: at, toMs: nowMs, words: `since ${plain}` };
    if (take(marked, `before ${plain}`)) return { fromMs: nowMs, toMs: at, words: `before ${plain}` };
    if (take(marked, `on ${plain}`)) return { fromMs: at, toMs: at + dayMs, words: `on ${plain}` };
  }
  for (const [word, by] of [
    ['yesterday', -1],
    ['today', 0],
  ] as const) {
    if (take(marked, `since ${word}`))
      return { fromMs: whole('day', nowMs, by, '').fromMs, toMs: nowMs, words: `since ${word}` };
  }
  return null;
}

/** `in March 2026`, `in march`: the last March that has begun. */
function takeMonth(marked: Marked, nowMs: number): Span | null {
  const thisYear = Number(isoDay(nowMs).slice(0, 4));
  for (const [at, name] of months.entries()) {
    for (const { plain } of marked.words) {
      if (/^20\d\d$/.test(plain) && (take(marked, `in ${name} ${plain}`) || take(marked, `${name} ${plain}`)))
        return monthSpan(Number(plain), at, name);
    }
    for (const [phrase, only] of [
      [`since ${name}`, false],
      [`in ${name}`, true],
    ] as const) {
      if (!take(marked, phrase)) continue;
      const year = Date.UTC(thisYear, at, 1) > nowMs ? thisYear - 1 : thisYear;
      const span = monthSpan(year, at, name);
      return only ? span : { fromMs: span.fromMs, toMs: nowMs, words: `since ${name} ${year}` };
    }
  }
  return null;
}

function monthSpan(year: number, month: number, name: string): Span {
  const title = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
  return {
    fromMs: Date.UTC(year, month, 1),
    toMs: Date.UTC(year, month + 1, 1),
    words: `in ${title} ${year}`,
  };
}

const isDay = (word: string): boolean => /^20\d\d-\d\d-\d\d$/.test(word);

function msOfDay(day: string, fallback: number): number {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const ms = Date.UTC(year, month - 1, date);
  return Number.isFinite(ms) ? ms : fallback;
}
