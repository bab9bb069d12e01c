import { inModule, typed, type Happening } from './happening.ts';

const verified = ['test.mro_negative', 'test.mro_positive', 'test.mro_refusal'] as const;
const orders = "e.type = 'test.ordered'";

/** A test counts once, by the event that settles or orders it. */
export const tests: readonly Happening[] = [
  {
    words: 'positive tests',
    module: 'drug_alcohol',
    where: typed('drug_alcohol', 'test.mro_positive'),
    says: [
      'positive',
      'positives',
      'positive test',
      'positive tests',
      'positive drug test',
      'positive drug tests',
      'drug positives',
      'tested positive',
      'failed drug tests',
      'failed a drug test',
    ],
  },
  {
    words: 'negative tests',
    module: 'drug_alcohol',
    where: typed('drug_alcohol', 'test.mro_negative'),
    says: ['negative tests', 'negative test', 'negatives', 'negative drug tests', 'tested negative'],
  },
  {
    words: 'refusals to test',
    module: 'drug_alcohol',
    where: typed('drug_alcohol', 'test.mro_refusal', 'test.der_refusal', 'test.refusal_reported'),
    says: [
      'refusal',
      'refusals',
      'refused',
      'test refusals',
      'refusals to test',
      'refused a test',
      'refused to test',
      'refused a drug test',
    ],
  },
  {
    words: 'no-shows',
    module: 'drug_alcohol',
    where: typed('drug_alcohol', 'test.no_show'),
    says: ['no-show', 'no-shows', 'no shows', 'did not show up', 'missed a test', 'missed tests'],
  },
  {
    words: 'collections',
    module: 'drug_alcohol',
    where: typed('drug_alcohol', 'test.collected'),
    says: [
      'collections',
      'collected',
      'specimens',
      'specimens collected',
      'samples',
      'samples collected',
      'tests collected',
    ],
  },
  ...['random', 'post_accident', 'pre_employment', 'reasonable_suspicion', 'return_to_duty', 'follow_up'].map(
    (reason): Happening => {
      const name = reason.replaceAll('_', '-');
      const spaced = reason.replaceAll('_', ' ');
      const ends = [
        ' test',
        ' tests',
        ' drug test',
        ' drug tests',
        ' tests ordered',
        ' drug tests ordered',
        ' orders',
      ];
      return {
        words: `${name} tests ordered`,
        module: 'drug_alcohol',
        where: inModule('drug_alcohol', `${orders} AND e.test_reason = '${reason}'`),
        says: [...new Set([name, spaced])]
          .flatMap((start) => ends.map((end) => `${start}${end}`))
          .concat(reason === 'random' ? ['randoms', 'random testing'] : []),
      };
    },
  ),
  {
    words: 'alcohol tests ordered',
    module: 'drug_alcohol',
    where: inModule('drug_alcohol', `${orders} AND e.test_kind = 'alcohol'`),
    says: ['alcohol test', 'alcohol tests', 'breath tests', 'alcohol tests ordered'],
  },
  {
    words: 'tests ordered',
    module: 'drug_alcohol',
    where: inModule('drug_alcohol', orders),
    says: ['tests ordered', 'drug tests ordered', 'test orders', 'ordered tests'],
  },
  {
    words: 'verified drug tests',
    module: 'drug_alcohol',
    where: typed('drug_alcohol', ...verified),
    says: [
      'drug test',
      'drug tests',
      'verified drug tests',
      'verified tests',
      'test results',
      'drug test results',
      'drug screens',
      'drug tested',
    ],
  },
];
