import { describe, expect, it } from 'vitest';
import { createAllowance, type CountMany } from './allowance.ts';
import { createLocalRateLimits } from './index.ts';

/** A window that all processes share; `calls` tells how often it was asked. */
function sharedWindow() {
  const used = new Map<string, number>();
  const window = { calls: 0, endsInMs: 60_000, reset: () => used.clear() };
  const count: CountMany = async (key, points) => {
    window.calls += 1;
    const after = (used.get(key) ?? 0) + points;
    used.set(key, after);
    await Promise.resolve();
    return { used: after, endsInMs: window.endsInMs };
  };
  return { window, count };
}

async function passed(takes: readonly Promise<number | null>[]): Promise<number> {
  return (await Promise.all(takes)).filter((wait) => wait === null).length;
}

describe('an allowance', () => {
  it('lets through exactly the limit of one process, and asks once per block', async () => {
    const { window, count } = sharedWindow();
    const allowance = createAllowance(count);
    const takes = Array.from({ length: 1200 }, () => allowance.take('ten_a', 1000));
    expect(await passed(takes)).toBe(1000);
    expect(window.calls).toBe(21);
  });

  it('never lets several processes through more than the limit, and loses at most a block for each other one', async () => {
    const { count } = sharedWindow();
    const processes = [createAllowance(count), createAllowance(count), createAllowance(count)];
    let through = 0;
    // The first is busy, the others rarely asked: the worst case of the bound.
    for (let n = 0; n < 1500; n += 1) {
      const busy = n % 50 === 7 ? processes[1 + (n % 2)] : processes[0];
      if ((await busy?.take('ten_a', 1000)) === null) through += 1;
    }
    expect(through).toBeLessThanOrEqual(1000);
    expect(through).toBeGreaterThanOrEqual(1000 - 2 * 49);
  });

  it('tells the rest of the window, and begins anew after it', async () => {
    const { window, count } = sharedWindow();
    window.endsInMs = 30;
    const allowance = createAllowance(count);
    expect(await passed(Array.from({ length: 4 }, () => allowance.take('k', 3)))).toBe(3);
    expect(await allowance.take('k', 3)).toBe(1);
    window.reset();
    await new Promise((resolve) => {
      setTimeout(resolve, 40);
    });
    expect(await allowance.take('k', 3)).toBeNull();
  });

  it('keeps keys apart, and small limits exact', async () => {
    const { count } = sharedWindow();
    const [one, two] = [createAllowance(count), createAllowance(count)];
    expect(await passed([one.take('a', 2), two.take('a', 2), one.take('a', 2)])).toBe(2);
    expect(await two.take('b', 1)).toBeNull();
    expect(await one.take('b', 1)).toBe(60);
  });
});

it('a counter waits when its points are used up, per name and key', async () => {
  const limits = createLocalRateLimits();
  const [one, other] = ['one', 'other'].map((name) => limits.counter(name, { points: 2, windowS: 900 }));
  await one?.count('k');
  expect(await one?.waitS('k')).toBeNull();
  await one?.count('k');
  expect(await one?.waitS('k')).toBe(900);
  expect([await one?.waitS('l'), await other?.waitS('k')]).toEqual([null, null]);
  await one?.forget('k');
  expect(await one?.waitS('k')).toBeNull();
});

it('a quota tells what is left, and goes on telling when nothing is', async () => {
  const quota = createLocalRateLimits().quota('q', { windowS: 60 });
  const takes = [await quota.take('k', 2), await quota.take('k', 2), await quota.take('k', 2)];
  expect(takes).toEqual([
    { allowed: true, remaining: 1, resetS: 60 },
    { allowed: true, remaining: 0, resetS: 60 },
    { allowed: false, remaining: 0, resetS: 60 },
  ]);
  expect((await quota.take('l', 2)).allowed).toBe(true);
});
