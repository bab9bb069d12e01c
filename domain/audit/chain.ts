import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { TenantId } from '#contracts/ids';
import type { Ids } from '#platform/ids';
import type { AuditDraft, AuditEntry } from './entry.ts';
import { redact, storableText } from './redact.ts';

/** Where a tenant's chain stands. */
export interface ChainHead {
  readonly sequence: number;
  readonly hash: string;
}

/** The hash before the first entry. */
export const genesisHash = '0'.repeat(64);

/** Version of the hashed form; a new form gets a new number and the verifier learns both. */
const formVersion = 1;

/**
 * SHA-256 (hex) of an entry: of its canonical JSON (RFC 8785), which holds every stored field and the previous hash.
 * The verifier has its own code for the same form.
 */
export function entryHash(entry: Omit<AuditEntry, 'hash'>): string {
  const form = canonicalize({
    v: formVersion,
    tenant: entry.tenantId,
    sequence: entry.sequence,
    id: entry.id,
    at: entry.at,
    actor: { type: entry.actor.type, id: entry.actor.id, name: entry.actor.name },
    act: entry.act,
    subject: { type: entry.subject.type, id: entry.subject.id },
    before: entry.before,
    after: entry.after,
    ip: entry.ip,
    session: entry.sessionId,
    request: entry.requestId,
    previous: entry.previousHash,
  });
  return hash('sha256', form ?? '', 'hex');
}

/** Gives drafts their place in the chain after `head`, in the order given. */
export function seal(
  tenantId: TenantId,
  head: ChainHead,
  drafts: readonly AuditDraft[],
  at: string,
  ids: Ids,
): AuditEntry[] {
  let { sequence, hash: previousHash } = head;
  return drafts.map((draft) => {
    sequence += 1;
    const entry = unsealed(tenantId, sequence, previousHash, draft, at, ids);
    previousHash = entryHash(entry);
    return { ...entry, hash: previousHash };
  });
}

function unsealed(
  tenantId: TenantId,
  sequence: number,
  previousHash: string,
  draft: AuditDraft,
  at: string,
  ids: Ids,
): Omit<AuditEntry, 'hash'> {
  return {
    tenantId,
    sequence,
    id: ids.next('auditEntry'),
    at,
    actor: { type: draft.actor.type, id: storableText(draft.actor.id), name: storableText(draft.actor.name) },
    act: draft.act,
    subject: { type: draft.subject.type, id: storableText(draft.subject.id) },
    before: redact(draft.before),
    after: redact(draft.after),
    ip: storableOrNull(draft.ip),
    sessionId: storableOrNull(draft.sessionId),
    requestId: storableOrNull(draft.requestId),
    previousHash,
  };
}

function storableOrNull(text: string | null): string | null {
  return text === null ? null : storableText(text);
}
