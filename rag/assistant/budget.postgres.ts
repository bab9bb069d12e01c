import { sql } from 'kysely';
import type { Clock } from '#platform/clock';
import type { Postgres } from '#platform/postgres';
import type { Budget, BudgetLimits, Spent } from './budget.ts';

export interface BudgetDeps {
  readonly postgres: Postgres;
  readonly clock: Clock;
  readonly limits: BudgetLimits;
}

/** One row per company and day. Taking and looking is one statement, so that questions at the same time cannot both take the last of it. */
export function createBudget({ postgres, clock, limits }: BudgetDeps): Budget {
  return {
    reserve: (tenantId, most) => {
      const day = clock.now().slice(0, 10);
      if (beyond(most, limits)) return Promise.resolve(null);
      return postgres.asTenant(tenantId, async (tx) => {
        const { rows } = await sql`
          insert into assistant_spending as held (tenant_id, day, tokens, micro_usd)
          values (${tenantId}, ${day}, ${most.tokens}, ${most.microUsd})
          on conflict (tenant_id, day) do update
            set tokens = held.tokens + excluded.tokens, micro_usd = held.micro_usd + excluded.micro_usd
            where held.tokens + excluded.tokens <= ${limits.tokensPerDay}
              and held.micro_usd + excluded.micro_usd <= ${limits.microUsdPerDay}
          returning day`.execute(tx);
        if (rows.length === 0) return null;
        return { settle: (spent) => settle(postgres, { tenantId, day, most, spent }) };
      });
    },
  };
}

const beyond = (most: Spent, limits: BudgetLimits): boolean =>
  most.tokens > limits.tokensPerDay || most.microUsd > limits.microUsdPerDay;

interface Settled {
  readonly tenantId: string;
  readonly day: string;
  readonly most: Spent;
  readonly spent: Spent;
}

async function settle(postgres: Postgres, { tenantId, day, most, spent }: Settled): Promise<void> {
  await postgres.asTenant(tenantId, (tx) =>
    sql`update assistant_spending
      set tokens = greatest(0, tokens + ${spent.tokens - most.tokens}),
        micro_usd = greatest(0, micro_usd + ${spent.microUsd - most.microUsd})
      where tenant_id = ${tenantId} and day = ${day}`.execute(tx),
  );
}
