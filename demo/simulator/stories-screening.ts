import { requirementsOf, secondMs, type Story, type Told } from './story.ts';
import { checkrReport, questStep, standardEvent, tazworksPostback } from './vendors.ts';

/** A random test, from order to the MRO's word; steps skip, repeat and arrive out of order as they do in life. */
export const randomTest: Story = (input) => {
  const { dice, person, key } = input;
  const duty = requirementsOf(input).drugAlcohol;
  if (!duty) return [];
  const orderId = `Q${key}`;
  const result = dice.weighted([
    ['Negative', 93],
    ['Positive', 0.4],
    ['Positive Dilute', 0.1],
    ['Cancelled', 1.5],
    ['Donor Refused', 0.3],
    ['No Show Expired', 0.3],
    ['Invalid Result', 1],
    ['REVIEW HOLD', 1.5],
  ] as const);
  const gap = () => dice.int(2, 12) * secondMs;
  const steps: Told[] = [
    {
      afterMs: 0,
      make: (atMs) =>
        standardEvent(
          person,
          {
            id: `order-${key}`,
            module: 'drug_alcohol',
            type: 'test.ordered',
            subjectRef: `quest:${orderId}/drug`,
            payload: { test: { dot: duty.covered, reason: 'random', kind: 'drug' } },
          },
          atMs,
        ),
    },
  ];
  let afterMs = gap();
  for (const word of ['COLLECTED', 'ATLAB', 'PENDINGMRO']) {
    if (dice.chance(0.12)) continue;
    steps.push({
      afterMs,
      make: (atMs) => questStep(person, { orderId, kind: 'OrderStatus', word, screen: 'drug' }, atMs),
    });
    afterMs += gap();
  }
  // A word that decides nothing is followed by one that does, as after a telephone call.
  const words = ['Invalid Result', 'REVIEW HOLD'].includes(result) ? [result, 'Negative'] : [result];
  for (const word of words) {
    const dueMs = afterMs;
    steps.push({
      afterMs: dueMs,
      make: (atMs) => questStep(person, { orderId, kind: 'OrderResult', word, screen: 'drug' }, atMs),
    });
    afterMs += dice.int(40, 120) * secondMs;
  }
  return steps;
};

/** Checkr's running check finds something, or finds nothing; a found thing is mostly adjudicated a little later. */
export const runningCheck: Story = (input) => {
  const { dice, person, key } = input;
  const report = (status: string, result: string | null, adjudication: string | null = null) => ({
    id: `rep${key}`,
    status,
    result,
    adjudication,
  });
  const ending = dice.weighted([
    ['clear', 78],
    ['consider', 14],
    ['unknown', 3],
    ['suspended', 5],
  ] as const);
  const told: Told[] = [
    {
      afterMs: 0,
      make: (atMs) => checkrReport(person, 'report.created', `ce1${key}`, report('pending', null), atMs),
    },
  ];
  const at = dice.int(3, 15) * secondMs;
  const finish = (afterMs: number, result: string, part = '') => ({
    afterMs,
    make: (atMs: number) =>
      checkrReport(person, 'report.completed', `ce2${part}${key}`, report('complete', result), atMs),
  });
  if (ending === 'clear') told.push(finish(at, 'clear'));
  if (ending === 'unknown') {
    told.push(finish(at, 'partially_clear'));
    told.push(finish(at + dice.int(40, 120) * secondMs, 'clear', 'b'));
  }
  if (ending === 'suspended') {
    told.push({
      afterMs: at,
      make: (atMs) => checkrReport(person, 'report.suspended', `ce3${key}`, report('suspended', null), atMs),
    });
    told.push(finish(at * 3, 'clear'));
  }
  if (ending === 'consider') {
    told.push(finish(at, 'consider'));
    told.push({
      afterMs: at + dice.int(20, 90) * secondMs,
      make: (atMs) =>
        checkrReport(person, 'report.engaged', `ce4${key}`, report('complete', 'consider', 'engaged'), atMs),
    });
  }
  return told;
};

/** The older interface of TazWorks: pending, then ready; the flag tells whether a search found something. */
export const olderBackground: Story = (input) => {
  const { dice, person, key } = input;
  const orderId = `${dice.int(1_000_000, 9_999_999)}${key.slice(-3)}`;
  const flagged = dice.chance(0.1);
  const status = dice.chance(0.03) ? 'x:awaiting-court' : 'x:ready';
  const readyMs = dice.int(4, 20) * secondMs;
  const settled = !flagged && status === 'x:ready';
  return [
    { afterMs: 0, make: () => tazworksPostback(person, orderId, 'x:pending', false) },
    { afterMs: readyMs, make: () => tazworksPostback(person, orderId, status, flagged) },
    ...(settled
      ? []
      : [
          {
            afterMs: readyMs + dice.int(40, 120) * secondMs,
            make: () => tazworksPostback(person, orderId, 'x:ready', false),
          },
        ]),
  ];
};
