import { createHash, randomBytes } from 'node:crypto';
import { PlumblineError } from '#platform/errors';
import { openBytes, sealBytes, type DataKey } from './envelope.ts';

/** What a wrapped key is bound to: unwrapping with another context fails. */
export type KeyContext = Readonly<Record<string, string>>;

/** A key service: it wraps data keys with a key that never leaves it. */
export interface Kms {
  /** Names the key that `wrap` uses now; stored beside what it wrapped. */
  readonly keyId: string;
  wrap(plain: Uint8Array, context: KeyContext): Promise<Uint8Array>;
  /**
   * @param keyId as stored beside `wrapped`.
   * Throws `keys.master_key_unknown` when the service does not have that key, `keys.wrapped_key_damaged` when it refuses.
   */
  unwrap(wrapped: Uint8Array, keyId: string, context: KeyContext): Promise<Uint8Array>;
}

/** A master key of 32 bytes for `createLocalKms`. */
export function newMasterKey(): Uint8Array {
  return randomBytes(32);
}

/** `local:` and the start of a digest: tells keys apart without telling anything of the key. */
export function masterKeyId(key: Uint8Array): string {
  return `local:${createHash('sha256').update('plumbline master key\n').update(key).digest('hex').slice(0, 16)}`;
}

/** Wraps with master keys in this process's memory. The first is used for wrapping, all of them for unwrapping. */
export function createLocalKms(masterKeys: readonly Uint8Array[]): Kms {
  const [current] = masterKeys;
  if (current === undefined) throw new Error('a local key service needs a master key');
  const known = new Map(masterKeys.map((key) => [masterKeyId(key), key]));
  const keyId = masterKeyId(current);
  return {
    keyId,
    wrap: (plain, context) => Promise.resolve(sealBytes(asDataKey(keyId, current), bindOf(context), plain)),
    unwrap: (wrapped, wrappedBy, context) => {
      const key = known.get(wrappedBy);
      if (key === undefined) return Promise.reject(unknownMasterKey(wrappedBy));
      const plain = openBytes(asDataKey(wrappedBy, key), bindOf(context), wrapped);
      return plain === null ? Promise.reject(damaged(wrappedBy)) : Promise.resolve(plain);
    },
  };
}

const asDataKey = (id: string, key: Uint8Array): DataKey => ({ id, key });

/** The context as one text, whatever order its parts were given in. */
function bindOf(context: KeyContext): string {
  return JSON.stringify(Object.entries(context).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

function unknownMasterKey(keyId: string): PlumblineError {
  return new PlumblineError({
    kind: 'unavailable',
    code: 'keys.master_key_unknown',
    detail:
      'Encrypted data cannot be read: this process does not have the master key that it was encrypted under. See docs/privacy.md, "Master key".',
    internal: `the data key was wrapped by ${keyId}`,
  });
}

export function damaged(keyId: string, cause?: unknown): PlumblineError {
  return new PlumblineError({
    kind: 'internal',
    code: 'keys.wrapped_key_damaged',
    detail: 'A data key could not be unwrapped: it was changed, or belongs to another row.',
    internal: `wrapped by ${keyId}`,
    cause,
  });
}
