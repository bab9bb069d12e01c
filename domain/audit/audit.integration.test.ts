import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TenantId } from '#contracts/ids';
import { createFrozenClock } from '#platform/clock';
import { randomIds } from '#platform/ids';
import { createTemporaryKeys } from '#platform/keys';
import type { Postgres } from '#platform/postgres';
import { openTestDatabase } from '../../tests/support/database.ts';
import { systemContext, type AuditDraft } from './entry.ts';
import { createAudit } from './service.ts';
import { verifyAudit } from './verify.ts';

let postgres: Postgres;
let tenant: TenantId;
const clock = createFrozenClock('2026-11-20T12:00:00.000Z');
const audit = createAudit({ clock, ids: randomIds, keys: createTemporaryKeys(clock) });

beforeAll(async () => {
  postgres = await openTestDatabase();
});
afterAll(() => postgres.close());
beforeEach(() => {
  tenant = randomIds.next('tenant');
});

function draft(index: number, change: Partial<AuditDraft> = {}): AuditDraft {
  return {
    ...systemContext('importer'),
    act: 'people:employee:update',
    subject: { type: 'employee', id: `emp_${index}` },
    before: { phase: 'active', score: index / 7, name: 'Zoë \u{1F600}', big: 1e21 },
    after: { phase: 'leave', list: [{ b: 1, a: 2 }, null] },
    ...change,
  };
}

async function write(count: number, tenantId = tenant): Promise<void> {
  await postgres.asTenant(tenantId, (tx) =>
    audit.append(
      tx,
      tenantId,
      Array.from({ length: count }, (_, index) => draft(index)),
    ),
  );
}

/** As someone with all rights over the database: triggers off, and straight at the tables. */
async function tamper(...statements: string[]): Promise<void> {
  const client = await postgres.pool.connect();
  try {
    for (const table of ['audit_entries', 'audit_heads'])
      await client.query(`alter table ${table} disable trigger all, no force row level security`);
    for (const statement of statements) await client.query(statement.replaceAll('$tenant', `'${tenant}'`));
  } finally {
    await alwaysOn(client);
    client.release();
  }
}

async function alwaysOn(client: { query(text: string): Promise<unknown> }): Promise<void> {
  for (const trigger of ['audit_entries_row', 'audit_entries_all']) {
    await client.query(`alter table audit_entries enable always trigger ${trigger}`);
  }
  for (const trigger of ['audit_heads_rise', 'audit_heads_row', 'audit_heads_all']) {
    await client.query(`alter table audit_heads enable always trigger ${trigger}`);
  }
  for (const table of ['audit_entries', 'audit_heads'])
    await client.query(`alter table ${table} force row level security`);
}

async function kinds(anchor?: { sequence: number; hash: string }): Promise<string[]> {
  const { findings, ok } = await verifyAudit(postgres, tenant, anchor === undefined ? {} : { anchor });
  expect(ok).toBe(findings.length === 0);
  return findings.map((finding) => `${finding.kind}@${finding.sequence}`);
}

describe('append', () => {
  it('numbers entries without a gap over transactions, and the chain verifies as stored', async () => {
    await write(3);
    await write(1);
    await postgres.asTenant(tenant, (tx) => audit.append(tx, tenant, []));
    const seen: [number, number][] = [];
    const result = await verifyAudit(postgres, tenant, {
      onProgress: (done, total) => seen.push([done, total]),
    });
    expect(result).toMatchObject({ ok: true, entries: 4, head: { sequence: 4 }, findingCount: 0 });
    expect(seen).toEqual([[4, 4]]);
  });

  it('leaves nothing when the act is rolled back', async () => {
    await expect(
      postgres.asTenant(tenant, async (tx) => {
        await audit.append(tx, tenant, [draft(1)]);
        throw new Error('the act failed');
      }),
    ).rejects.toThrow('the act failed');
    expect(await verifyAudit(postgres, tenant)).toMatchObject({ ok: true, entries: 0, head: null });
  });

  it('keeps many writers in one chain', async () => {
    await Promise.all(Array.from({ length: 12 }, () => write(2)));
    expect(await verifyAudit(postgres, tenant)).toMatchObject({ ok: true, entries: 24 });
  });

  it('stores what Postgres alone would refuse, and still verifies', async () => {
    const odd = draft(1, {
      subject: { type: 'employee', id: 'a\0b' },
      after: { name: 'x\0\ud800', password: 'hunter2' },
    });
    await postgres.asTenant(tenant, (tx) => audit.append(tx, tenant, [odd]));
    const { entries } = await postgres.asTenant(tenant, (tx) => audit.list(tx, {}, { limit: 5 }));
    expect(entries[0]).toMatchObject({
      subject: { id: 'a\uFFFDb' },
      after: { name: 'x\uFFFD\uFFFD', password: '[redacted]' },
    });
    expect(await kinds()).toEqual([]);
  });
});

describe('append-only', () => {
  const statements = [
    `update audit_entries set act = 'x:y:z'`,
    'delete from audit_entries',
    'truncate audit_entries',
    'truncate audit_heads',
    'delete from audit_heads',
    `update audit_heads set hash = 'x'`,
    'update audit_heads set sequence = 1',
  ];

  it.each(statements)('the owner of the database is refused: %s', async (statement) => {
    await write(2);
    await expect(
      postgres.kysely.transaction().execute(async (tx) => {
        // On a server the owner is no superuser and would see no row to touch.
        for (const table of ['audit_entries', 'audit_heads'])
          await sql.raw(`alter table ${table} no force row level security`).execute(tx);
        await sql.raw(statement).execute(tx);
      }),
    ).rejects.toMatchObject({ code: '42501' });
    await expect(
      postgres.kysely.transaction().execute(async (tx) => {
        await sql`set local session_replication_role = replica`.execute(tx);
        await sql.raw(statement).execute(tx);
      }),
    ).rejects.toMatchObject({ code: '42501' });
    expect(await kinds()).toEqual([]);
  });

  it.each(statements)('the app and the system role are refused: %s', async (statement) => {
    await write(2);
    await expect(postgres.asTenant(tenant, (tx) => sql.raw(statement).execute(tx))).rejects.toMatchObject({
      code: '42501',
    });
    await expect(postgres.asSystem((tx) => sql.raw(statement).execute(tx))).rejects.toMatchObject({
      code: '42501',
    });
  });

  it('a tenant neither reads nor writes another tenant’s log', async () => {
    const other = randomIds.next('tenant');
    await write(2, other);
    await write(1);
    const { entries } = await postgres.asTenant(tenant, (tx) => audit.list(tx, {}, { limit: 10 }));
    expect(entries.map((entry) => entry.tenantId)).toEqual([tenant]);
    await expect(
      postgres.asTenant(tenant, (tx) => audit.append(tx, other, [draft(9)])),
    ).rejects.toMatchObject({
      code: '42501',
    });
  });
});

describe('verifyAudit finds what a superuser did', () => {
  beforeEach(() => write(6));

  it.each([
    [
      'an edited act',
      [`update audit_entries set act = 'x:y:z' where tenant_id = $tenant and sequence = 3`],
      ['edited@3'],
    ],
    [
      'an edited value',
      [
        `update audit_entries set after = after || '{"phase":"active"}' where tenant_id = $tenant and sequence = 2`,
      ],
      ['edited@2'],
    ],
    [
      'a value that no program can read',
      [`update audit_entries set after = '{"n": 1e400}' where tenant_id = $tenant and sequence = 5`],
      ['edited@5'],
    ],
    [
      'an edited name',
      [`update audit_entries set actor_name = 'Nobody' where tenant_id = $tenant and sequence = 6`],
      ['edited@6'],
    ],
    [
      'an instant moved by a microsecond',
      [
        `update audit_entries set at = at + interval '1 microsecond' where tenant_id = $tenant and sequence = 1`,
      ],
      ['edited@1'],
    ],
    [
      'a deleted entry',
      ['delete from audit_entries where tenant_id = $tenant and sequence = 4'],
      ['missing@4'],
    ],
    [
      'a deleted beginning',
      ['delete from audit_entries where tenant_id = $tenant and sequence <= 2'],
      ['missing@1'],
    ],
    ['a cut end', ['delete from audit_entries where tenant_id = $tenant and sequence > 4'], ['truncated@5']],
    ['a log emptied', ['delete from audit_entries where tenant_id = $tenant'], ['truncated@1']],
    [
      'a head set back',
      ['update audit_heads set sequence = 4 where tenant_id = $tenant'],
      ['head_changed@6'],
    ],
    ['a head removed', ['delete from audit_heads where tenant_id = $tenant'], ['head_changed@6']],
  ])('%s', async (_, statements, expected) => {
    await tamper(...statements);
    expect(await kinds()).toEqual(expected);
  });

  it('two entries in each other’s place', async () => {
    await tamper(
      'update audit_entries set sequence = 100 where tenant_id = $tenant and sequence = 2',
      'update audit_entries set sequence = 2 where tenant_id = $tenant and sequence = 3',
      'update audit_entries set sequence = 3 where tenant_id = $tenant and sequence = 100',
    );
    expect(await kinds()).toEqual(['unlinked@2', 'edited@2', 'unlinked@3', 'edited@3', 'unlinked@4']);
  });

  it('an end cut off together with its head only by an anchor', async () => {
    const before = await verifyAudit(postgres, tenant);
    await tamper(
      'delete from audit_entries where tenant_id = $tenant and sequence > 4',
      `update audit_heads set sequence = 4, hash = (select hash from audit_entries where tenant_id = $tenant and sequence = 4) where tenant_id = $tenant`,
    );
    expect(await kinds()).toEqual([]);
    expect(await kinds(before.head ?? undefined)).toEqual(['anchor_lost@6']);
  });
});

describe('list', () => {
  it('pages newest first and filters by every part', async () => {
    const ann = { type: 'user' as const, id: 'usr_ann', name: 'Ann Müller-Lüdenscheidt' };
    await write(5);
    clock.set('2026-11-21T12:00:00.000Z');
    await postgres.asTenant(tenant, (tx) =>
      audit.append(tx, tenant, [
        draft(10, {
          actor: ann,
          act: 'identity:session:start',
          before: null,
          after: { reason: 'Quarterly review' },
        }),
        draft(11, { actor: ann, act: 'people:division:save', subject: { type: 'division', id: 'div_1' } }),
      ]),
    );
    clock.set('2026-11-20T12:00:00.000Z');
    const list = (filter: Parameters<typeof audit.list>[1], page = { limit: 50 }) =>
      postgres.asTenant(tenant, async (tx) => {
        const { entries } = await audit.list(tx, filter, page);
        expect(await audit.count(tx, filter)).toBe(entries.length);
        return entries.map((entry) => entry.sequence);
      });
    expect(await list({})).toEqual([7, 6, 5, 4, 3, 2, 1]);
    expect(await list({ actorId: 'usr_ann' })).toEqual([7, 6]);
    expect(await list({ actorType: 'system' })).toEqual([5, 4, 3, 2, 1]);
    expect(await list({ act: 'people:*' })).toEqual([7, 5, 4, 3, 2, 1]);
    expect(await list({ act: 'people:employee:update', subjectId: 'emp_2' })).toEqual([3]);
    expect(await list({ act: 'people_*' })).toEqual([]);
    expect(await list({ subjectType: 'division' })).toEqual([7]);
    expect(await list({ from: '2026-11-21T00:00:00.000Z' })).toEqual([7, 6]);
    expect(await list({ to: '2026-11-21T00:00:00.000Z', subjectId: 'emp_0' })).toEqual([1]);
    expect(await list({ text: 'quarter rev' })).toEqual([6]);
    expect(await list({ text: 'müll' })).toEqual([7, 6]);
    expect(await list({ text: `'); drop` })).toEqual([]);
    expect(await list({ text: '%' })).toEqual([]);
    const first = await postgres.asTenant(tenant, (tx) => audit.list(tx, {}, { limit: 3 }));
    const second = await postgres.asTenant(tenant, (tx) =>
      audit.list(tx, {}, { limit: 4, before: first.next ?? 0 }),
    );
    expect([first.next, second.next]).toEqual([5, null]);
    expect(second.entries.map((entry) => entry.sequence)).toEqual([4, 3, 2, 1]);
  });

  it('gets one entry as it was sealed', async () => {
    const [entry] = await postgres.asTenant(tenant, (tx) => audit.append(tx, tenant, [draft(1)]));
    const id = entry?.id ?? randomIds.next('auditEntry');
    expect(await postgres.asTenant(tenant, (tx) => audit.get(tx, id))).toEqual(entry);
    await expect(
      postgres.asTenant(tenant, (tx) => audit.get(tx, randomIds.next('auditEntry'))),
    ).rejects.toMatchObject({ code: 'audit.entry_not_found' });
  });
});
