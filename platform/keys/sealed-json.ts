import type { Tx } from '#platform/postgres';
import type { Place } from './envelope.ts';
import type { Keys } from './keys.ts';

/** What a JSON column holds in place of a value: the sealed text beside the few parts that SQL looks at. */
interface SealedJson {
  readonly sealed: string | null;
  readonly [open: string]: unknown;
}

interface JsonToSeal {
  readonly subject: string | null;
  readonly place: Place;
  /** Null stays null. */
  readonly value: unknown;
  /** Parts that stay readable in the column. */
  readonly open?: Readonly<Record<string, unknown>>;
}

const isNothing = (value: unknown): boolean => value === null || value === undefined;

/** For JSON columns; see `Keys.seal`. Of an erased person only the open parts are kept. */
export async function sealJson(
  keys: Pick<Keys, 'seal'>,
  tx: Tx,
  tenantId: string,
  items: readonly JsonToSeal[],
): Promise<(SealedJson | null)[]> {
  const sealed = await keys.seal(
    tx,
    tenantId,
    items.map(({ subject, place, value }) => ({
      subject,
      place,
      text: isNothing(value) ? null : JSON.stringify(value),
    })),
  );
  return items.map(({ value, open }, at) =>
    isNothing(value) ? null : { ...open, sealed: sealed[at] ?? null },
  );
}

/**
 * Reads back what `sealJson` wrote; values that were never sealed come as they are. `erased` stands where the person's
 * key was destroyed.
 */
export async function openJson<T>(
  keys: Pick<Keys, 'open'>,
  tx: Tx,
  tenantId: string,
  items: readonly { readonly place: Place; readonly value: unknown }[],
  erased: T,
): Promise<T[]> {
  if (!items.some(({ value }) => isSealed(value))) return items.map(({ value }) => value as T);
  const opened = await keys.open(
    tx,
    tenantId,
    items.map(({ place, value }) => ({ place, text: isSealed(value) ? value.sealed : null })),
  );
  return items.map(({ value }, at) => {
    if (!isSealed(value)) return value as T;
    const text = opened[at] ?? null;
    return text === null ? erased : (JSON.parse(text) as T);
  });
}

function isSealed(value: unknown): value is SealedJson {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'sealed');
}
