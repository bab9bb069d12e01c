import type { ClickHouse } from '#platform/clickhouse';
import type { Clock } from '#platform/clock';
import type { Log } from '#platform/log';
import { ask } from './metrics/query.ts';
import { createTurns } from './turns.ts';
import { correctionSql, countQuery, dueQuery } from './rollup-queries.ts';

export interface DayRollupDeps {
  readonly clickhouse: ClickHouse;
  readonly clock: Clock;
  readonly log: Log;
  /** Past days to keep rolled up. Default: a trend of 90 days as of any instant of the last year. */
  readonly keptDays?: number;
}

/**
 * Keeps `status_days`: how people stood at the end of each past day. Run it after midnight UTC, at start, and after
 * changes of past days were loaded (imports, a consumer that was behind); when nothing is due it costs one count.
 *
 * Each run brings the table to what the history says by adding differences, so a run that was cut short is mended by
 * the next. Two runs at once would both add the same difference: calls of one roll-up wait for each other, and only
 * one process may have it as its work (a singleton job).
 */
export interface DayRollup {
  run(): Promise<{ readonly tenants: number; readonly days: number }>;
}

const defaultKeptDays = 365 + 90;
/** One pass reads the whole history before it, so few long spans are cheaper than many short ones. */
const daysPerSpan = 120;
/** Flag changes in one pass: what its intermediate states may cost in memory. */
const changesPerPass = 1_000_000;
const dayMs = 86_400_000;

export function createDayRollup(deps: DayRollupDeps): DayRollup {
  const inTurn = createTurns();
  return { run: () => inTurn(() => rollUpAll(deps)) };
}

async function rollUpAll(deps: DayRollupDeps): ReturnType<DayRollup['run']> {
  const { clickhouse, clock, log, keptDays = defaultKeptDays } = deps;
  const nowMs = clock.nowMs();
  const lastDay = dayOf(nowMs - dayMs);
  const due = await ask(clickhouse, dueQuery, {
    first_day: dayOf(nowMs - keptDays * dayMs),
    last_day: lastDay,
  });
  let days = 0;
  for (const pass of passesOf(due)) {
    for (const span of spansOf(pass.fromDay, lastDay)) {
      await rollUp(clickhouse, pass.tenants, span, nowMs);
      days += span.length * pass.tenants.length;
    }
  }
  if (days > 0) {
    await settle(clickhouse);
    const durationMs = clock.nowMs() - nowMs;
    log.info({ table: 'status_days', count: days, durationMs }, 'past days rolled up');
  }
  return { tenants: due.length, days };
}

/** Once a day the small tables of which each row is replaced again and again become one part: FINAL then has little to do. */
async function settle(clickhouse: ClickHouse): Promise<void> {
  for (const table of ['flags_current', 'people']) {
    await clickhouse.client.command({ query: `OPTIMIZE TABLE ${table} FINAL` });
  }
}

interface Pass {
  readonly fromDay: string;
  readonly tenants: string[];
}

/** Companies that are due from the same day go together, as many as one pass may hold. */
export function passesOf(due: readonly { tenant_id: string; from_day: string; history: number }[]): Pass[] {
  const passes: Pass[] = [];
  for (const [fromDay, tenants] of Map.groupBy(due, (each) => each.from_day)) {
    let room = 0;
    for (const { tenant_id: tenant, history } of tenants) {
      const open = passes.at(-1);
      if (open?.fromDay === fromDay && history <= room) {
        open.tenants.push(tenant);
        room -= history;
      } else {
        passes.push({ fromDay, tenants: [tenant] });
        room = changesPerPass - history;
      }
    }
  }
  return passes;
}

interface Span {
  readonly first: string;
  readonly last: string;
  readonly length: number;
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Cuts a range of days into spans; both ends are inside. */
export function spansOf(first: string, last: string): Span[] {
  const spans: Span[] = [];
  const endMs = Date.parse(last);
  for (let startMs = Date.parse(first); startMs <= endMs; startMs += daysPerSpan * dayMs) {
    const stopMs = Math.min(startMs + (daysPerSpan - 1) * dayMs, endMs);
    const length = (stopMs - startMs) / dayMs + 1;
    spans.push({ first: dayOf(startMs), last: dayOf(stopMs), length });
  }
  return spans;
}

async function rollUp(
  clickhouse: ClickHouse,
  tenants: readonly string[],
  span: Span,
  nowMs: number,
): Promise<void> {
  const params = {
    tenants: [...tenants],
    first_day: span.first,
    last_day: span.last,
    length: span.length,
  };
  // Counted before the states are read: a change that arrives in between makes the day due again.
  const marks = await ask(clickhouse, countQuery, params);
  await clickhouse.client.command({ query: correctionSql, query_params: params });
  await clickhouse.client.insert({
    table: 'rolled_days',
    values: marks.map((mark) => ({ ...mark, rolled_at: nowMs })),
    format: 'JSONEachRow',
  });
}
