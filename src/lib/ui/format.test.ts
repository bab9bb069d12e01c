import { describe, expect, it } from 'vitest';
import {
  formatAge,
  formatDate,
  formatDay,
  formatDuration,
  formatInstant,
  formatPercent,
  formatRelative,
  formatSigned,
  formatSpan,
  formatTime,
  initials,
  isoDay,
  plural,
  prose,
} from './format.ts';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');
const zone = 'America/Chicago';

describe('dates', () => {
  it('writes an instant in the tenant zone and a calendar date without one', () => {
    expect(plain(formatDate('2026-11-18T05:59:59.000Z', zone))).toBe('17 Nov 2026');
    expect(plain(formatDate('2026-11-18', zone))).toBe('18 Nov 2026');
    expect(formatInstant('2026-11-18T06:00:02.000Z', zone)).toBe('Wed 18 Nov 2026, 00:00:02 CST');
    expect(formatTime('2026-07-01T14:40:00.000Z', zone)).toBe('09:40');
    expect(isoDay('2026-11-18T05:59:59.000Z', zone)).toBe('2026-11-17');
  });
  it('drops the year only when it is this one', () => {
    expect(plain(formatDay('2026-02-03', zone, '2026-11-20T12:00:00.000Z'))).toBe('3 Feb');
    expect(plain(formatDay('2027-02-03', zone, '2026-11-20T12:00:00.000Z'))).toBe('3 Feb 2027');
  });
});

describe('spans', () => {
  it.each([
    [24_999, '24 s'],
    [60_000, '1 min'],
    [22_320_000, '6 h'],
    [3 * 86_400_000, '3 d'],
  ])('%i ms is %s', (ms, text) => expect(plain(formatAge(ms))).toBe(text));
  it('names two units when the second says something', () => {
    expect(plain(formatDuration(22_320_000))).toBe('6 h 12 min');
    expect(plain(formatDuration(7_200_000))).toBe('2 h');
    expect(plain(formatDuration(118))).toBe('118 ms');
  });
  it('looks both ways', () => {
    expect(plain(formatRelative('2026-11-29T12:00:00.000Z', Date.parse('2026-11-20T12:00:00.000Z')))).toBe(
      'in 9 d',
    );
    expect(plain(formatRelative(0, 120_000))).toBe('2 min ago');
    expect(formatRelative(500, 0)).toBe('now');
  });
});

describe('numbers', () => {
  it('never claims 100% for less than all', () => {
    expect(formatPercent(0.99999)).toBe('99.9%');
    expect(formatPercent(1)).toBe('100.0%');
    expect(formatPercent(0.9348)).toBe('93.5%');
  });
  it('signs a change and leaves zero alone', () => {
    expect(formatSigned(5)).toBe('+5');
    expect(formatSigned(-14)).toBe('\u221214');
    expect(formatSigned(0.04, 1)).toBe('0.0');
  });
  it('counts and abbreviates', () => {
    expect(plural(1, 'person', 'people')).toBe('1 person');
    expect(plural(1398, 'person', 'people')).toBe('1,398 people');
    expect(initials('Marguerite van der Voss')).toBe('MV');
    expect(initials('Cher')).toBe('C');
  });
});

describe('sentences', () => {
  it('writes spans once', () => {
    expect(plain(formatSpan('2027-02-05', '2027-02-11'))).toBe('5 to 11 Feb 2027');
    expect(plain(formatSpan('2027-01-29', '2027-02-04'))).toBe('29 Jan to 4 Feb 2027');
    expect(plain(formatSpan('2026-12-29', '2027-01-04'))).toBe('29 Dec 2026 to 4 Jan 2027');
  });
  it('reads dates and binds citations', () => {
    const nb = '\u00a0';
    expect(prose('Last day 2026-11-14 (49 CFR 391.45(b)).')).toBe(
      `Last day 14${nb}Nov${nb}2026 (49${nb}CFR${nb}391.45(b)).`,
    );
    expect(prose('order 2026-99-99 of 3 cars')).toBe('order 2026-99-99 of 3 cars');
  });
});
