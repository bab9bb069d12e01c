import { describe, expect, it } from 'vitest';
import { conditionWords, exprWords } from './words.ts';

const titles: Record<string, string> = {
  dotClass: 'Driver class',
  ends: 'Medical certificate: last good day',
  warnDays: 'Warn',
};
const titleOf = (name: string) => titles[name] ?? name;

describe('exprWords', () => {
  it.each([
    [{ in: [{ var: 'dotClass' }, ['CI', 'NI', 'ME']] }, 'Driver class is CI, NI or ME'],
    [{ '!': { in: [{ var: 'dotClass' }, ['FD']] } }, 'Driver class is not FD'],
    [{ '==': [{ var: 'ends' }, null] }, 'Medical certificate: last good day is not known'],
    [{ '==': [{ var: 'covered' }, false] }, 'covered is no'],
    [{ and: [{ var: 'a' }, { or: [{ var: 'b' }, { '!': { var: 'c' } }] }] }, 'a and (b or not c)'],
    [{ '>=': [{ var: 'days' }, { param: 'warnDays' }] }, 'days is at least Warn'],
    [true, 'always'],
  ] as const)('%j', (expr, words) => expect(exprWords(expr, titleOf)).toBe(words));
});

describe('conditionWords', () => {
  it('says a deadline with its marks, the first as the company chose it', () => {
    const rule = {
      parameters: { warnDays: { value: 90, basis: 'policy' as const, unit: 'days' } },
      condition: {
        deadline: {
          due: 'ends',
          marksDays: [60, 30],
          markParameter: 'warnDays',
          before: { flag: 'yellow' as const, hold: false },
          after: { flag: 'red' as const, hold: true },
        },
      },
    };
    expect(conditionWords(rule, titleOf)).toEqual({
      when: 'Medical certificate: last good day',
      gives: 'Due / review from 90, 60, 30 days before; Non-compliant, hold after',
    });
  });
  it('says the row "else"', () => {
    const rule = { parameters: {}, condition: { otherwise: { flag: 'green' as const, hold: false } } };
    expect(conditionWords(rule, titleOf)).toEqual({ when: 'Nothing graver matched', gives: 'Compliant' });
  });
});
