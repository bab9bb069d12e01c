import { expect, it } from 'vitest';
import { markMatch } from './match.ts';

it('marks the first hit and keeps the case of the label', () => {
  expect(markMatch('Wendell Achterberg', ' ACHTER ')).toEqual({
    before: 'Wendell ',
    hit: 'Achter',
    after: 'berg',
  });
});
it('leaves a label whole when nothing is searched or found', () => {
  expect(markMatch('Rules', '  ')).toEqual({ before: 'Rules', hit: '', after: '' });
  expect(markMatch('Rules', 'x')).toEqual({ before: 'Rules', hit: '', after: '' });
});
