import { LRUCache } from 'lru-cache';
import type { ClickHouse, ClickHouseSettings } from '#platform/clickhouse';
import type { ViewName } from '../catalogue/views/views.ts';
import { requirePlainText, requirePlainTokens } from './canonical.ts';
import { checkTree, type EngineFunctions } from './check-tree.ts';
import { isSyntaxError, readEngineFailure } from './engine-failure.ts';
import { readQueryTree } from './query-tree.ts';
import { placeOfSyntaxError } from './syntax-place.ts';
import { notUnderstood, refused } from './refusal.ts';

/** A question that passed. It says nothing about who may ask it. */
export interface Passed {
  /** The engine's own text of the question; the asker's text goes no further. */
  readonly canonical: string;
  readonly views: readonly ViewName[];
  readonly texts: readonly string[];
}

/** The first wall's first half: what may be said at all, decided by the engine's own parser. */
export interface Gate {
  /**
   * Throws `warehouse.sql_not_understood` with the place, `warehouse.sql_refused` with what is not allowed, and
   * `warehouse.query_…` when the engine cannot be asked.
   */
  check(sql: string, signal?: AbortSignal): Promise<Passed>;
  /** The engine's layout of the SQL, which is not run. Errors as of `check`. */
  format(sql: string): Promise<string>;
}

/** Parsing has no time limit in the engine, so its size is limited, and what multiplies while parsing is off. */
const gateSettings: ClickHouseSettings = {
  readonly: '1',
  max_query_size: '60000',
  max_parser_depth: '200',
  max_parser_backtracks: '20000',
  max_ast_depth: '200',
  max_ast_elements: '8000',
  max_execution_time: 2,
  max_threads: 1,
};
const treeSettings: ClickHouseSettings = { ...gateSettings, enable_global_with_statement: 0 };

export interface GateDeps {
  /** Connected to a database without tables. */
  readonly client: ClickHouse['client'];
}

/** Asks the engine about SQL; nothing of the SQL is run. */
function createAsk(client: GateDeps['client']) {
  return async function ask(
    query: string,
    settings: ClickHouseSettings,
    signal: AbortSignal | undefined,
    params = {},
  ) {
    const result = await client.query({
      query,
      query_params: params,
      format: 'JSONCompactEachRow',
      clickhouse_settings: settings,
      ...(signal === undefined ? {} : { abort_signal: signal }),
    });
    return result.json<[string | null]>();
  };
}

export function createGate({ client }: GateDeps): Gate {
  // What passes is the same for every asker, so the answer is kept by the text alone.
  const passed = new LRUCache<string, Passed>({ max: 1000, maxSize: 4_000_000, sizeCalculation: sizeOf });
  let functions: Promise<EngineFunctions> | undefined;

  const ask = createAsk(client);

  async function readFunctions(): Promise<EngineFunctions> {
    const rows = await ask('SELECT lower(name) FROM system.functions', gateSettings, undefined);
    return new Set(rows.map(([name]) => name ?? ''));
  }

  async function canonicalOf(sql: string, signal: AbortSignal | undefined): Promise<string> {
    const [row] = await ask('SELECT formatQuerySingleLineOrNull({sql:String})', gateSettings, signal, {
      sql,
    });
    if (typeof row?.[0] === 'string') return row[0];
    const place = await placeOfSyntaxError((query) => ask(query, gateSettings, signal, { sql }));
    throw notUnderstood('This is not one complete SELECT.', place === null ? [] : [place]);
  }

  async function check(sql: string, signal: AbortSignal | undefined): Promise<Passed> {
    functions ??= readFunctions();
    // A failure must not be remembered.
    functions.catch(() => (functions = undefined));
    const canonical = await canonicalOf(sql, signal);
    requirePlainTokens(canonical);
    // Nothing is resolved or run. The brackets make INTO OUTFILE, FORMAT and a second statement syntax errors.
    const query = `EXPLAIN QUERY TREE run_passes = 0, dump_ast = 0 SELECT * FROM (${canonical})`;
    const found = await ask(query, treeSettings, signal).catch((error: unknown) => {
      if (isSyntaxError(error))
        throw refused('Ask one plain SELECT: no FORMAT, no INTO OUTFILE, no PARALLEL WITH.');
      throw error;
    });
    const lines = found.map(([line]) => line ?? '');
    return { canonical, ...checkTree(readQueryTree(lines), await functions) };
  }

  return {
    format: async (sql) => {
      requirePlainText(sql);
      requirePlainTokens(await canonicalOf(sql, undefined));
      const [row] = await ask('SELECT formatQueryOrNull({sql:String})', gateSettings, undefined, { sql });
      return row?.[0] ?? sql;
    },
    check: async (sql, signal) => {
      requirePlainText(sql);
      const known = passed.get(sql);
      if (known !== undefined) return known;
      try {
        const found = await check(sql, signal);
        passed.set(sql, found);
        return found;
      } catch (error) {
        throw readEngineFailure(error, sql, signal);
      }
    },
  };
}

const sizeOf = (value: Passed, key: string): number => key.length + value.canonical.length + 200;
