import { expect, test } from 'vitest';
import { payloadSchema } from '#contracts/events/catalogue';
import { demoCompany } from './company.ts';
import { demoHistory } from './history.ts';

const todayMs = Date.parse('2026-11-20T12:00:00.000Z');
const company = demoCompany(3, 60, todayMs);

test('every past event is one that its module knows, with a payload that fits', () => {
  for (const person of company.people) {
    for (const event of demoHistory(3, company, person, todayMs)) {
      const schema = payloadSchema(event.module, event.type);
      const name = `${event.module}.${event.type}`;
      expect(schema, name).toBeDefined();
      expect(schema?.safeParse(event.payload).error?.issues, name).toBeUndefined();
      expect(event.atMs).toBeLessThanOrEqual(todayMs);
    }
  }
});

test('the same seed tells the same past', () => {
  const again = demoCompany(3, 60, todayMs);
  expect(again).toEqual(company);
  const [first] = company.people;
  if (!first) throw new Error('the company is empty');
  expect(demoHistory(3, again, first, todayMs)).toEqual(demoHistory(3, company, first, todayMs));
});
