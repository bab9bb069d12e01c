import type { BackgroundInput } from '#contracts/events/background';
import type { DrugAlcoholInput } from '#contracts/events/drug-alcohol';
import type { HistoryInput, PastEvent } from './history-plan.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** A drug test from order to verified result, as a laboratory network reports it. */
function drugTest(
  input: HistoryInput,
  test: {
    ref: string;
    reason: 'pre_employment' | 'random';
    orderedMs: number;
    result: 'negative' | 'positive';
  },
): PastEvent[] {
  const { role, dice } = input;
  const descriptor = {
    dot: role.requirements.drugAlcohol?.covered ?? false,
    reason: test.reason,
    kind: 'drug' as const,
  };
  const event = (type: string, afterHours: number, payload: PastEvent['payload']): PastEvent => ({
    vendor: 'quest-esp',
    module: 'drug_alcohol',
    type,
    subjectRef: `${test.ref}/drug`,
    atMs: test.orderedMs + afterHours * hourMs,
    payload,
  });
  const ordered: DrugAlcoholInput<'test.ordered'> = { test: descriptor };
  const collected: DrugAlcoholInput<'test.collected'> = {};
  const verified: DrugAlcoholInput<'test.mro_negative'> = { channel: 'mro' };
  const wait = dice.int(2, 20);
  return [
    event('test.ordered', 0, ordered),
    event('test.notified', wait, {}),
    event('test.collected', wait + 3, collected),
    event('test.lab_received', wait + 22, {}),
    event('test.lab_reported', wait + 44, {}),
    event(test.result === 'negative' ? 'test.mro_negative' : 'test.mro_positive', wait + 52, verified),
  ];
}

export function drugAlcoholHistory(input: HistoryInput): PastEvent[] {
  const { role, person, dice, hiredMs, untilMs } = input;
  const duty = role.requirements.drugAlcohol;
  if (!duty) return [];
  const waiting = person.phase === 'applicant' && dice.chance(0.5);
  const events = waiting
    ? []
    : drugTest(input, {
        ref: `Q-${person.number}-pre`,
        reason: 'pre_employment',
        orderedMs: hiredMs - 9 * dayMs,
        result: 'negative',
      });
  if (!duty.covered || person.phase === 'applicant') return events;
  if (dice.chance(0.985)) {
    events.push({
      vendor: 'app',
      module: 'drug_alcohol',
      type: 'policy.receipt_signed',
      subjectRef: `receipt-${person.number}`,
      atMs: hiredMs + 2 * hourMs,
      payload: {},
    });
  }
  // The random pool draws half of the drivers a year (382.305(b)(2)).
  if (dice.chance(0.5)) {
    const orderedMs = untilMs - dice.int(1, 360) * dayMs;
    if (orderedMs > hiredMs) {
      const result = dice.chance(0.012) ? 'positive' : 'negative';
      events.push(...drugTest(input, { ref: `Q-${person.number}-rnd`, reason: 'random', orderedMs, result }));
    }
  }
  return events;
}

export function backgroundHistory(input: HistoryInput): PastEvent[] {
  const { role, person, dice, hiredMs } = input;
  const duty = role.requirements.background;
  if (!duty) return [];
  const applicant = person.phase === 'applicant';
  const orderedMs = hiredMs - (applicant ? -1 : 12) * dayMs;
  const event = (type: string, afterHours: number, payload: PastEvent['payload']): PastEvent => ({
    vendor: type.startsWith('disclosure') || type.startsWith('authorisation') ? 'app' : 'checkr',
    module: 'background',
    type,
    subjectRef: `CKR-${person.number}`,
    atMs: orderedMs + afterHours * hourMs,
    payload,
  });
  const disclosure: BackgroundInput<'disclosure.given'> = { standalone: true };
  const authorisation: BackgroundInput<'authorisation.given'> = { form: 'electronic' };
  const order: BackgroundInput<'order.placed'> = { package: duty.package, source: 'order' };
  const events = [
    event('disclosure.given', 0, disclosure),
    event('authorisation.given', 0.2, authorisation),
    event('order.placed', 1, order),
  ];
  if (applicant && dice.chance(0.55)) return events;
  const considered = dice.chance(applicant ? 0.2 : 0.04);
  if (!considered) return [...events, event('report.cleared', 50, { includesCanceled: false })];
  events.push(event('report.considered', 55, { includesCanceled: false }));
  if (!applicant || dice.chance(0.3)) {
    events.push(event('adjudication.approved', 100, { reason: 'Not related to the work; nine years old.' }));
  }
  return events;
}
