import { describe, expect, test } from 'vitest';
import { cellText, columnKind, possibleCharts, suggestChart, toNumber } from './chart-choice.ts';
import { chartOption } from './chart-option.ts';

const look = { text: '#000', line: '#ccc', palette: ['#00f'], named: { x: '#f00' }, font: 'sans' };
const columns = (...types: string[]) => types.map((type, at) => ({ name: `c${at}`, type }));

describe('the kind of a column', () => {
  test.each([
    ["Nullable(DateTime64(3, 'UTC'))", 'time'],
    ['Date', 'time'],
    ['UInt64', 'number'],
    ['Nullable(Decimal(10, 2))', 'number'],
    ['LowCardinality(String)', 'word'],
    ["Enum8('a' = 1)", 'word'],
    ['Array(String)', 'other'],
  ])('%s is %s', (type, kind) => expect(columnKind(type)).toBe(kind));
});

describe('the chart that is offered first', () => {
  const rows = [
    ['a', '1', 'x'],
    ['b', '2', 'y'],
  ];
  test.each([
    ['one number', columns('UInt64'), [['5']], 'value'],
    ['time and number', columns('Date', 'UInt64'), rows, 'line'],
    ['word and number', columns('String', 'UInt64'), rows, 'bar'],
    ['two words and a number', columns('String', 'UInt64', 'String'), rows, 'stacked'],
    ['two numbers', columns('Float64', 'UInt64'), rows, 'scatter'],
    ['words alone', columns('String', 'String'), rows, 'table'],
    ['no rows', columns('Date', 'UInt64'), [], 'table'],
  ])('%s', (_what, ofColumns, ofRows, kind) => {
    const answer = { columns: ofColumns, rows: ofRows };
    expect(suggestChart(answer).kind).toBe(kind);
    expect(possibleCharts(answer)).toContain(kind);
  });
});

test('long integers and decimals are numbers although they come as texts', () => {
  expect([toNumber('12'), toNumber('1.5'), toNumber(''), toNumber('x'), toNumber(null)]).toEqual([
    12,
    1.5,
    null,
    null,
    null,
  ]);
  expect([cellText(null), cellText(['a']), cellText(false)]).toEqual(['–', '["a"]', 'false']);
});

test('several rows at one place are added up, series apart; bars begin at zero', () => {
  const answer = {
    columns: columns('String', 'UInt64', 'String'),
    rows: [
      ['a', '1', 'x'],
      ['a', '2', 'x'],
      ['b', '4', 'y'],
    ],
  };
  const option = chartOption(answer, { kind: 'stacked', x: 0, y: 1, series: 2 }, look);
  expect(option).toMatchObject({
    xAxis: { data: ['a', 'b'] },
    series: [
      { name: 'x', data: [3, null], stack: 'all', color: '#f00' },
      { name: 'y', data: [null, 4], stack: 'all' },
    ],
  });
  const { yAxis } = option as { yAxis: { min: (span: { min: number }) => number } };
  expect([yAxis.min({ min: 5 }), yAxis.min({ min: -2 })]).toEqual([0, -2]);
});
