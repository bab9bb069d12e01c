import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

/** What each cache is keyed by, so that nobody is given what was kept for another. A new cache fails until it stands here. */
const caches: Readonly<Record<string, readonly string[]>> = {
  'domain/identity/sessions.ts': ['the request’s cookies: the session and the company looked at'],
  'domain/incidents/tally.ts': ['counts by tenant, user and record'],
  'ingest/pipeline/settle.ts': ['tenant and the vendor’s own id'],
  'platform/keys/keys.ts': ['tenant and key'],
  'platform/rate-limits/allowance.ts': ['who is limited; holds counts'],
  'src/lib/server/board/model.ts': [
    'scopeKey, sequence and question: lists as one scope sees them',
    'tenant and instant: everybody of a tenant, sighted per viewer before it leaves',
    'tenant: when it was read',
  ],
  'src/lib/server/pipeline.ts': ['tenant: health of feeds', 'tenant: names of places'],
  'src/lib/server/pseudonyms.ts': ['tenant: keys of pseudonyms'],
  'src/lib/server/status/flag-latency.ts': ['tenant: times', 'event: traces'],
  'warehouse/guard/gate.ts': ['the statement: that it passed, not what it answered'],
  'warehouse/loading/written-people.ts': ['tenant and person'],
};

const root = path.resolve(import.meta.dirname, '../..');

function cachesIn(folder: string): [string, number][] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file): [string, number] => {
      const text = readFileSync(path.join(root, folder, file), 'utf8');
      return [`${folder}/${file}`, text.match(/\bnew (?:LRU|TTL)Cache\b/g)?.length ?? 0];
    })
    .filter(([, count]) => count > 0);
}

test('every cache is known, with what its key has of tenant and scope', () => {
  const found = ['domain', 'ingest', 'platform', 'src/lib', 'warehouse'].flatMap(cachesIn);
  const known = Object.entries(caches).map(([file, keys]): [string, number] => [file, keys.length]);
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(known));
});
