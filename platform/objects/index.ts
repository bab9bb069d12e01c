/** One stored object. */
export interface ObjectInfo {
  key: string;
  bytes: number;
  /** Epoch milliseconds. */
  modifiedAtMs: number;
}

export interface ListOptions {
  /** Only keys that start with this text. */
  prefix?: string;
  /** Only keys after this one, for the next page. */
  after?: string;
  /** Most keys returned; 1000 when absent. */
  limit?: number;
}

/**
 * The objects of one tenant. Keys are segments of letters, digits, `.`, `_`, `-` joined by `/`, at most 512 characters;
 * anything else throws `objects.key_invalid`.
 */
export interface TenantObjects {
  /** Replaces the object; readers see the old or the new bytes, never a mixture. Durable when it resolves. */
  put(key: string, body: Uint8Array | AsyncIterable<Uint8Array>): Promise<ObjectInfo>;
  /** Null when there is none. */
  get(key: string): Promise<Uint8Array | null>;
  /** The same in pieces, for objects that should not be in memory at once. */
  stream(key: string): Promise<AsyncIterable<Uint8Array> | null>;
  /** True when there was one. */
  remove(key: string): Promise<boolean>;
  /** In the order of keys (code units). */
  list(options?: ListOptions): Promise<ObjectInfo[]>;
}

export interface ObjectStore {
  forTenant(tenantId: string): TenantObjects;
}

export { createFolderObjectStore } from './folder-store.ts';
