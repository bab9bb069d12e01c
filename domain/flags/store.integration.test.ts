import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TenantId } from '#contracts/ids';
import type { DrugAlcoholEventType, DrugAlcoholInput } from '#contracts/events/drug-alcohol';
import { fold } from '#domain/drug-alcohol';
import { createCountingIds } from '#platform/ids';
import type { Postgres } from '#platform/postgres';
import { openTestDatabase } from '../../tests/support/database.ts';
import { createTeller, examplePerson, instant } from '../../tests/support/rule-examples.ts';
import {
  changesSince,
  compilePacks,
  decideFlags,
  findCurrentFlags,
  flagsToRecheck,
  headSequence,
  insertHistory,
  listFlagCellsAsOf,
  listFlagHistory,
  nextRecheckAt,
  saveFlags,
  takeSequence,
  toChanges,
} from './index.ts';
import type { FlagSubject } from './index.ts';

type Inputs = { [T in DrugAlcoholEventType]: DrugAlcoholInput<T> };
const tell = createTeller<Inputs>('drug_alcohol', 'quest-esp');
const drug = { test: { dot: true, reason: 'random' as const, kind: 'drug' as const } };
const pre = { test: { dot: true, reason: 'pre_employment' as const, kind: 'drug' as const } };

const tenantId = `ten_${'0'.repeat(25)}1` as TenantId;
const otherTenantId = `ten_${'0'.repeat(25)}2` as TenantId;
const employeeId = examplePerson.employeeId;
const packs = compilePacks();
const ids = createCountingIds();
const subject: FlagSubject = {
  facts: {
    ...examplePerson,
    tenantId,
    requirements: { drugAlcohol: { covered: true, agency: 'FMCSA' } },
  },
  name: 'Ada Moreno',
  divisionId: null,
  locationId: null,
  jobRoleId: null,
};

let postgres: Postgres;
beforeAll(async () => {
  postgres = await openTestDatabase();
});
afterAll(() => postgres.close());

const before = [
  tell('test.mro_negative', '2024-01-05 09:00', { ...pre, channel: 'mro' }, { subject: 'pre' }),
  tell('policy.receipt_signed', '2024-01-08 09:00', {}, { subject: 'policy' }),
  tell('test.collected', '2026-02-09 10:00', drug),
];
const dilute = tell('test.mro_negative', '2026-02-10 10:00', {
  ...drug,
  channel: 'mro',
  dilute: true,
  recollectDirected: true,
});
const corrected = tell('test.mro_corrected', '2026-02-12 08:30', { result: 'positive' }, { version: 2 });

/** Decides and writes as of one local time, as the policy driver does. */
async function decideAt(local: string, events: typeof before) {
  const at = instant(local);
  return postgres.asTenant(tenantId, async (tx) => {
    const decided = decideFlags({
      tenantId,
      atMs: Date.parse(at),
      subject,
      modules: ['drug_alcohol'],
      records: { drug_alcohol: fold(events) },
      current: await findCurrentFlags(tx, [employeeId]),
      causes: { drug_alcohol: { eventIds: [events.at(-1)!.id], receivedAt: at, occurredAt: at } },
      sources: {},
      packs,
      backfillUntilMs: null,
    });
    await saveFlags(
      tx,
      tenantId,
      decided.map(({ after }) => after),
    );
    const count = decided.reduce((sum, { announce }) => sum + announce.length, 0);
    const first = count === 0 ? 0 : await takeSequence(tx, tenantId, count);
    const changes = toChanges({ tenantId, subject, causes: {} }, decided, first, ids);
    await insertHistory(tx, tenantId, changes, at);
    return changes.map(({ change }) => `${change.sequence} ${change.audience} ${change.to.flag}`);
  });
}

describe('flags in the database', () => {
  test('state, history by audience, and what was known on a day', async () => {
    expect(await decideAt('2026-02-09 10:00', before)).toEqual(['1 all green']);
    expect(await decideAt('2026-02-10 10:00', [...before, dilute])).toEqual(['2 der yellow']);
    expect(await decideAt('2026-02-12 08:30', [...before, dilute, corrected])).toEqual([
      '3 others red',
      '4 der red',
    ]);
    await postgres.asTenant(tenantId, async (tx) => {
      const [current] = await findCurrentFlags(tx, [employeeId]);
      expect(current).toMatchObject({
        decision: { flag: 'red', hold: true },
        derDecision: null,
        since: instant('2026-02-12 08:30'),
        nextChangeAt: null,
      });
      const [then] = await listFlagCellsAsOf(tx, instant('2026-02-11 12:00'));
      expect(then).toMatchObject({ general: { flag: 'green' }, der: { flag: 'yellow', ruleId: 'DA08' } });
      const mine = await listFlagHistory(tx, { employeeId, audiences: ['all', 'others'] });
      expect(mine.map(({ sequence, to }) => `${sequence} ${to.flag}`)).toEqual(['1 green', '3 red']);
      expect((await changesSince(tx, 2, 10)).map((change) => change.sequence)).toEqual([3, 4]);
      expect(await headSequence(tx)).toBe(4);
    });
  });

  test('history is append-only', async () => {
    for (const statement of [sql`update flag_history set flag = 'green'`, sql`delete from flag_history`]) {
      await expect(postgres.asTenant(tenantId, (tx) => statement.execute(tx))).rejects.toThrow(
        /permission denied/,
      );
    }
  });

  test('another tenant sees nothing and cannot write here', async () => {
    await postgres.asTenant(otherTenantId, async (tx) => {
      expect(await findCurrentFlags(tx, [employeeId])).toEqual([]);
      expect(await listFlagHistory(tx, { employeeId, audiences: ['all', 'others', 'der'] })).toEqual([]);
      expect(await headSequence(tx)).toBe(0);
    });
    const [mine] = await postgres.asTenant(tenantId, (tx) => findCurrentFlags(tx, [employeeId]));
    await expect(postgres.asTenant(otherTenantId, (tx) => saveFlags(tx, tenantId, [mine!]))).rejects.toThrow(
      /row-level security/,
    );
  });

  test('the timer finds what is due, soonest first', async () => {
    await decideAt('2026-02-09 10:00', before);
    const dueAt = instant('2026-02-19 10:00');
    expect(await postgres.asSystem((tx) => nextRecheckAt(tx))).toBe(dueAt);
    const find = (at: string) => postgres.asSystem((tx) => flagsToRecheck(tx, at, 10));
    expect(await find(instant('2026-02-19 09:59'))).toEqual([]);
    expect(await find(dueAt)).toEqual([{ tenantId, employeeId, module: 'drug_alcohol' }]);
  });
});
