import { createHmac } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from '#platform/clock';
import { PlumblineError } from '#platform/errors';
import type { Ids } from '#platform/ids';
import type { Tx } from '#platform/postgres';
import { openText, sealText, sealedBy, type DataKey, type Place } from './envelope.ts';
import type { Kms } from './kms.ts';
import { currentKey, keysById, subjectKeys, type Reader, type Unwrapped } from './reader.ts';
import { destroy, findBySubject, readStanding, type KeyStanding } from './store.postgres.ts';

/** A text to seal; null stays null. */
export interface Plain {
  /** Whose data: sealed under the person's own key, which erasure destroys. Null: under the tenant's key. */
  readonly subject: string | null;
  readonly place: Place;
  readonly text: string | null;
}

/** A text to open; null stays null. */
export interface Sealed {
  readonly place: Place;
  readonly text: string | null;
}

/**
 * Envelope encryption of columns. All functions run in the caller's transaction, tenant's or system's; keys are made
 * when they are first needed. Unwrapped keys stay in memory for `cacheMs` at most.
 */
export interface Keys {
  /** In the order given. Null also where the subject's key was destroyed: of an erased person nothing more is kept. */
  seal(tx: Tx, tenantId: string, items: readonly Plain[]): Promise<(string | null)[]>;
  /** In the order given; null where the key was destroyed. Throws `keys.sealed_text_damaged`. */
  open(tx: Tx, tenantId: string, items: readonly Sealed[]): Promise<(string | null)[]>;
  /**
   * For looking up encrypted values: equal values of one field have equal indexes (HMAC-SHA-256 under a key of the
   * tenant, cut to 128 bits). Whoever reads the column learns which values are equal and nothing else.
   */
  blindIndex(
    tx: Tx,
    tenantId: string,
    field: string,
    values: readonly (string | null)[],
  ): Promise<(string | null)[]>;
  /**
   * Destroys a person's key for good. Other processes forget it within `cacheMs`.
   * @returns false when there was none, or it was destroyed before.
   */
  destroySubject(tx: Tx, tenantId: string, subjectId: string): Promise<boolean>;
  standing(tx: Tx, tenantId: string): Promise<KeyStanding>;
  /** The key of the service that wraps now. */
  readonly wrappingKeyId: string;
}

export interface KeysDeps {
  readonly kms: Kms;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Left out: five minutes. */
  readonly cacheMs?: number;
}

const mostCached = 100_000;

export function createKeys(deps: KeysDeps): Keys {
  const cache = new LRUCache<string, DataKey>({
    max: mostCached,
    ttl: deps.cacheMs ?? 5 * 60_000,
    ttlResolution: 0,
    perf: { now: () => deps.clock.nowMs() },
  });
  const reader: Reader = { ...deps, cache };
  return {
    wrappingKeyId: deps.kms.keyId,
    seal: async (tx, tenantId, items) => {
      const keyOf = await sealingKeys(reader, tx, tenantId, items);
      return items.map(({ subject, place, text }) => {
        const key = text === null ? null : keyOf(subject);
        return text === null || key === null ? null : sealText(key, tenantId, place, text);
      });
    },
    open: async (tx, tenantId, items) => {
      const keys = await openingKeys(reader, tx, tenantId, items);
      return items.map((item) => openItem(keys, tenantId, item));
    },
    blindIndex: async (tx, tenantId, field, values) => {
      if (values.every((value) => value === null)) return values.map(() => null);
      const key = await currentKey(reader, tx, tenantId, 'index');
      return values.map((value) => (value === null ? null : indexOf(key, field, value)));
    },
    destroySubject: async (tx, tenantId, subjectId) => {
      const rows = await findBySubject(tx, tenantId, [subjectId]);
      const done = await destroy(tx, tenantId, subjectId, deps.clock.now());
      cache.delete(`${tenantId} subject ${subjectId}`);
      for (const { id } of rows) cache.delete(`${tenantId} id ${id}`);
      return done;
    },
    standing: readStanding,
  };
}

const indexBytes = 16;

function indexOf({ key }: DataKey, field: string, value: string): string {
  const digest = createHmac('sha256', key).update(`${field}\n${value}`).digest();
  return digest.subarray(0, indexBytes).toString('base64url');
}

function openItem(
  keys: ReadonlyMap<string, Unwrapped>,
  tenantId: string,
  { place, text }: Sealed,
): string | null {
  if (text === null) return null;
  const keyId = sealedBy(text);
  const key = keyId === null ? undefined : keys.get(keyId);
  if (key === null) return null;
  const opened = key === undefined ? null : openText(key, tenantId, place, text);
  if (opened === null) throw unopened(place, keyId);
  return opened;
}

function unopened(place: Place, keyId: string | null): PlumblineError {
  return new PlumblineError({
    kind: 'internal',
    code: 'keys.sealed_text_damaged',
    detail: 'A protected value could not be read: it was changed, or copied from another place.',
    internal: `${place.table}.${place.column} of ${place.row}, key ${keyId ?? 'unreadable'}`,
  });
}

async function sealingKeys(
  reader: Reader,
  tx: Tx,
  tenantId: string,
  items: readonly Plain[],
): Promise<(subject: string | null) => Unwrapped> {
  const wanted = items.filter(({ text }) => text !== null);
  const ids = [...new Set(wanted.flatMap(({ subject }) => (subject === null ? [] : [subject])))].toSorted();
  const subjects = await subjectKeys(reader, tx, tenantId, ids);
  const own = wanted.some(({ subject }) => subject === null)
    ? await currentKey(reader, tx, tenantId, 'tenant')
    : null;
  return (subject) => (subject === null ? own : (subjects.get(subject) ?? null));
}

async function openingKeys(
  reader: Reader,
  tx: Tx,
  tenantId: string,
  items: readonly Sealed[],
): Promise<ReadonlyMap<string, Unwrapped>> {
  const ids = new Set(items.flatMap(({ text }) => (text === null ? [] : [sealedBy(text)])));
  return keysById(
    reader,
    tx,
    tenantId,
    [...ids].filter((id) => id !== null),
  );
}
