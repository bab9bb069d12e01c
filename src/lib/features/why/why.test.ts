import { expect, test } from 'vitest';
import { laneOf, laneWords } from './lane.ts';
import { factWords, lawHref, readable, splitVerdict } from './why-words.ts';

const plain = (text: string) => text.replaceAll('\u00A0', ' ');

test('the verdict is the first sentence; a citation does not end it', () => {
  expect(
    splitVerdict('Certificate ended on 17 Nov (49 CFR 391.45(b)). Book the exam or remove from duty.'),
  ).toEqual({
    so: 'Certificate ended on 17 Nov (49 CFR 391.45(b)).',
    act: 'Book the exam or remove from duty.',
  });
  expect(splitVerdict('All is known.')).toEqual({ so: 'All is known.', act: '' });
});

test('dates in the words of rules read as dates', () => {
  expect(plain(readable('last day 2026-11-10 (49 CFR 40.1).'))).toBe('last day 10 Nov 2026 (49 CFR 40.1).');
  expect(plain(readable('reported 2026-06-23 12:11, open'))).toBe('reported 23 Jun 2026, 12:11, open');
  expect(factWords('crane_operator')).toBe('crane operator');
  expect(factWords('HP-00211')).toBe('HP-00211');
});

test('a citation leads to the text in force', () => {
  expect(lawHref('49 CFR 391.45(b)')).toBe('https://www.ecfr.gov/current/title-49/section-391.45');
  expect(lawHref('29 CFR 1910')).toBe('https://www.ecfr.gov/current/title-29/part-1910');
  expect(lawHref('15 USC 1681b(b)(3)')).toContain('title15-section1681b');
  expect(lawHref('Company policy 4')).toBeNull();
});

test('a lane is cut to its axis and says the same in words', () => {
  const now = Date.parse('2026-11-20T00:00:00Z');
  const spans = [
    { from: '2020-01-01T00:00:00Z', to: '2026-10-01T00:00:00Z', flag: 'green' as const, hold: false },
    { from: '2026-10-01T00:00:00Z', to: null, flag: 'red' as const, hold: true },
  ];
  const lane = laneOf(spans, now);
  expect(lane.segments[0]?.from).toBe(lane.from);
  expect(lane.segments[1]).toMatchObject({ to: lane.to, flag: 'red', hold: true });
  expect(laneWords(spans, 'UTC').replaceAll('\u00A0', ' ')).toBe(
    'Non-compliant, hold from 1 Oct 2026; Compliant from 1 Jan 2020.',
  );
});
