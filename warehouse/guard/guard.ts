import { createHash } from 'node:crypto';
import type { Scope } from '#domain/identity';
import type { ClickHouse } from '#platform/clickhouse';
import type { Clock } from '#platform/clock';
import { PlumblineError } from '#platform/errors';
import type { ViewName } from '../catalogue/views/views.ts';
import type { Audience } from '../metrics/scope.ts';
import { readEngineFailure } from './engine-failure.ts';
import { createGate } from './gate.ts';
import { requireRights, wordsOfScope } from './rights.ts';
import { sightOf } from './sight.ts';
import type { Secrecy } from './sources.ts';
import { defaultLimits, settingsOf, statementOf, type GuardLimits } from './statement.ts';

/** A question in SQL over the semantic views. */
export interface GuardedAsk {
  readonly scope: Scope;
  readonly sql: string;
  /** The question in words, when a person or a model said one; for the audit log. */
  readonly question?: string;
  readonly signal?: AbortSignal;
  readonly limits?: Partial<GuardLimits>;
}

export interface AnswerColumn {
  readonly name: string;
  /** As the engine names it: `Nullable(DateTime64(3, 'UTC'))`. */
  readonly type: string;
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

/** A database that never holds a table. One for all databases of an engine. */
export const emptyDatabase = 'plumbline_nothing';

export function createGuard(deps: GuardDeps): Guard {
  const { clickhouse, clock, secrecy } = deps;
  const client = clickhouse.connectTo(emptyDatabase);
  const gate = createGate({ client });

  async function answer(ask: GuardedAsk, told: (sql: string) => void): Promise<GuardedAnswer> {
    const { scope, sql, signal } = ask;
    const limits = { ...defaultLimits, ...ask.limits };
    const startMs = clock.nowMs();
    const passed = await gate.check(sql, signal);
    const sight = sightOf(scope, deps.audienceOf(scope));
    requireRights(scope, sight, passed);
    const sqlAsRun = statementOf(passed, sight, { database: clickhouse.database, secrecy }, limits.rows);
    told(sqlAsRun);
    try {
      const result = await client.query({
        query: sqlAsRun,
        format: 'JSONCompactEachRowWithNamesAndTypes',
        clickhouse_settings: settingsOf(limits, clickhouse.mode),
        ...(signal === undefined ? {} : { abort_signal: signal }),
      });
      const [names = [], types = [], ...rows] = await result.json<unknown[]>();
      const columns = names.map((name, at) => ({ name: String(name), type: String(types[at]) }));
      const kept = rows.slice(0, limits.rows);
      return {
        columns,
        rows: kept,
        truncated: rows.length > limits.rows,
        limitedTo: wordsOfScope(sight, passed.views),
        views: passed.views,
        sqlAsRun,
        rowsHash: hashOf(columns, kept),
        tookMs: clock.nowMs() - startMs,
      };
    } catch (error) {
      throw readEngineFailure(error, sql, signal);
    }
  }

  /** Nothing is told before it is recorded: neither an answer nor why there is none. */
  async function runGuarded(ask: GuardedAsk): Promise<GuardedAnswer> {
    let sqlAsRun: string | null = null;
    const outcome = await answer(ask, (sql) => (sqlAsRun = sql)).catch(
      (error: unknown) => new Unanswered(error),
    );
    const base = { question: ask.question ?? null, sqlAsWritten: ask.sql, sqlAsRun };
    if (outcome instanceof Unanswered) {
      const { cause } = outcome;
      const code = cause instanceof PlumblineError ? cause.code : null;
      const why = sqlAsRun === null ? 'refused' : 'failed';
      await deps.record(ask.scope, { ...base, outcome: why, code, rows: null, rowsHash: null });
      throw cause;
    }
    const { rows, rowsHash } = outcome;
    await deps.record(ask.scope, { ...base, outcome: 'answered', code: null, rows: rows.length, rowsHash });
    return outcome;
  }

  return { runGuarded };
}

class Unanswered {
  readonly cause: unknown;
  constructor(cause: unknown) {
    this.cause = cause;
  }
}

function hashOf(columns: readonly AnswerColumn[], rows: readonly (readonly unknown[])[]): string {
  const hash = createHash('sha256').update(JSON.stringify(columns));
  for (const row of rows) hash.update('\n').update(JSON.stringify(row));
  return hash.digest('hex');
}
