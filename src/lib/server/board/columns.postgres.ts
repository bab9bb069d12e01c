import { sql } from 'kysely';
import { boardColumnsSchema, type BoardColumn } from '#contracts/screens/board';
import type { Scope } from '#domain/identity';
import type { Clock } from '#platform/clock';
import type { Postgres } from '#platform/postgres';

const name = 'board.columns';

/** Which columns of the board a user has put away: their own choice in this company, on every device. */
export interface ColumnChoice {
  read(scope: Scope): Promise<BoardColumn[]>;
  save(scope: Scope, hidden: readonly BoardColumn[]): Promise<void>;
}

export function createColumnChoice({ postgres, clock }: { postgres: Postgres; clock: Clock }): ColumnChoice {
  return {
    read: (scope) =>
      postgres.asViewer(scope, async (tx) => {
        const { rows } = await sql<{ value: unknown }>`select value from view_preferences
          where tenant_id = ${scope.tenantId} and user_id = ${scope.userId} and name = ${name}`.execute(tx);
        // A column that no longer exists makes the choice void, not the screen.
        return boardColumnsSchema.safeParse(rows[0]?.value ?? []).data ?? [];
      }),
    save: (scope, hidden) =>
      postgres.asViewer(scope, async (tx) => {
        await sql`insert into view_preferences (tenant_id, user_id, name, value, updated_at)
          values (${scope.tenantId}, ${scope.userId}, ${name}, ${JSON.stringify(hidden)}::jsonb, ${clock.now()})
          on conflict (tenant_id, user_id, name) do update set value = excluded.value,
            updated_at = excluded.updated_at`.execute(tx);
      }),
  };
}
