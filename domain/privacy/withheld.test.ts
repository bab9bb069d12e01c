import { expect, test } from 'vitest';
import { withoutWithheld } from './withheld.ts';

const event = (type: string, subject: string, payload: object, rawRef = `raw.x/0/${subject}`) => ({
  module: 'drug_alcohol',
  type,
  subject_ref: subject,
  payload,
  raw_ref: rawRef,
});
const random = { test: { reason: 'random' } };
const part = (source: string, rows: readonly Record<string, unknown>[]) => ({ source, classes: {}, rows });

const untold = event('test.ordered', 'untold', random);
const told = [event('test.ordered', 'told', random), event('test.notified', 'told', {})];
const plan = event('sap.complied', 'sap', {});
const laboratory = event('test.lab_reported', 'told', {});
const unverified = event('test.mro_positive', 'told', { channel: 'lab' });
const verified = event('test.mro_negative', 'told', { channel: 'mro' });

test('what the law keeps from the person is not in their copy', () => {
  const { parts, rawRefs } = withoutWithheld([
    part('compliance_events', [untold, ...told, plan, laboratory, unverified, verified]),
    part('records', [{ module: 'drug_alcohol' }, { module: 'dot' }]),
    part('flags', [{ module: 'drug_alcohol', decision: {}, der_decision: { secret: true } }]),
    part('flag_history', [{ audience: 'der' }, { audience: 'others' }]),
    part('alerts', [
      { module: 'drug_alcohol', status: 'open' },
      { module: 'dot', status: 'open' },
    ]),
    part('review_items', [{ ...untold, event_type: 'test.ordered' }]),
  ]);
  const [events, records, flags, history, alerts, reviews] = parts.map(({ rows }) => rows);
  expect(events).toEqual([...told, verified]);
  expect(records).toEqual([{ module: 'dot' }]);
  expect(flags).toEqual([{ module: 'drug_alcohol', decision: {} }]);
  expect(history).toEqual([{ audience: 'others' }]);
  expect(alerts).toEqual([{ module: 'dot', status: 'open' }]);
  expect(reviews).toEqual([]);
  expect(rawRefs.has('raw.x/0/untold')).toBe(true);
});

const copy = (rows: readonly Record<string, unknown>[]) =>
  withoutWithheld([
    part('compliance_events', rows),
    part('records', [{ module: 'drug_alcohol', n: rows.length }]),
  ]).parts;

test('an untold test changes nothing that the copy shows', () => {
  expect(copy([...told, untold])).toEqual(copy(told));
});
