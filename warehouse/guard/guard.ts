import type { Scope } from '#domain/identity';
import type { ClickHouse } from '#platform/clickhouse';
import type { Clock } from '#platform/clock';
import { PlumblineError } from '#platform/errors';
import type { ViewName } from '../catalogue/views/views.ts';
import type { Audience } from '../metrics/scope.ts';
import { emptyDatabase } from './empty-database.ts';
import { createGate } from './gate.ts';
import { requireRights, whyDenied, wordsOfScope } from './rights.ts';
import { createRunner, type AnswerColumn } from './run.ts';
import { sightOf } from './sight.ts';
import type { Secrecy } from './sources.ts';
import { defaultLimits, statementOf, type GuardLimits } from './statement.ts';

/** A question in SQL over the semantic views. */
export interface GuardedAsk {
  readonly scope: Scope;
  readonly sql: string;
  /** The question in words, when a person or a model said one; for the audit log. */
  readonly question?: string;
  readonly signal?: AbortSignal;
  readonly limits?: Partial<GuardLimits>;
}

export interface GuardedAnswer {
  readonly columns: readonly AnswerColumn[];
  /** 64-bit integers and decimals as texts, instants as ISO 8601 UTC. */
  readonly rows: readonly (readonly unknown[])[];
  /** There are more rows than the limit. */
  readonly truncated: boolean;
  /** What the asker's scope left out, in words for the asker; null when nothing. */
  readonly limitedTo: string | null;
  readonly views: readonly ViewName[];
  /** The SQL as the engine ran it. */
  readonly sqlAsRun: string;
  /** SHA-256 of columns and rows, hex. */
  readonly rowsHash: string;
  readonly tookMs: number;
}

/** One question as the audit log keeps it, answered or not. */
export interface GuardRecord {
  readonly question: string | null;
  readonly sqlAsWritten: string;
  /** Null when nothing ran. */
  readonly sqlAsRun: string | null;
  readonly outcome: 'answered' | 'refused' | 'failed';
  /** Code of the error; null when answered. */
  readonly code: string | null;
  readonly rows: number | null;
  readonly rowsHash: string | null;
}

/** Guarded SQL: no other way leads from a user's or a model's SQL to the engine. */
export interface Guard {
  /**
   * Answers the question for the scope. Whatever comes of it is recorded first.
   * Errors: `warehouse.sql_not_understood`, `warehouse.sql_refused`, `warehouse.view_not_permitted` (which names the
   * missing right), `warehouse.query_too_long`, `…_too_large`, `…_stopped`, `…_name_unknown`, `…_not_fitting`,
   * `…_value_unfit`, `…_failed`.
   */
  runGuarded(ask: GuardedAsk): Promise<GuardedAnswer>;
  /** Why the scope may read nothing of the view; null: it may. */
  whyDenied(scope: Scope, view: ViewName): string | null;
  /** The SQL laid out by the engine, on several lines. Reads nothing. Errors: `warehouse.sql_not_understood`, `…_refused`. */
  format(sql: string): Promise<string>;
}

export interface GuardDeps {
  readonly clickhouse: ClickHouse;
  readonly clock: Clock;
  readonly secrecy: Secrecy;
  /** Whose view of the flags a scope has. */
  readonly audienceOf: (scope: Scope) => Audience;
  /** Writes to the audit log of the scope's tenant; an answer that cannot be recorded is not given. */
  readonly record: (scope: Scope, record: GuardRecord) => Promise<void>;
}

export function createGuard(deps: GuardDeps): Guard {
  const { clickhouse, clock, secrecy } = deps;
  const client = clickhouse.connectTo(emptyDatabase);
  const gate = createGate({ client });
  const run = createRunner({ client, mode: clickhouse.mode });

  async function answer(ask: GuardedAsk, told: (sql: string) => void): Promise<GuardedAnswer> {
    const { scope, sql, signal } = ask;
    const limits = { ...defaultLimits, ...ask.limits };
    const startMs = clock.nowMs();
    const passed = await gate.check(sql, signal);
    const sight = sightOf(scope, deps.audienceOf(scope));
    requireRights(scope, sight, passed);
    const { database } = clickhouse;
    const sqlAsRun = statementOf(passed, sight, { database, secrecy }, limits);
    told(sqlAsRun);
    const found = await run({ sqlAsRun, sqlAsWritten: sql, tenantId: scope.tenantId, limits, signal });
    const limitedTo = wordsOfScope(sight, passed.views);
    return { ...found, limitedTo, views: passed.views, sqlAsRun, tookMs: clock.nowMs() - startMs };
  }

  return {
    runGuarded: recorded(answer, deps.record),
    whyDenied: (scope, view) => whyDenied(scope, sightOf(scope, deps.audienceOf(scope)), view),
    format: (sql) => gate.format(sql),
  };
}

type Answer = (ask: GuardedAsk, told: (sql: string) => void) => Promise<GuardedAnswer>;

/** Nothing is told before it is recorded: neither an answer nor why there is none. */
function recorded(answer: Answer, record: GuardDeps['record']): Guard['runGuarded'] {
  return async (ask) => {
    let sqlAsRun: string | null = null;
    const told = (sql: string): void => {
      sqlAsRun = sql;
    };
    const outcome = await answer(ask, told).catch((error: unknown) => new Unanswered(error));
    const base = { question: ask.question ?? null, sqlAsWritten: ask.sql, sqlAsRun };
    if (outcome instanceof Unanswered) {
      const { cause } = outcome;
      const code = cause instanceof PlumblineError ? cause.code : null;
      const why = sqlAsRun === null ? 'refused' : 'failed';
      await record(ask.scope, { ...base, outcome: why, code, rows: null, rowsHash: null });
      throw cause;
    }
    const { rows, rowsHash } = outcome;
    await record(ask.scope, { ...base, outcome: 'answered', code: null, rows: rows.length, rowsHash });
    return outcome;
  };
}

class Unanswered {
  readonly cause: unknown;
  constructor(cause: unknown) {
    this.cause = cause;
  }
}
