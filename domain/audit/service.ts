import type { Id, TenantId } from '#contracts/ids';
import type { Clock } from '#platform/clock';
import { PlumblineError } from '#platform/errors';
import type { Ids } from '#platform/ids';
import type { Keys } from '#platform/keys';
import type { Tx } from '#platform/postgres';
import { seal, type ChainHead } from './chain.ts';
import type { AuditDraft, AuditEntry } from './entry.ts';
import type { AuditFilter, AuditPage } from './filter.ts';
import { openEntries, sealDrafts } from './personal.ts';
import {
  countEntries,
  findEntry,
  insertEntries,
  listEntries,
  lockHead,
  lockNewChain,
} from './store.postgres.ts';

export interface Audit {
  /**
   * Records acts in the transaction that does them, in the order given. The tenant's chain stays locked until that
   * transaction ends, so call it once, with all entries, as late as possible. Two round trips for any number.
   */
  append(tx: Tx, tenantId: TenantId, drafts: readonly AuditDraft[]): Promise<readonly AuditEntry[]>;
  /** Newest first. The reading functions see the transaction's tenant; the caller has checked `view` on `administration`. */
  list(tx: Tx, filter: AuditFilter, page: AuditPage): Promise<{ entries: AuditEntry[]; next: number | null }>;
  count(tx: Tx, filter: AuditFilter): Promise<number>;
  /** Throws `audit.entry_not_found`. */
  get(tx: Tx, id: Id<'auditEntry'>): Promise<AuditEntry>;
  /** Where the chain stands; keep it elsewhere as an anchor for `verifyAudit`. Null when nothing was recorded yet. */
  head(tx: Tx, tenantId: TenantId): Promise<ChainHead | null>;
}

/** Most entries in one insert statement. */
const batchSize = 2000;

export interface AuditDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly keys: Pick<Keys, 'seal' | 'open'>;
}

export function createAudit(deps: AuditDeps): Audit {
  async function append(tx: Tx, tenantId: TenantId, drafts: readonly AuditDraft[]): Promise<AuditEntry[]> {
    if (drafts.length === 0) return [];
    const sealed = await sealDrafts(deps.keys, tx, tenantId, drafts);
    const head = (await lockHead(tx, tenantId)) ?? (await lockNewChain(tx, tenantId));
    const entries = seal(tenantId, head, sealed, deps.clock.now(), deps.ids);
    for (let from = 0; from < entries.length; from += batchSize) {
      await insertEntries(tx, tenantId, entries.slice(from, from + batchSize));
    }
    return entries;
  }

  return {
    append,
    list: async (tx, filter, page) => {
      const { entries, next } = await listEntries(tx, filter, page);
      return { entries: await openEntries(deps.keys, tx, entries), next };
    },
    count: countEntries,
    get: (tx, id) => getEntry(deps, tx, id),
    head: lockHead,
  };
}

async function getEntry({ keys }: AuditDeps, tx: Tx, id: Id<'auditEntry'>): Promise<AuditEntry> {
  const found = await findEntry(tx, id);
  const [entry] = found === null ? [] : await openEntries(keys, tx, [found]);
  if (entry !== undefined) return entry;
  throw new PlumblineError({
    kind: 'not_found',
    code: 'audit.entry_not_found',
    detail: `There is no audit entry ${id}.`,
  });
}
