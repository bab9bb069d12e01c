import { describe, expect, it } from 'vitest';
import { chunksOf } from './chunks.ts';
import { mentionsIn, paragraphText, parseCitation, within } from './citation.ts';
import { paragraphsOf } from './paragraphs.ts';

const places = (text: string) => paragraphsOf(text).map(({ labels }) => paragraphText(labels));

describe('paragraphsOf', () => {
  it('follows the levels of the CFR', () => {
    const text = '(a) One.\n(b)\n(1) Two.\n(i) Three.\n(ii) Four.\n(A) Five.\n(2) Six.\n(c) Seven.';
    expect(places(text)).toEqual([
      '(a)',
      '(b)(1)',
      '(b)(1)(i)',
      '(b)(1)(ii)',
      '(b)(1)(ii)(A)',
      '(b)(2)',
      '(c)',
    ]);
  });
  it('follows the levels of the Code', () => {
    expect(
      places('(a)\nHeading\n(1)\nText\n(A)\nMore\n(i)\nDeep\n(I)\nDeeper\n(B)\nNext\n(b)\nLast'),
    ).toEqual(['(a)', '(a)(1)', '(a)(1)(A)', '(a)(1)(A)(i)', '(a)(1)(A)(i)(I)', '(a)(1)(B)', '(b)']);
  });
  it('takes i after h for a letter, and after 1 for a number', () => {
    expect(places('(g) G.\n(h) H.\n(i) I.\n(j) J.')).toEqual(['(g)', '(h)', '(i)', '(j)']);
    expect(places('(h) H.\n(1) One.\n(i) Roman.\n(ii) Two.')).toEqual([
      '(h)',
      '(h)(1)',
      '(h)(1)(i)',
      '(h)(1)(ii)',
    ]);
  });
  it('finds a label behind a heading on the same line', () => {
    expect(places('(a) General. (1) First.\n(2) Second.\n(b) Implementation —(1) How?')).toEqual([
      '(a)',
      '(a)(1)',
      '(a)(2)',
      '(b)',
      '(b)(1)',
    ]);
  });
  it('reads whole places on lines of their own', () => {
    expect(places('1910.38(c)\nElements:\n1910.38(c)(1)\nProcedures;\n1910.38(d)\nAlarm.')).toEqual([
      '(c)',
      '(c)(1)',
      '(d)',
    ]);
  });
  it('jumps over paragraphs that are gone', () => {
    expect(places('(a) A.\n(d) D.\n(1) One.\n(4) Four.')).toEqual(['(a)', '(d)', '(d)(1)', '(d)(4)']);
  });
  it('keeps text before the first label', () => {
    expect(paragraphsOf('Term. What it means.\n(a) A.')).toEqual([
      { labels: [], text: 'Term. What it means.' },
      { labels: ['a'], text: 'A.' },
    ]);
  });
});

const long = (word: string, times: number) => `${word} `.repeat(times).trim();

describe('chunksOf', () => {
  it('keeps short outermost paragraphs together and long ones apart', () => {
    const text = `(a) ${long('alpha', 10)}\n(b) ${long('beta', 10)}\n(c) ${long('gamma', 150)}\n(d) ${long('delta', 120)}`;
    expect(chunksOf(paragraphsOf(text)).map((chunk) => chunk.places)).toEqual([
      ['(a)', '(b)'],
      ['(c)'],
      ['(d)'],
    ]);
  });
  it('carries the openings of what stands above', () => {
    const text = `(a) Tests of drivers. ${long('word', 200)}\n(1) ${long('one', 200)}\n(2) ${long('two', 200)}`;
    const last = chunksOf(paragraphsOf(text)).at(-1);
    expect([last?.places, last?.above.slice(0, 17)]).toEqual([['(a)(2)'], 'Tests of drivers.']);
  });
  it('cuts what is too long at its sentences, and loses no word', () => {
    const text = `(a) ${Array.from({ length: 60 }, (_, at) => `Sentence number ${at} says something more.`).join(' ')}`;
    const chunks = chunksOf(paragraphsOf(text));
    expect(chunks.length).toBeGreaterThan(2);
    expect(Math.max(...chunks.map((chunk) => chunk.text.length))).toBeLessThan(1000);
    for (let at = 0; at < 60; at += 1)
      expect(chunks.some((chunk) => chunk.text.includes(`number ${at} says`))).toBe(true);
  });
});

describe('citations', () => {
  it.each([
    ['49 CFR 382.305(b)(1)', '49 CFR 382.305', ['b', '1']],
    ['49 CFR § 382.305', '49 CFR 382.305', []],
    ['15 USC 1681b(b)(3)', '15 U.S.C. 1681b', ['b', '3']],
    ['49 CFR Appendix A to Part 40', '49 CFR Appendix A to Part 40', []],
  ])('%s', (text, section, paragraph) => expect(parseCitation(text)).toEqual({ section, paragraph }));

  it('knows what lies within what', () => {
    const inner = parseCitation('49 CFR 382.305(b)(1)');
    expect(within(inner, parseCitation('49 CFR 382.305(b)'))).toBe(true);
    expect(within(inner, parseCitation('49 CFR 382.305(c)'))).toBe(false);
    expect(within(inner, parseCitation('49 CFR 382.30'))).toBe(false);
  });
  it('hears sections in a question', () => {
    expect(mentionsIn('what does 49 CFR 382.305(b) say, and § 40.25?')).toEqual([
      { title: '49', number: '382.305', paragraph: ['b'] },
      { title: null, number: '40.25', paragraph: [] },
    ]);
    expect(mentionsIn('is 0.04 enough to fail')).toEqual([]);
  });
});
