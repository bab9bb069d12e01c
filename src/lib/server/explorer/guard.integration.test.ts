import { afterAll, beforeAll, expect, test } from 'vitest';
import { authorize } from '#domain/identity';
import type { ClickHouse } from '#platform/clickhouse';
import { systemClock } from '#platform/clock';
import { migrateWarehouse } from '#warehouse';
import { openTestClickHouse } from '../../../../tests/support/clickhouse.ts';
import { openWorld, type World } from '../../../../tests/support/world.ts';
import { viewer } from '../testing.ts';
import { createRecordedGuard } from './guard.ts';

let world: World;
let clickhouse: ClickHouse;

beforeAll(async () => {
  [world, clickhouse] = await Promise.all([openWorld(), openTestClickHouse()]);
  await migrateWarehouse(clickhouse);
});
afterAll(() => Promise.all([world.close(), clickhouse.close()]));

test('each question is in the audit log: who, SQL as written and as run, hash of the rows', async () => {
  const { postgres, domain, identity, tenantId } = world;
  const scope = authorize(viewer(tenantId, { role: 'CompanyAdmin' }), 'see', 'any-module');
  const guard = createRecordedGuard({
    clickhouse,
    postgres,
    audit: domain.audit,
    clock: systemClock,
    userNames: (of, ids) => identity.userNames(of as typeof tenantId, ids),
  });
  const sql = 'select count() from people';
  const answer = await guard.runGuarded({ scope, sql, question: 'How many people?' });
  await expect(guard.runGuarded({ scope, sql: 'SELECT sleep(1)' })).rejects.toMatchObject({
    code: 'warehouse.sql_refused',
  });
  const { entries } = await postgres.asTenant(tenantId, (tx) => domain.audit.list(tx, {}, { limit: 2 }));
  expect(entries).toMatchObject([
    {
      act: 'explorer:question:refuse',
      after: { sqlAsWritten: 'SELECT sleep(1)', code: 'warehouse.sql_refused' },
    },
    {
      act: 'explorer:question:answer',
      actor: { type: 'user', id: scope.userId },
      after: {
        question: 'How many people?',
        sqlAsWritten: sql,
        sqlAsRun: answer.sqlAsRun,
        rows: 1,
        rowsHash: answer.rowsHash,
      },
    },
  ]);
});
