import { createHash } from 'node:crypto';
import type { ClickHouse } from '#platform/clickhouse';
import { readEngineFailure } from './engine-failure.ts';
import { settingsOf, type GuardLimits } from './statement.ts';
import { isWallUp, rolesOf } from './wall.ts';

export interface AnswerColumn {
  readonly name: string;
  /** As the engine names it: `Nullable(DateTime64(3, 'UTC'))`. */
  readonly type: string;
}

/** A statement of ours, made of a question that passed. */
export interface Run {
  readonly sqlAsRun: string;
  readonly sqlAsWritten: string;
  readonly tenantId: string;
  readonly limits: GuardLimits;
  readonly signal: AbortSignal | undefined;
}

export interface Rows {
  readonly columns: readonly AnswerColumn[];
  /** 64-bit integers and decimals as texts, instants as ISO 8601 UTC. */
  readonly rows: readonly (readonly unknown[])[];
  /** There are more rows than the limit. */
  readonly truncated: boolean;
  /** SHA-256 of columns and rows, hex. */
  readonly rowsHash: string;
}

export interface RunnerDeps {
  readonly client: ClickHouse['client'];
  readonly mode: ClickHouse['mode'];
}

/** Runs statements under the limits and, where the engine has it, behind the second wall. Errors as of the guard. */
export function createRunner({ client, mode }: RunnerDeps): (run: Run) => Promise<Rows> {
  let wall: Promise<boolean> | undefined;

  async function behindWall(tenantId: string): Promise<{ role?: string[] }> {
    wall ??= isWallUp(client);
    // A failure must not be remembered.
    wall.catch(() => (wall = undefined));
    return (await wall) ? { role: rolesOf(tenantId) } : {};
  }

  return async ({ sqlAsRun, sqlAsWritten, tenantId, limits, signal }) => {
    try {
      const result = await client.query({
        query: sqlAsRun,
        format: 'JSONCompactEachRowWithNamesAndTypes',
        clickhouse_settings: settingsOf(limits, mode),
        ...(await behindWall(tenantId)),
        ...(signal === undefined ? {} : { abort_signal: signal }),
      });
      const [names = [], types = [], ...found] = await result.json<unknown[]>();
      const columns = names.map((name, at) => ({ name: String(name), type: String(types[at]) }));
      const rows = found.slice(0, limits.rows);
      return { columns, rows, truncated: found.length > limits.rows, rowsHash: hashOf(columns, rows) };
    } catch (error) {
      throw readEngineFailure(error, sqlAsWritten, signal);
    }
  };
}

function hashOf(columns: readonly AnswerColumn[], rows: readonly (readonly unknown[])[]): string {
  const hash = createHash('sha256').update(JSON.stringify(columns));
  for (const row of rows) hash.update('\n').update(JSON.stringify(row));
  return hash.digest('hex');
}
