import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type * as z from 'zod';
import type { ComplianceEvent, EventModule } from '#contracts/compliance-event';
import { compareEvents, type Fold } from '#domain/folding';
import { someEvents, type EventTemplate } from './module-events.ts';

function shuffled(events: readonly ComplianceEvent[], keys: readonly number[]): ComplianceEvent[] {
  return events
    .map((event, index) => ({ event, key: keys[index % keys.length] ?? 0 }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ event }) => event);
}

/** Laws every module's fold obeys, whatever the events: declares the tests. */
export function testFoldLaws<R>(
  module: EventModule,
  model: Fold<R>,
  schema: z.ZodType<R>,
  templates: readonly EventTemplate[],
): void {
  const events = someEvents(module, templates);

  test('the record does not depend on the order of arrival, nor on duplicates', () => {
    const keys = fc.array(fc.nat(), { minLength: 15, maxLength: 15 });
    fc.assert(
      fc.property(events, keys, (list, order) => {
        const again = [...shuffled(list, order), ...list.slice(0, 3)];
        expect(model.fold(again)).toEqual(model.fold(list));
      }),
    );
  });

  test('every event has an outcome, the record stays valid, and what came in before is not changed', () => {
    fc.assert(
      fc.property(events, (list) => {
        let record = model.empty();
        for (const event of list.toSorted(compareEvents)) {
          const before = structuredClone(record);
          const { record: next, outcome } = model.apply(record, event);
          expect(['string', 'object']).toContain(typeof outcome);
          expect(record).toEqual(before);
          record = next;
        }
        expect(schema.safeParse(record).error).toBeUndefined();
        expect(JSON.parse(JSON.stringify(record))).toEqual(record);
      }),
    );
  });

  test('an unknown type and an unreadable payload become open reviews', () => {
    const [template] = templates;
    if (!template) throw new Error('templates are needed');
    const made = fc.sample(
      events.filter((list) => list.length > 0),
      1,
    )[0]?.[0];
    if (!made) throw new Error('no event was drawn');
    const strange = model.fold([{ ...made, type: 'weather.changed', payload: {} }]);
    expect(strange).toMatchObject({ reviews: [{ reason: 'unknown event type weather.changed' }] });
    const broken = {
      ...made,
      type: template.type,
      payload: { documentKind: 7, item: 7, program: 7, zone: 7 },
    };
    expect(model.fold([broken])).toMatchObject({ reviews: [{ type: template.type }] });
    const settled: ComplianceEvent = {
      ...broken,
      id: `evt_${'7'.repeat(26)}` as ComplianceEvent['id'],
      type: 'human_review.resolved',
      version: 9,
    };
    expect(model.fold([broken, settled])).toMatchObject({ reviews: [] });
  });
}
