import type { ClickHouse } from '#platform/clickhouse';
import type { Clock } from '#platform/clock';
import type { Log } from '#platform/log';
import { catalogue } from '../catalogue/catalogue.ts';
import { createLoader, type Loader } from '../loading/loader.ts';
import type { LogPosition } from '../loading/rows.ts';
import { migrateWarehouse } from '../migrate.ts';
import { createDayRollup } from '../rollup.ts';
import { compareWarehouses, type DayComparison, type ReadTo } from './compare.ts';
import { openNotes, type Notes } from './notes.ts';
import { shadowedTables, shadowName, shadowOf } from './shadow.ts';

type Phase = 'loading' | 'exchanging' | 'exchanged';

export interface RebuildDeps {
  readonly clickhouse: ClickHouse;
  readonly clock: Clock;
  readonly log: Log;
  /** Forget a rebuild that was interrupted, and begin anew. */
  readonly fresh?: boolean;
}

/**
 * The warehouse once more, in tables of its own (`…_shadow`), while those in use go on. Whoever drives it reads the log from
 * `next` on, loads with `loader` and says `loaded` after each batch; then `rollUp`, `compare` and `exchange`; then
 * once more what the log holds from `next` on, which since then goes into the tables now in use; then `finish`.
 * It may be interrupted anywhere: opened again it goes on where it was.
 */
export interface Rebuild {
  /** False when an earlier run had begun it. */
  readonly isNew: boolean;
  /** `loading`: fill and compare. `exchanging`: an exchange was interrupted, make it whole. `exchanged`: only the rest of the log is missing. */
  phase(): Phase;
  next(topic: string, partition: number): bigint;
  loader(): Loader;
  loaded(positions: readonly LogPosition[]): Promise<void>;
  rollUp(): Promise<void>;
  compare(): Promise<DayComparison[]>;
  /** Each table by one atomic exchange. Readers and the loader of other processes see one or the other. */
  exchange(): Promise<void>;
  /** `keep`: the replaced tables stay until the next rebuild. */
  finish(replaced: 'keep' | 'drop'): Promise<void>;
}

const tables = Object.keys(catalogue);
/** As long as past days are kept (time to live of `status_days`). */
const keptDays = 760;

export async function openRebuild(deps: RebuildDeps): Promise<Rebuild> {
  const { clickhouse } = deps;
  const shadow = shadowOf(clickhouse);
  let notes = await openNotes(shadow);
  if (deps.fresh === true || notes.get('phase') === 'done') {
    await dropShadows(clickhouse);
    notes = await openNotes(shadow);
  }
  const isNew = notes.get('phase') === undefined;
  if (isNew) {
    await migrateWarehouse(shadow);
    await notes.set({ phase: 'loading', ...(await idsOfShadows(clickhouse)) });
  }
  return createRebuild(deps, shadow, notes, isNew);
}

function createRebuild(deps: RebuildDeps, shadow: ClickHouse, notes: Notes, isNew: boolean): Rebuild {
  const { clickhouse } = deps;
  const positions = new Map<string, ReadTo>();
  for (const one of JSON.parse(notes.get('positions') ?? '[]') as (Omit<ReadTo, 'next'> & {
    next: string;
  })[]) {
    positions.set(`${one.topic}/${one.partition}`, { ...one, next: BigInt(one.next) });
  }
  const phase = () => (notes.get('phase') ?? 'loading') as Phase;
  return {
    isNew,
    phase,
    next: (topic, partition) => positions.get(`${topic}/${partition}`)?.next ?? 0n,
    loader: () => createLoader({ ...deps, clickhouse: phase() === 'exchanged' ? clickhouse : shadow }),
    loaded: async (found) => {
      for (const { topic, partition, offset } of found) {
        positions.set(`${topic}/${partition}`, { topic, partition, next: offset + 1n });
      }
      const kept = [...positions.values()].map((one) => ({ ...one, next: String(one.next) }));
      await notes.set({ positions: JSON.stringify(kept) });
    },
    rollUp: async () => {
      await createDayRollup({ ...deps, clickhouse: shadow, keptDays }).run();
    },
    compare: () => compareWarehouses(clickhouse, shadow, [...positions.values()]),
    exchange: () => exchangeAll(clickhouse, notes),
    finish: async (replaced) => {
      await notes.set({ phase: 'done' });
      if (replaced === 'drop') await dropShadows(clickhouse);
    },
  };
}

const onCluster = ({ cluster }: ClickHouse) => (cluster === null ? '' : `ON CLUSTER '${cluster}'`);

async function dropShadows(clickhouse: ClickHouse): Promise<void> {
  for (const table of shadowedTables) {
    // A table that was made to be thrown away may be larger than what a server lets go by mistake.
    await clickhouse.client.command({
      query: `DROP TABLE IF EXISTS {name:Identifier} ${onCluster(clickhouse)} SETTINGS max_table_size_to_drop = 0`,
      query_params: { name: shadowName(table) },
    });
  }
}

/** Tables keep their id when they are exchanged: that is how an interrupted exchange is recognised. */
async function idOf({ client, database }: ClickHouse, table: string): Promise<string> {
  const result = await client.query({
    query:
      'SELECT toString(uuid) AS id FROM system.tables WHERE database = {database:String} AND name = {name:String}',
    query_params: { database, name: table },
    format: 'JSONEachRow',
  });
  const [row] = await result.json<{ id: string }>();
  return row?.id ?? '';
}

async function idsOfShadows(clickhouse: ClickHouse): Promise<Record<string, string>> {
  const ids: Record<string, string> = {};
  for (const table of tables) ids[`id/${table}`] = await idOf(clickhouse, shadowName(table));
  return ids;
}

async function exchangeAll(clickhouse: ClickHouse, notes: Notes): Promise<void> {
  await notes.set({ phase: 'exchanging' });
  for (const table of tables) {
    const isDone = (await idOf(clickhouse, table)) === notes.get(`id/${table}`);
    if (isDone) continue;
    await clickhouse.client.command({
      query: `EXCHANGE TABLES {table:Identifier} AND {other:Identifier} ${onCluster(clickhouse)}`,
      query_params: { table, other: shadowName(table) },
    });
  }
  await notes.set({ phase: 'exchanged' });
}
