/**
 * What the door has read of a body, for the step that reads the same body next: in a process that does both, each body
 * is parsed once. Held by the bytes themselves, as the log hands them on in memory, and given away once; whatever comes
 * from the table, from another process or a second time is parsed again.
 */
export interface ParsedBodies {
  keep(body: Uint8Array, value: unknown): void;
  take(body: Uint8Array): { readonly value: unknown } | undefined;
}

export function createParsedBodies(): ParsedBodies {
  const kept = new WeakMap<Uint8Array, { readonly value: unknown }>();
  return {
    keep: (body, value) => void kept.set(body, { value }),
    take: (body) => {
      const found = kept.get(body);
      kept.delete(body);
      return found;
    },
  };
}
