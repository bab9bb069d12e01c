import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shareOut } from './share-out.ts';

const idOf = ({ topic, partition }: { topic: string; partition: number }) => `${topic}/${partition}`;

describe('shareOut', () => {
  it('gives partitions of one number to one member, whatever the topic', () => {
    const topics = new Set(['a', 'b']);
    const shares = shareOut(
      [
        { memberId: 'two', topics },
        { memberId: 'one', topics },
      ],
      () => 3,
    );
    expect(shares.get('one')?.map(idOf)).toEqual(['a/0', 'a/2', 'b/0', 'b/2']);
    expect(shares.get('two')?.map(idOf)).toEqual(['a/1', 'b/1']);
  });

  it('gives each partition to exactly one of those who subscribe to its topic', () => {
    const members = fc.uniqueArray(
      fc.record({
        memberId: fc.string({ minLength: 1 }),
        topics: fc.uniqueArray(fc.constantFrom('a', 'b', 'c')),
      }),
      { selector: ({ memberId }) => memberId, minLength: 1, maxLength: 8 },
    );
    const counts = new Map<string, number>(Object.entries({ a: 1, b: 5, c: 12 }));
    fc.assert(
      fc.property(members, (wanted) => {
        const subscribers = wanted.map(({ memberId, topics }) => ({
          memberId,
          topics: new Set<string>(topics),
        }));
        const shares = shareOut(subscribers, (topic) => counts.get(topic) ?? 0);
        const given = [...shares.values()].flat().map(idOf);
        const subscribed = new Set<string>(wanted.flatMap(({ topics }) => topics));
        const all = [...subscribed].flatMap((topic) =>
          Array.from({ length: counts.get(topic) ?? 0 }, (_, partition) => idOf({ topic, partition })),
        );
        expect(given.toSorted()).toEqual(all.toSorted());
        for (const { memberId, topics } of subscribers) {
          expect(shares.get(memberId)?.every(({ topic }) => topics.has(topic))).toBe(true);
        }
      }),
    );
  });
});
