import { describe, expect, it } from 'vitest';
import type { TenantId } from '#contracts/ids';
import { createCountingIds } from '#platform/ids';
import { entryHash, genesisHash, seal } from './chain.ts';
import { systemContext, type AuditDraft, type AuditEntry } from './entry.ts';
import { searchWords } from './filter.ts';
import { redact } from './redact.ts';
import { createChainCheck, recomputed, type VerifiedRow } from './verify.ts';

const tenant = 'ten_a' as TenantId;
const at = '2026-11-20T12:00:00.123Z';

function drafts(count: number): AuditDraft[] {
  return Array.from({ length: count }, (_, index) => ({
    ...systemContext('importer', index % 2 === 0 ? `req_${index}` : null),
    act: 'people:employee:update',
    subject: { type: 'employee', id: `emp_${index}` },
    before: { name: 'Ana “Zoë” \u2028', phase: 'active', n: index / 3 },
    after: { phase: 'leave', places: ['a', { z: 1, a: null }] },
  }));
}

function sealed(count: number): AuditEntry[] {
  return seal(tenant, { sequence: 0, hash: genesisHash }, drafts(count), at, createCountingIds());
}

function toRow(entry: AuditEntry): VerifiedRow {
  return {
    tenant_id: entry.tenantId,
    sequence: entry.sequence,
    id: entry.id,
    at: entry.at.replace('Z', '000Z'),
    actor_type: entry.actor.type,
    actor_id: entry.actor.id,
    actor_name: entry.actor.name,
    act: entry.act,
    subject_type: entry.subject.type,
    subject_id: entry.subject.id,
    before: entry.before,
    after: entry.after,
    ip: entry.ip,
    session_id: entry.sessionId,
    request_id: entry.requestId,
    previous_hash: entry.previousHash,
    hash: entry.hash,
  };
}

function check(
  rows: readonly VerifiedRow[],
  head: { sequence: number; hash: string } | null,
  anchor?: AuditEntry,
) {
  const running = createChainCheck(tenant, anchor ?? null);
  running.add(rows);
  const { ok, findings } = running.end(head);
  return { ok, kinds: findings.map((finding) => `${finding.kind}@${finding.sequence}`) };
}

describe('chain', () => {
  const entries = sealed(6);
  const rows = entries.map(toRow);
  const head = { sequence: 6, hash: entries[5]?.hash ?? '' };

  it('hashes a known entry to a known value', () => {
    // Made once with `printf … | sha256sum` over the canonical text, so neither side can drift unseen.
    const text =
      '{"act":"a:b:c","actor":{"id":"system:x","name":"x","type":"system"},"after":{"k":1},"at":"2026-11-20T12:00:00.123Z","before":null,"id":"aud_1","ip":null,"previous":"00","request":null,"sequence":1,"session":null,"subject":{"id":"s","type":"t"},"tenant":"ten_a","v":1}';
    const entry = {
      ...systemContext('x'),
      tenantId: tenant,
      sequence: 1,
      id: 'aud_1' as AuditEntry['id'],
      at,
      act: 'a:b:c',
      subject: { type: 't', id: 's' },
      before: null,
      after: { k: 1 },
      previousHash: '00',
    };
    expect(text).toHaveLength(267);
    expect(entryHash(entry)).toBe('c170b130e4369e3174174cad1d89324bc315cf3b2001e8cf124d36eb842eef75');
    expect(recomputed(toRow({ ...entry, hash: '' }))).toBe(
      'c170b130e4369e3174174cad1d89324bc315cf3b2001e8cf124d36eb842eef75',
    );
  });

  it('holds as written, and continues from a head', () => {
    expect(check(rows, head)).toEqual({ ok: true, kinds: [] });
    const more = seal(tenant, head, drafts(2), at, createCountingIds());
    expect(more.map((entry) => entry.sequence)).toEqual([7, 8]);
    expect(check([...rows, ...more.map(toRow)], { sequence: 8, hash: more[1]?.hash ?? '' }).ok).toBe(true);
  });

  const columns = Object.keys(rows[0] ?? {}).filter(
    (name) => !['hash', 'previous_hash', 'sequence'].includes(name),
  );
  it.each(columns)('tells an edited %s', (column) => {
    const edited = rows.map((row, index) => {
      if (index !== 2) return row;
      const value = row[column as keyof VerifiedRow];
      return { ...row, [column]: typeof value === 'string' ? `${value}x` : 'x' };
    });
    expect(check(edited, head).kinds).toEqual(['edited@3']);
  });

  it('tells an instant changed below the millisecond', () => {
    const edited = rows.map((row, index) =>
      index === 0 ? { ...row, at: row.at.replace('000Z', '001Z') } : row,
    );
    expect(check(edited, head).kinds).toEqual(['edited@1']);
  });

  it('tells deletion, reordering, a re-hashed edit and a cut end', () => {
    const [a, b, c, d, e, f] = rows as [
      VerifiedRow,
      VerifiedRow,
      VerifiedRow,
      VerifiedRow,
      VerifiedRow,
      VerifiedRow,
    ];
    expect(check([a, b, d, e, f], head).kinds).toEqual(['missing@3']);
    expect(check([b, c, d, e, f], head).kinds).toEqual(['missing@1']);
    const swapped = [a, { ...c, sequence: 2 }, { ...b, sequence: 3 }, d, e, f];
    expect(check(swapped, head).kinds).toEqual(
      expect.arrayContaining(['edited@2', 'unlinked@2', 'edited@3']),
    );
    const rewritten = { ...c, after: { phase: 'active' } };
    const rehashed = { ...rewritten, hash: recomputed(rewritten) };
    expect(check([a, b, rehashed, d, e, f], head).kinds).toEqual(['unlinked@4']);
    expect(check([a, b, c, d], head).kinds).toEqual(['truncated@5']);
    expect(check([], head).kinds).toEqual(['truncated@1']);
    expect(check(rows, null).kinds).toEqual(['head_changed@6']);
    expect(check(rows, { ...head, hash: genesisHash }).kinds).toEqual(['head_changed@6']);
  });

  it('tells a chain rewritten together with its head only by an anchor kept elsewhere', () => {
    const other = seal(
      tenant,
      { sequence: 0, hash: genesisHash },
      drafts(6).toReversed(),
      at,
      createCountingIds(),
    );
    const otherHead = { sequence: 6, hash: other[5]?.hash ?? '' };
    expect(check(other.map(toRow), otherHead).ok).toBe(true);
    expect(check(other.map(toRow), otherHead, entries[3]).kinds).toEqual(['anchor_lost@4']);
    expect(check(rows, head, entries[3]).ok).toBe(true);
  });
});

describe('redact', () => {
  it('drops secrets by key name at any depth and keeps the rest', () => {
    const value = {
      name: 'Ann',
      password: 'x',
      apiKey: 'x',
      nested: [{ signing_secret: 'x', accessToken: 'x', SSN: '123', pinned: true, token: null }],
    };
    expect(redact(value)).toEqual({
      name: 'Ann',
      password: '[redacted]',
      apiKey: '[redacted]',
      nested: [
        {
          signing_secret: '[redacted]',
          accessToken: '[redacted]',
          SSN: '[redacted]',
          pinned: true,
          token: null,
        },
      ],
    });
  });

  it('makes any value storable', () => {
    expect(redact(undefined)).toBeNull();
    expect(redact({ a: 'x\0y', b: '\ud800', big: 12n, gone: undefined, nan: Number.NaN })).toEqual({
      a: 'x\uFFFDy',
      b: '\uFFFD',
      big: '12',
      nan: null,
    });
  });
});

describe('searchWords', () => {
  it('are apart by blanks, without case', () => {
    expect(searchWords('  Mar  LÓP % ')).toEqual(['mar', 'lóp', '%']);
    expect(searchWords('')).toEqual([]);
  });
});
