import { hash as digest } from 'node:crypto';
import { sql } from 'kysely';
import type { Postgres, Tx } from '#platform/postgres';
import { canonicalText, quoted } from './verify-canonical.ts';

// The verifier takes nothing from the code that writes the log: a mistake there must not be repeated here.

/** A recorded entry as the verifier reads it: raw columns. */
export interface VerifiedRow {
  readonly tenant_id: string;
  readonly sequence: number;
  readonly id: string;
  /** UTC with microseconds, so that no digit of the stored instant escapes the hash. */
  readonly at: string;
  readonly actor_type: string;
  readonly actor_id: string;
  readonly actor_name: string;
  readonly act: string;
  readonly subject_type: string;
  readonly subject_id: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly ip: string | null;
  readonly session_id: string | null;
  readonly request_id: string | null;
  readonly previous_hash: string;
  readonly hash: string;
}

/** An entry's place and hash as it was known at some time; kept outside the database. */
export interface Anchor {
  readonly sequence: number;
  readonly hash: string;
}

export type FindingKind =
  /** The entry's content does not give its hash: it was edited. */
  | 'edited'
  /** The entry does not follow the one before it: an earlier entry was replaced or entries were reordered. */
  | 'unlinked'
  /** Entries are missing before this one. */
  | 'missing'
  /** The head says that there were more entries: the end was cut off. */
  | 'truncated'
  /** Entries after the head, a head without entries or entries without a head: the head was changed. */
  | 'head_changed'
  /** A kept anchor does not occur in the chain: the chain was rewritten or cut since. */
  | 'anchor_lost';

export interface Finding {
  readonly kind: FindingKind;
  readonly sequence: number;
  readonly detail: string;
}

/** State of a running check over the entries in order of sequence. */
export interface ChainCheck {
  /** The next entries, in the order in which they are stored. */
  add(rows: readonly VerifiedRow[]): void;
  /** Ends the check against the stored head. `findings` holds the first 100. */
  end(head: Anchor | null): {
    entries: number;
    ok: boolean;
    findings: readonly Finding[];
    findingCount: number;
  };
}

const noHash = '0'.repeat(64);
const mostFindings = 100;

/** Pure check of one tenant's chain. */
export function createChainCheck(tenantId: string, anchor: Anchor | null = null): ChainCheck {
  const findings: Finding[] = [];
  let findingCount = 0;
  let entries = 0;
  let sequence = 0;
  let previous = noHash;
  let anchorSeen = anchor === null;

  function found(kind: FindingKind, at: number, detail: string): void {
    findingCount += 1;
    if (findings.length < mostFindings) findings.push({ kind, sequence: at, detail });
  }

  function check(row: VerifiedRow): void {
    const expected = sequence + 1;
    if (row.sequence > expected) {
      found('missing', expected, `entries ${expected} to ${row.sequence - 1} are missing`);
    } else if (row.previous_hash !== previous) {
      found('unlinked', row.sequence, `entry ${row.sequence} does not follow entry ${sequence}`);
    }
    if (row.tenant_id !== tenantId || !holds(row)) {
      found('edited', row.sequence, `entry ${row.sequence} (${row.id}) was changed after it was written`);
    }
    if (anchor !== null && row.sequence === anchor.sequence) anchorSeen = row.hash === anchor.hash;
    entries += 1;
    sequence = row.sequence;
    previous = row.hash;
  }

  return {
    add: (rows) => {
      for (const row of rows) check(row);
    },
    end: (head) => {
      const last = head ?? { sequence: 0, hash: noHash };
      if (last.sequence > sequence) {
        found(
          'truncated',
          sequence + 1,
          `entries ${sequence + 1} to ${last.sequence} are missing at the end`,
        );
      } else if (last.sequence < sequence || last.hash !== previous) {
        found(
          'head_changed',
          sequence,
          `the head says entry ${last.sequence}, the chain ends at ${sequence}`,
        );
      }
      if (anchor !== null && !anchorSeen) {
        found('anchor_lost', anchor.sequence, `entry ${anchor.sequence} is not the one that was known`);
      }
      return { entries, ok: findingCount === 0, findings, findingCount };
    },
  };
}

/** Content that has no canonical form, such as a number beyond all doubles, was never written by us: it does not hold. */
function holds(row: VerifiedRow): boolean {
  try {
    return recomputed(row) === row.hash;
  } catch {
    return false;
  }
}

/** The hash that a row's content gives: SHA-256 of its RFC 8785 text, whose keys are here in their sorted order. */
export function recomputed(row: VerifiedRow): string {
  const at = row.at.endsWith('000Z') ? `${row.at.slice(0, -4)}Z` : row.at;
  return digest(
    'sha256',
    `{"act":${quoted(row.act)},"actor":{"id":${quoted(row.actor_id)},"name":${quoted(row.actor_name)},"type":${quoted(row.actor_type)}},"after":${canonicalText(row.after)},"at":${quoted(at)},"before":${canonicalText(row.before)},"id":${quoted(row.id)},"ip":${orNull(row.ip)},"previous":${quoted(row.previous_hash)},"request":${orNull(row.request_id)},"sequence":${row.sequence},"session":${orNull(row.session_id)},"subject":{"id":${quoted(row.subject_id)},"type":${quoted(row.subject_type)}},"tenant":${quoted(row.tenant_id)},"v":1}`,
    'hex',
  );
}

function orNull(text: string | null): string {
  return text === null ? 'null' : quoted(text);
}

export interface AuditVerification {
  readonly ok: boolean;
  readonly entries: number;
  readonly head: Anchor | null;
  readonly findings: readonly Finding[];
  readonly findingCount: number;
}

export interface VerifyOptions {
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
  /** An entry known from before (an earlier head): shows a chain that was rewritten together with its head. */
  readonly anchor?: Anchor;
}

const pageSize = 5000;

/**
 * Recomputes a tenant's whole chain up to its head, page by page, so that other work goes on between pages. Entries
 * recorded meanwhile are left to the next check. Whoever can rewrite entries and head together can make a chain that
 * holds in itself; only an `anchor` kept elsewhere tells.
 */
export async function verifyAudit(
  postgres: Postgres,
  tenantId: string,
  options: VerifyOptions = {},
): Promise<AuditVerification> {
  const { head, last } = await postgres.asTenant(tenantId, readEnds);
  const check = createChainCheck(tenantId, options.anchor ?? null);
  let from = 0;
  let done = 0;
  while (from < last) {
    options.signal?.throwIfAborted();
    const after = from;
    const rows = await postgres.asTenant(tenantId, (tx) => readPage(tx, after, last));
    if (rows.length === 0) break;
    check.add(rows);
    from = rows.at(-1)?.sequence ?? last;
    done += rows.length;
    options.onProgress?.(done, last);
  }
  return { ...check.end(head), head };
}

/** One statement, so that head and last entry are of the same moment. */
async function readEnds(tx: Tx): Promise<{ head: Anchor | null; last: number }> {
  const { rows } = await sql<{ sequence: string | null; hash: string | null; last: string | null }>`
    select h.sequence, h.hash, (select max(sequence) from audit_entries) as last
    from (select 1) one left join audit_heads h on true`.execute(tx);
  const row = rows[0];
  const head = row?.sequence && row.hash ? { sequence: Number(row.sequence), hash: row.hash } : null;
  return { head, last: Number(row?.last ?? 0) };
}

async function readPage(tx: Tx, after: number, last: number): Promise<VerifiedRow[]> {
  const { rows } = await sql<Omit<VerifiedRow, 'sequence'> & { sequence: string }>`
    select tenant_id, sequence, id, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
      actor_type, actor_id, actor_name, act, subject_type, subject_id, before, after, ip, session_id, request_id,
      previous_hash, hash
    from audit_entries where sequence > ${after} and sequence <= ${last}
    order by sequence limit ${pageSize}`.execute(tx);
  return rows.map((row) => ({ ...row, sequence: Number(row.sequence) }));
}
