import { createWriteStream, rmSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { TenantId } from '#contracts/ids';
import { modules } from '#contracts/modules';
import { createServerClickHouse, type ClickHouse } from '#platform/clickhouse';
import { systemClock } from '#platform/clock';
import { createSilentLog } from '#platform/log';
import { createDayRollup, migrateWarehouse } from '#warehouse';
import { fillScratch, scratchId, truncateScratch } from '../../warehouse/bench-data.ts';
import { ask } from '../../warehouse/metrics/query.ts';
import { changesQuery } from '../../warehouse/metrics/recent.ts';
import type { ScopeParams } from '../../warehouse/metrics/scope.ts';
import { standingQueries } from '../../warehouse/metrics/standing.ts';
import { trendQueries } from '../../warehouse/metrics/trend.ts';
import { stateMask } from '../../warehouse/state.ts';
import { metric, type PartResult } from '../metrics.ts';
import { openDuckDB, type DuckDB, type DuckDBConnection } from './duckdb.ts';
import type { Engines } from './engines.ts';
import { plainChanges, plainStanding, plainTrend } from './overview-answers.ts';
import { changesSql, exported, standingSql, trendSql } from './overview-sql.ts';
import { alternate, median, medianRatio, spread } from './rounds.ts';

const dayMs = 86_400_000;

interface Viewer {
  readonly name: string;
  readonly tenant: TenantId;
  /** Of a viewer who sees one division only. */
  readonly division: string | null;
}

const viewers: readonly Viewer[] = [
  { name: 'large company', tenant: scratchId('ten', 0) as TenantId, division: null },
  { name: 'company', tenant: scratchId('ten', 1) as TenantId, division: null },
  { name: 'division', tenant: scratchId('ten', 1) as TenantId, division: scratchId('div', 2) },
];

/** The rows that answer the overview's three questions. */
type Answers = readonly [standing: object[], trend: object[], changes: object[]];
type Overview = (viewer: Viewer, atMs: number) => Promise<Answers>;

const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);
const daysOf = (atMs: number) => ({
  first_day: dayOf(atMs - 90 * dayMs),
  last_day: dayOf(atMs - dayMs),
  module_day: dayOf(atMs - 30 * dayMs),
});

function scopeOf({ tenant, division }: Viewer): ScopeParams {
  return {
    tenant,
    audience: 'others',
    everyone: division === null ? 1 : 0,
    divisions: division === null ? [] : [division],
    locations: [],
    employee: '',
    division: '',
    location: '',
    job_role: '',
    phases: [],
    modules: [...modules],
    mask: stateMask(modules),
  };
}

/** As the overview asks them: at once, each row checked. */
function askOurs(clickhouse: ClickHouse): Overview {
  return (viewer, atMs) => {
    const at = { ...scopeOf(viewer), at_ms: atMs };
    return Promise.all([
      ask(clickhouse, standingQueries.now, { ...at, since_ms: atMs - dayMs, days: 30 }),
      ask(clickhouse, trendQueries.rolled, { ...scopeOf(viewer), ...daysOf(atMs) }),
      ask(clickhouse, changesQuery, { ...at, since_ms: atMs - 3_600_000, limit: 20 }),
    ]);
  };
}

const rows = async (
  connection: DuckDBConnection,
  sql: string,
  values: Readonly<Record<string, string | number | bigint>>,
) => (await connection.runAndReadAll(sql, values)).getRowObjectsJS();

/** At once too, on a connection each. */
async function askPeer(duckdb: DuckDB): Promise<Overview> {
  const [first, second, third] = [await duckdb.connect(), await duckdb.connect(), await duckdb.connect()];
  return ({ tenant, division }, atMs) => {
    const scope = { tenant, everyone: division === null ? 1 : 0, division: division ?? '' };
    const at = { ...scope, at_ms: BigInt(atMs) };
    return Promise.all([
      rows(first, standingSql, { ...at, since_ms: BigInt(atMs - dayMs) }),
      rows(second, trendSql, { ...scope, ...daysOf(atMs) }),
      rows(third, changesSql, { ...at, since_ms: BigInt(atMs - 3_600_000) }),
    ]);
  };
}

/** The rows that ClickHouse has now, by way of Parquet files. */
async function takeOver(clickhouse: ClickHouse, duckdb: DuckDB, folder: string): Promise<void> {
  const connection = await duckdb.connect();
  for (const [table, query] of Object.entries(exported)) {
    const file = path.join(folder, `${table}.parquet`);
    const answer = await clickhouse.client.exec({
      query: `${query} FORMAT Parquet`,
      clickhouse_settings: { output_format_parquet_string_as_string: 1 },
    });
    await pipeline(answer.stream, createWriteStream(file));
    await connection.run(`CREATE TABLE ${table} AS SELECT * FROM read_parquet('${file}')`);
    rmSync(file);
  }
  await connection.run('ANALYZE');
}

const plain = ([standing, trend, changes]: Answers) =>
  JSON.stringify([plainStanding(standing), plainTrend(trend), plainChanges(changes)]);

async function requireEqual(ours: Overview, peer: Overview, atMs: number): Promise<void> {
  for (const viewer of viewers) {
    const [mine, theirs] = [await ours(viewer, atMs), await peer(viewer, atMs)];
    // In little history nothing may have changed within the last hour.
    if (mine.slice(0, 2).some((answer) => answer.length === 0))
      throw new Error(`the ${viewer.name} sees nothing`);
    if (plain(mine) !== plain(theirs)) {
      throw new Error(`the engines answer the ${viewer.name} differently`);
    }
  }
}

async function timed(overview: Overview, atMs: number, laps: number): Promise<number[]> {
  const tookMs: number[] = [];
  for (const viewer of viewers) {
    const startMs = performance.now();
    for (let lap = 0; lap < laps; lap += 1) await overview(viewer, atMs);
    tookMs.push((performance.now() - startMs) / laps);
  }
  return tookMs;
}

/** Our overview's questions on ClickHouse's engine over HTTP, beside the same on DuckDB in the asking process, over the same rows. */
export async function measureOverview(
  engines: Engines,
  { quick, say }: { readonly quick: boolean; readonly say: (line: string) => void },
): Promise<PartResult> {
  const [events, rounds, laps] = quick ? [100_000, 2, 2] : [1_000_000, 7, 5];
  const database = 'bench_overview';
  const clickhouse = await createServerClickHouse({ url: engines.clickhouseUrl, database });
  const duckdb = await openDuckDB(say);
  try {
    const atMs = systemClock.nowMs();
    await migrateWarehouse(clickhouse);
    await truncateScratch(clickhouse);
    await fillScratch(clickhouse, { events, people: events / 50, nowMs: atMs });
    await createDayRollup({ clickhouse, clock: systemClock, log: createSilentLog(), keptDays: 91 }).run();
    await takeOver(clickhouse, duckdb, engines.folder);
    const [ours, peer] = [askOurs(clickhouse), await askPeer(duckdb)];
    await requireEqual(ours, peer, atMs);
    const seen = await alternate(rounds, {
      ours: () => timed(ours, atMs, laps),
      peer: () => timed(peer, atMs, laps),
    });
    return resultOf(seen, events, duckdb.version);
  } finally {
    duckdb.close();
    await clickhouse.client.command({ query: `DROP DATABASE IF EXISTS ${database}` });
    await clickhouse.close();
  }
}

/** By round, over all viewers, or of one. */
const all = (rounds: readonly number[][]) => rounds.map((round) => round.reduce((sum, ms) => sum + ms, 0));
const of = (rounds: readonly number[][], at: number) => rounds.map((round) => round[at] ?? 0);

function resultOf(seen: { ours: number[][]; peer: number[][] }, events: number, version: string): PartResult {
  const [ours, peer] = [all(seen.ours), all(seen.peer)];
  const ratios = ours.map((ms, round) => ms / (peer[round] ?? 1));
  return {
    metrics: [metric('overview.ratio_duckdb', medianRatio(ours, peer))],
    notes: [
      `Equal: all three viewers are answered the same, ${events.toLocaleString('en')} flag changes, DuckDB ${version}. Ratios ${spread(ratios)}.`,
      ...viewers.map(({ name }, at) => {
        const [a, b] = [of(seen.ours, at), of(seen.peer, at)];
        return `${name}: ours ${median(a).toFixed(1)} ms, DuckDB ${median(b).toFixed(1)} ms per overview; median ratio ${medianRatio(a, b).toFixed(2)}.`;
      }),
    ],
  };
}
