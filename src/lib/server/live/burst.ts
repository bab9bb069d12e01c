/**
 * Gathers items that come close together. The first after a pause goes out at once; what follows within `windowMs`,
 * asked when the window opens, goes out together at its end.
 */
export function createBurst<T>(windowMs: () => number, send: (items: readonly T[]) => void) {
  let pending: T[] = [];
  let window: NodeJS.Timeout | null = null;

  function flush(): void {
    if (pending.length === 0) return;
    const items = pending;
    pending = [];
    send(items);
  }

  function openWindow(): void {
    flush();
    window = setTimeout(() => {
      window = null;
      if (pending.length > 0) openWindow();
    }, windowMs());
  }

  return {
    add(items: readonly T[]): void {
      if (items.length === 0) return;
      pending.push(...items);
      if (window === null) openWindow();
    },
    flush,
    stop(): void {
      if (window !== null) clearTimeout(window);
      window = null;
      pending = [];
    },
  };
}
