import type { Audit } from '#domain/audit';
import { eventsBeforeNotice, laboratorySteps, unannouncedReasons } from '#domain/drug-alcohol';
import type { Scope } from '#domain/identity';
import type { ClickHouse } from '#platform/clickhouse';
import type { Clock } from '#platform/clock';
import type { Postgres } from '#platform/postgres';
import { createGuard, type Guard, type GuardRecord } from '#warehouse';
import { seesMasked } from '../visibility.ts';

export interface RecordedGuardDeps {
  readonly clickhouse: ClickHouse;
  readonly postgres: Postgres;
  readonly audit: Audit;
  readonly clock: Clock;
  userNames(tenantId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

/** The guard as the app runs it: it knows what only the DER may know, and writes each question to the audit log. */
export function createRecordedGuard({
  postgres,
  audit,
  userNames,
  clickhouse,
  clock,
}: RecordedGuardDeps): Guard {
  async function record(scope: Scope, entry: GuardRecord): Promise<void> {
    const { userId, homeTenantId, tenantId } = scope;
    const names = await userNames(homeTenantId, [userId]);
    const actor = { type: 'user' as const, id: userId, name: names.get(userId) ?? userId };
    const draft = {
      actor,
      ip: null,
      sessionId: null,
      requestId: null,
      act: `explorer:question:${verbs[entry.outcome]}`,
      subject: { type: 'question', id: entry.rowsHash ?? 'none' },
      after: entry,
    };
    await postgres.asTenant(tenantId, async (tx) => {
      await audit.append(tx, tenantId, [draft]);
    });
  }

  return createGuard({
    clickhouse,
    clock,
    secrecy: { unannouncedReasons, eventsBeforeNotice, laboratorySteps },
    audienceOf: (scope) => (seesMasked(scope) ? 'der' : 'others'),
    record,
  });
}

const verbs = { answered: 'answer', refused: 'refuse', failed: 'fail' } as const;
