import { createHash } from 'node:crypto';
import type { ClickHouse, ClickHouseSettings } from '#platform/clickhouse';
import type { Clock } from '#platform/clock';
import type { Log } from '#platform/log';
import type { TableName } from '../catalogue/catalogue.ts';
import { createTurns } from '../turns.ts';
import { createNewRows, type NewRows, type Placed } from './new-rows.ts';
import {
  toCurrentRows,
  toEventRow,
  toFlagChangeRow,
  toPersonRow,
  toPersonStandIn,
  type EventRow,
  type FlagChangeRow,
  type LogPosition,
  type PersonRow,
  type Row,
} from './rows.ts';
import { createWrittenPeople } from './written-people.ts';

export interface LoaderDeps {
  readonly clickhouse: ClickHouse;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Moves records of the event log into the warehouse, each exactly once per event id, whatever is killed when and
 * however the batches are cut when they come again. Two walls:
 * rows that the table already holds are left out (new-rows.ts), and an insert that the engine has already seen is
 * dropped by its token. Behind them the tables replace rows of equal key, so that reading with FINAL is exact even
 * while an insert of a dead process is still under way.
 *
 * Commit log offsets only after a call resolved. A rejected call may be repeated as it is or in other pieces.
 * One loader at a time per log partition (a consumer group gives that); calls of one loader wait for each other.
 */
export interface Loader {
  loadEvents(rows: readonly EventRow[]): Promise<Loaded>;
  loadFlagChanges(rows: readonly FlagChangeRow[]): Promise<Loaded>;
  /** People as they are now; of two rows of one person the later `updatedAt` wins. Repeatable. */
  loadPeople(rows: readonly PersonRow[]): Promise<void>;
  /** The log's partitions were shared anew: what this loader knows of them may be out of date. */
  forget: () => void;
}

export interface Loaded {
  /** Rows written now. */
  readonly written: number;
  /** Rows left out because the warehouse held them. */
  readonly known: number;
}

/** One insert stays one block per partition of the table, which the engine writes whole or not at all. */
const rowsPerInsert = 50_000;

export function createLoader({ clickhouse, clock, log }: LoaderDeps): Loader {
  const newEvents = createNewRows(clickhouse, { name: 'compliance_events' });
  const newChanges = createNewRows(clickhouse, { name: 'flag_changes' });
  const written = createWrittenPeople(clickhouse.mode === 'embedded');
  const inTurn = createTurns();

  const timed = (table: string, load: () => Promise<Loaded>): Promise<Loaded> =>
    inTurn(async () => {
      const startMs = clock.nowMs();
      const loaded = await load();
      log.debug({ table, count: loaded.written, durationMs: clock.nowMs() - startMs }, 'batch loaded');
      return loaded;
    });

  async function insertPeople(people: readonly Row<'people'>[]): Promise<void> {
    const rows = people.filter((person) => written.isNews(person));
    await insertAll(clickhouse, 'people', rows);
    rows.forEach(written.add);
  }

  return {
    loadEvents: (rows) =>
      timed('compliance_events', () => {
        const placed = rows.map((row) => ({ ...row, id: row.event.id, tenantId: row.event.tenantId }));
        return insertNew(clickhouse, 'compliance_events', placed, newEvents, toEventRow);
      }),
    loadFlagChanges: (rows) =>
      timed('flag_changes', async () => {
        const placed = rows.map((row) => ({ ...row, id: row.change.id, tenantId: row.change.tenantId }));
        const loaded = await insertNew(clickhouse, 'flag_changes', placed, newChanges, toFlagChangeRow);
        // For rows known already too: the last attempt may have ended between the two tables.
        const inOrder = rows.toSorted((a, b) => a.change.sequence - b.change.sequence);
        await insertPeople(lastOf(inOrder.map(toPersonStandIn), personKey));
        await insertAll(clickhouse, 'flags_current', lastOf(inOrder.flatMap(toCurrentRows), flagKey));
        return loaded;
      }),
    loadPeople: (rows) => inTurn(() => insertPeople(rows.map(toPersonRow))),
    forget: () => {
      newEvents.forget();
      newChanges.forget();
    },
  };
}

async function insertNew<R extends Placed>(
  clickhouse: ClickHouse,
  table: TableName,
  rows: readonly R[],
  newRows: NewRows,
  toRow: (row: R) => object,
): Promise<Loaded> {
  const fresh = await newRows.pick(rows);
  for (let start = 0; start < fresh.length; start += rowsPerInsert) {
    const batch = fresh.slice(start, start + rowsPerInsert);
    try {
      await insert(clickhouse, table, batch.map(toRow), {
        insert_deduplicate: 1,
        insert_deduplication_token: batchToken(batch.map((row) => row.at)),
        max_partitions_per_insert_block: '0',
      });
    } catch (error) {
      newRows.unsure(rows);
      throw error;
    }
    newRows.loaded(batch);
  }
  newRows.loaded(rows);
  return { written: fresh.length, known: rows.length - fresh.length };
}

/**
 * Names a batch by the exact log positions of its rows. First and last offset alone would not do: a batch from which
 * known rows were left out could share them with another, and the engine would drop it as seen.
 */
export function batchToken(positions: readonly LogPosition[]): string {
  const text = positions
    .map(({ topic, partition, offset }) => `${topic}\0${partition}\0${offset}\n`)
    .join('');
  return createHash('sha256').update(text).digest('hex');
}

async function insertAll(clickhouse: ClickHouse, table: TableName, rows: readonly object[]): Promise<void> {
  for (let start = 0; start < rows.length; start += rowsPerInsert) {
    await insert(clickhouse, table, rows.slice(start, start + rowsPerInsert), {});
  }
}

/** Without the names of the columns in each row: a third of the bytes. Every row has all columns, in one order. */
async function insert(
  clickhouse: ClickHouse,
  table: TableName,
  rows: readonly object[],
  clickhouse_settings: ClickHouseSettings,
): Promise<void> {
  const [first, ...others] = Object.keys(rows[0] ?? {});
  if (first === undefined) return;
  await clickhouse.client.insert({
    table,
    columns: [first, ...others],
    values: rows.map((row) => Object.values(row) as unknown[]),
    format: 'JSONCompactEachRow',
    clickhouse_settings,
  });
}

/** Of rows that replace each other the last is enough. */
function lastOf<R>(rows: readonly R[], key: (row: R) => string): R[] {
  return [...new Map(rows.map((row) => [key(row), row])).values()];
}

const personKey = (row: Row<'people'>): string => `${String(row.tenant_id)}/${String(row.employee_id)}`;
const flagKey = (row: Row<'flags_current'>): string =>
  `${String(row.tenant_id)}/${String(row.employee_id)}/${String(row.module)}/${String(row.audience)}`;
