import { expect, test } from 'vitest';
import { complianceEventSchema } from '../compliance-event.ts';
import { eventCatalogue, payloadSchema } from './catalogue.ts';

const typePattern = complianceEventSchema.shape.type;

test('every event type of every module has a name that the envelope accepts', () => {
  const names = Object.values(eventCatalogue).flatMap((types) => Object.keys(types));
  expect(names.length).toBeGreaterThan(60);
  expect(names.filter((name) => !typePattern.safeParse(name).success)).toEqual([]);
});

test('an unknown type, and a name every object inherits, have no schema', () => {
  expect(payloadSchema('dot', 'query.teleported')).toBeUndefined();
  expect(payloadSchema('dot', 'constructor')).toBeUndefined();
  expect(payloadSchema('dot', 'query.submitted')).toBeDefined();
});

test('every compliance module takes the settling of a review, people do not', () => {
  expect(payloadSchema('training', 'human_review.resolved')?.safeParse({ note: 'checked' }).success).toBe(
    true,
  );
  expect(payloadSchema('people', 'human_review.resolved')).toBeUndefined();
});

test('a payload outside the schema is refused', () => {
  const schema = payloadSchema('health', 'blood_lead.recorded');
  const good = { sampledOn: '2026-02-10', receivedOn: '2026-02-12', ugPerDl: 52, kind: 'periodic' };
  expect(schema?.safeParse(good).success).toBe(true);
  expect(schema?.safeParse({ ...good, ugPerDl: -1 }).success).toBe(false);
  expect(schema?.safeParse({ ...good, sampledOn: '02/10/2026' }).success).toBe(false);
});
