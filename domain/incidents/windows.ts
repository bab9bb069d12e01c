const minuteMs = 60_000;

interface Dated {
  readonly at: string;
}

/**
 * The first run of things, in the order of time, that weighs at least `least` within so many minutes, grown by all that
 * follows without a longer pause; null when there is none. Grown, because what goes on is one incident.
 */
export function burstOf<T extends Dated>(
  things: readonly T[],
  {
    least,
    withinMinutes,
    weigh = (window) => window.length,
  }: {
    readonly least: number;
    readonly withinMinutes: number;
    /** How much a window weighs; its length when absent. */
    readonly weigh?: (window: readonly T[]) => number;
  },
): readonly T[] | null {
  const spanMs = withinMinutes * minuteMs;
  let from = 0;
  for (let to = 0; to < things.length; to += 1) {
    while (gapMs(things[from], things[to]) > spanMs) from += 1;
    if (weigh(things.slice(from, to + 1)) < least) continue;
    while (to + 1 < things.length && gapMs(things[to], things[to + 1]) <= spanMs) to += 1;
    return things.slice(from, to + 1);
  }
  return null;
}

export function gapMs(one: Dated | undefined, other: Dated | undefined): number {
  return one === undefined || other === undefined ? 0 : Date.parse(other.at) - Date.parse(one.at);
}

export function groupBy<T, K>(things: readonly T[], keyOf: (thing: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const thing of things) {
    const key = keyOf(thing);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [thing]);
    else group.push(thing);
  }
  return groups;
}
