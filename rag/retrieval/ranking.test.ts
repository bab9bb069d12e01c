import { describe, expect, it } from 'vitest';
import { answerable } from './answerable.ts';
import { fuse } from './fuse.ts';
import { scoreLexical, type Lexical } from './lexical.ts';
import { bestParagraph } from './quote.ts';
import { standing } from './standing.ts';
import { createThesaurus } from './thesaurus.ts';

const chunk = (section: number, ordinal = 0) => section * 4096 + ordinal;
const question = { text: 'q', weight: 1, spread: 0 };

describe('scoreLexical', () => {
  it('is the sum of rarity times impact', () => {
    const postings = [
      { clause: 0, lexeme: 'drug', chunks: `{${chunk(1)},${chunk(2)}}`, impacts: '{1000,500}' },
      { clause: 0, lexeme: 'test', chunks: `{${chunk(2)}}`, impacts: '{2000}' },
    ];
    const { sections, most, unknown } = scoreLexical([question], postings, 10);
    const [drug, test] = [Math.log(1 + 8.5 / 2.5), Math.log(1 + 9.5 / 1.5)];
    expect(sections.get(1)).toEqual({ chunk: chunk(1), score: drug });
    expect(sections.get(2)?.score).toBeCloseTo(drug / 2 + 2 * test);
    expect([most, unknown]).toEqual([drug + test, 0]);
  });
  it('takes the best chunk of a section', () => {
    const postings = [
      { clause: 0, lexeme: 'a', chunks: `{${chunk(1, 0)},${chunk(1, 7)}}`, impacts: '{100,900}' },
    ];
    expect(scoreLexical([question], postings, 10).sections.get(1)?.chunk).toBe(chunk(1, 7));
  });
  it('counts a word that several clauses ask for once, at its highest weight', () => {
    const means = { text: 'm', weight: 0.5, spread: 0 };
    const posting = { lexeme: 'a', chunks: `{${chunk(1)}}`, impacts: '{1000}' };
    const once = scoreLexical([question], [{ clause: 0, ...posting }], 10);
    const twice = scoreLexical(
      [question, means],
      [
        { clause: 0, ...posting },
        { clause: 1, ...posting },
      ],
      10,
    );
    expect(twice.sections.get(1)?.score).toBe(once.sections.get(1)?.score);
  });
  it('adds the shelves of one lexeme', () => {
    const postings = [
      { clause: 0, lexeme: 'a', chunks: `{${chunk(1)}}`, impacts: '{1000}' },
      { clause: 0, lexeme: 'a', chunks: `{${chunk(9)}}`, impacts: '{1000}' },
    ];
    expect([...scoreLexical([question], postings, 10).sections.keys()]).toEqual([1, 9]);
  });
  it('tells what stands nowhere', () => {
    const { sections, unknown } = scoreLexical(
      [question],
      [{ clause: 0, lexeme: 'x', chunks: null, impacts: null }],
      10,
    );
    expect([sections.size, unknown > 0]).toEqual([0, true]);
  });
});

const lexical = (scores: Record<number, number>): Lexical => ({
  sections: new Map(
    Object.entries(scores).map(([id, score]) => [Number(id), { chunk: chunk(Number(id)), score }]),
  ),
  most: 10,
  unknown: 0,
  worth: new Map(),
});

describe('fuse', () => {
  it('lets meaning settle ties and bring in what has none of the words', () => {
    const near = [
      { chunk: chunk(2), nearness: 0.9 },
      { chunk: chunk(3), nearness: 0.8 },
      { chunk: chunk(4), nearness: 0.5 },
    ];
    const order = fuse(lexical({ 1: 5, 2: 5 }), near, 0.2).map(({ section }) => section);
    expect(order).toEqual([2, 1, 3, 4]);
  });
  it('works on words alone and on meaning alone', () => {
    expect(fuse(lexical({ 1: 2, 2: 4 }), [], 0.2).map(({ section }) => section)).toEqual([2, 1]);
    expect(
      fuse(lexical({}), [{ chunk: chunk(7), nearness: 0.3 }], 0.2).map(({ section }) => section),
    ).toEqual([7]);
  });
});

describe('the thesaurus', () => {
  const thesaurus = createThesaurus(
    [
      { says: ['pee'], means: 'urine specimen' },
      { says: ['blood test'], means: 'biological monitoring' },
      { says: ['blood'], means: 'bloodborne pathogens', weight: 0.5 },
    ],
    [{ field: 'taxes', says: ['tax'] }],
  );
  const means = (text: string) =>
    thesaurus
      .expand(text)
      .slice(1)
      .map(({ text: each }) => each);

  it('gives the field’s words for what is said, whole words only', () => {
    expect(means('Who watches the PEE?')).toEqual(['urine specimen']);
    expect(means('a peephole')).toEqual([]);
  });
  it('prefers the longer phrase', () => {
    expect(means('is a blood test due')).toEqual(['biological monitoring']);
    expect(means('blood and pee')).toEqual(['urine specimen', 'bloodborne pathogens']);
  });
  it('knows what lies elsewhere', () => {
    expect(thesaurus.outside('Which tax is due?')).toBe('taxes');
    expect(thesaurus.outside('A taxi driver')).toBeNull();
  });
});

describe('answerable', () => {
  const signs = {
    lexical: lexical({}),
    near: [{ chunk: 1, nearness: 0.8 }],
    bestWords: 8,
    terms: 2,
    outside: false,
    named: false,
    found: true,
  };
  it('follows its signs', () => {
    expect(answerable(signs).answerable).toBe(true);
    expect(answerable({ ...signs, found: false })).toEqual({ answerable: false, confidence: 0 });
    expect(answerable({ ...signs, outside: true }).confidence).toBeLessThan(answerable(signs).confidence);
    expect(answerable({ ...signs, terms: 0, bestWords: 2 }).answerable).toBe(false);
    expect(answerable({ ...signs, outside: true, named: true }).answerable).toBe(true);
  });
});

describe('what is quoted', () => {
  it('is the paragraph that holds most of the question', () => {
    const found = bestParagraph(
      {
        text: '(1) Alcohol is tested.\n\n(2) Controlled substances are tested at 50 percent.',
        places: ['(b)(1)', '(b)(2)'],
      },
      new Map([
        ['substanc', 2],
        ['alcohol', 1],
      ]),
    );
    expect(found.place).toBe('(b)(2)');
  });
  it('and a section of definitions stands back unless it is asked for', () => {
    const definitions = { citation: '49 CFR 40.3', title: 'What do the terms used in this part mean?' };
    expect(standing(definitions, 'how fast must he go')).toBeLessThan(1);
    expect(standing(definitions, 'what is a collector')).toBe(1);
  });
});
