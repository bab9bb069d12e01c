import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ObjectStore } from './index.ts';

export interface StoreHome {
  store: ObjectStore;
  dispose(): Promise<void>;
}

const bytes = (text: string) => Buffer.from(text);
const text = (found: Uint8Array | null) => (found === null ? null : Buffer.from(found).toString());

const wrongKeys = [
  '',
  '/etc/passwd',
  '../ten_b/x',
  'a/../../x',
  'a//b',
  '.',
  'a/..',
  'a\\..\\b',
  'a\u0000b',
  'x~',
  'ü',
];
wrongKeys.push('a'.repeat(600));

/** What every object store must do. Call inside a test file. */
export function objectStoreConformance(makeHome: () => Promise<StoreHome>): void {
  describe('object store conformance', () => {
    let home: StoreHome;
    const tenant = (id = 'ten_a') => home.store.forTenant(id);
    beforeEach(async () => {
      home = await makeHome();
    });
    afterEach(() => home.dispose());

    it('gives back what was put, replaces it and removes it', async () => {
      const info = await tenant().put('reports/2026.pdf', bytes('one'));
      expect(info).toMatchObject({ key: 'reports/2026.pdf', bytes: 3 });
      expect(info.modifiedAtMs).toBeGreaterThan(0);
      await tenant().put('reports/2026.pdf', bytes('two!'));
      expect(text(await tenant().get('reports/2026.pdf'))).toBe('two!');
      expect(await tenant().remove('reports/2026.pdf')).toBe(true);
      expect(await tenant().remove('reports/2026.pdf')).toBe(false);
      expect(await tenant().get('reports/2026.pdf')).toBeNull();
      expect(await tenant().stream('reports/2026.pdf')).toBeNull();
    });

    it('takes and gives pieces', async () => {
      await tenant().put('big', pieces(50, 10_000));
      const found = await tenant().stream('big');
      let size = 0;
      for await (const piece of found ?? []) size += piece.length;
      expect(size).toBe(500_000);
    });

    it('keeps the old bytes when a write breaks off', async () => {
      await tenant().put('kept', bytes('old'));
      await expect(tenant().put('kept', broken())).rejects.toThrow('torn');
      expect(text(await tenant().get('kept'))).toBe('old');
      expect((await tenant().list()).map(({ key }) => key)).toEqual(['kept']);
    });

    it('lists by prefix, in order, in pages', async () => {
      for (const key of ['a', 'a/b', 'a-c', 'b/1', 'b/2']) await tenant().put(key, bytes('x'));
      expect((await tenant().list()).map(({ key }) => key)).toEqual(['a', 'a-c', 'a/b', 'b/1', 'b/2']);
      expect((await tenant().list({ prefix: 'b/' })).map(({ key }) => key)).toEqual(['b/1', 'b/2']);
      expect((await tenant().list({ after: 'a-c', limit: 2 })).map(({ key }) => key)).toEqual(['a/b', 'b/1']);
    });

    it('keeps tenants apart', async () => {
      await tenant('ten_a').put('x', bytes('a'));
      expect(await tenant('ten_b').get('x')).toBeNull();
      expect(await tenant('ten_b').list()).toEqual([]);
      expect(() => tenant('../ten_a')).toThrow('objects.tenant_invalid');
    });

    it.each(wrongKeys)('refuses the key %j', async (key) => {
      for (const attempt of [
        () => tenant().put(key, bytes('x')),
        () => tenant().get(key),
        () => tenant().remove(key),
      ]) {
        await expect(async () => attempt()).rejects.toThrow('objects.key_invalid');
      }
    });
  });
}

async function* pieces(count: number, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < count; at += 1) {
    await Promise.resolve();
    yield Buffer.alloc(size, at);
  }
}

async function* broken(): AsyncGenerator<Uint8Array> {
  yield bytes('half');
  await Promise.reject(new Error('torn'));
}
