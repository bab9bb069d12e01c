import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createTeller } from '../../tests/support/rule-examples.ts';
import type { DrugAlcoholEventType, DrugAlcoholInput } from '#contracts/events/drug-alcohol';
import { drawRandom, fold, misDueOn, randomTile, verifyDraw } from './index.ts';

type Inputs = { [T in DrugAlcoholEventType]: DrugAlcoholInput<T> };
const tell = createTeller<Inputs>('drug_alcohol');

function testsOn(days: string[], cancelled: boolean) {
  return days.flatMap((day, index) => {
    const about = {
      test: { dot: true, reason: 'random' as const, kind: 'drug' as const },
      channel: 'mro' as const,
    };
    const result = cancelled
      ? tell(
          'test.mro_cancelled',
          `${day} 12:00`,
          { ...about, cause: 'fatal_flaw' },
          { subject: `${day}${index}` },
        )
      : tell('test.mro_negative', `${day} 12:00`, about, { subject: `${day}${index}` });
    return Object.values(fold([result]).tests);
  });
}

describe('random programme (DAT1, DAT2)', () => {
  test('counts results over the average pool; a cancelled test is none', () => {
    const tile = randomTile({
      year: 2026,
      poolSizes: [10, 12, 8, 10],
      tests: [
        ...testsOn(['2026-02-01', '2026-02-02', '2026-05-01', '2026-08-01'], false),
        ...testsOn(['2026-05-02'], true),
        ...testsOn(['2025-12-30'], false),
      ],
      selections: [
        { periodEndsOn: '2026-03-31', tested: false },
        { periodEndsOn: '2026-12-31', tested: false },
      ],
      at: '2026-10-02T12:00:00.000Z',
    });
    expect(tile.rates[0]).toMatchObject({ rate: 0.5, averagePool: 10, results: 4, required: 5, met: false });
    expect(tile.rates[0].byQuarter).toEqual([2, 1, 1, 0]);
    expect(tile.rates[1]).toMatchObject({ kind: 'alcohol', rate: 0.1, required: 1, met: false });
    expect(tile.unspread).toEqual([1, 2, 3].map((quarter) => ({ kind: 'alcohol', quarter })));
    expect(tile.selectedUntested).toBe(1);
  });

  test('the rate is that of the year', () => {
    const empty = { poolSizes: [100], tests: [], selections: [], at: '2026-01-01T00:00:00.000Z' };
    expect(randomTile({ ...empty, year: 2019 }).rates[0].required).toBe(25);
    expect(randomTile({ ...empty, year: 2020 }).rates[0].required).toBe(50);
  });

  test('the summary is due on 15 March when asked for in January', () => {
    expect(misDueOn('2027-01-31')).toBe('2027-03-15');
    expect(misDueOn('2027-02-01')).toBeNull();
  });
});

describe('random draw', () => {
  const pools = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 40 });

  test('does not depend on the order of the pool, draws nobody twice, and can be verified', () => {
    fc.assert(
      fc.property(pools, fc.integer({ min: 0, max: 50 }), fc.string(), (pool, count, seed) => {
        const draw = drawRandom(pool, count, seed);
        expect(drawRandom(pool.toReversed(), count, seed)).toEqual(draw);
        expect(new Set([...draw.selected, ...draw.alternates]).size).toBe(
          draw.selected.length + draw.alternates.length,
        );
        expect(draw.selected).toHaveLength(Math.min(count, pool.length));
        expect(verifyDraw(draw, pool, seed)).toBe(true);
        expect(verifyDraw(draw, pool, `${seed}x`)).toBe(false);
      }),
    );
  });

  test('gives everybody about the same chance', () => {
    const pool = Array.from({ length: 20 }, (_, index) => `driver-${index}`);
    const drawn = new Map(pool.map((id) => [id, 0]));
    for (let round = 0; round < 2000; round += 1) {
      for (const id of drawRandom(pool, 5, `seed-${round}`).selected) drawn.set(id, drawn.get(id)! + 1);
    }
    // 2000 draws of a quarter: 500 expected, standard deviation 19.4.
    for (const times of drawn.values()) expect(Math.abs(times - 500)).toBeLessThan(90);
  });
});
