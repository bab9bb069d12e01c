import { expect, test } from 'vitest';
import { addYears, retentionDuties, runningDuties } from './retention.ts';

const left = (held: Parameters<typeof retentionDuties>[0]['held']) =>
  retentionDuties({ leftOn: '2020-06-30', employed: false, held });

test('whoever works here is kept, and nothing is told of what is ordered', () => {
  const held = [{ module: 'drug_alcohol' as const, last: [{ type: 'test.ordered', on: '2026-11-20' }] }];
  const duties = retentionDuties({ leftOn: null, employed: true, held });
  expect(duties).toMatchObject([{ until: null }]);
  expect(duties).toEqual(retentionDuties({ leftOn: null, employed: true, held: [] }));
  expect(runningDuties(duties, '2099-01-01')).toHaveLength(1);
});

test('a driver’s file is kept three years after leaving, a refused test five from its day', () => {
  const duties = left([
    { module: 'dot', last: [{ type: 'licence.reported', on: '2020-01-01' }] },
    {
      module: 'drug_alcohol',
      last: [
        { type: 'test.mro_negative', on: '2020-03-01' },
        { type: 'test.der_refusal', on: '2019-03-01' },
      ],
    },
  ]);
  expect(duties.map(({ citation, until }) => [citation, until])).toEqual([
    ['49 CFR 382.401(b)(3)', '2021-03-01'],
    ['29 CFR 1602.14', '2021-06-30'],
    ['49 CFR 391.51(c)', '2023-06-30'],
    ['49 CFR 382.401(b)(1)', '2024-03-01'],
  ]);
  expect(runningDuties(duties, '2024-02-29').map(({ citation }) => citation)).toEqual([
    '49 CFR 382.401(b)(1)',
  ]);
  expect(runningDuties(duties, '2024-03-01')).toEqual([]);
});

test('medical records are kept thirty years after leaving, an injury five after its year', () => {
  const duties = left([{ module: 'health', last: [{ type: 'case.logged', on: '2018-02-03' }] }]);
  expect(duties.map(({ until }) => until)).toEqual(['2021-06-30', '2023-12-31', '2050-06-30']);
});

test('an unknown word of a test counts as the longest', () => {
  const [, duty] = left([
    { module: 'drug_alcohol', last: [{ type: 'test.something_new', on: '2022-01-01' }] },
  ]);
  expect(duty).toMatchObject({ until: '2027-01-01' });
});

test('29 February', () => {
  expect([addYears('2024-02-29', 1), addYears('2024-02-29', 4)]).toEqual(['2025-03-01', '2028-02-29']);
});
