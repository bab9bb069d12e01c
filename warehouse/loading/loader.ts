import { createHash } from 'node:crypto';
import type { ClickHouse } from '#platform/clickhouse';
import type { Clock } from '#platform/clock';
import type { Log } from '#platform/log';
import { createTurns } from '../turns.ts';
import { createNewRows, type NewRows } from './new-rows.ts';
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
} from './rows.ts';

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
  const inTurn = createTurns();

  const timed = (table: string, load: () => Promise<Loaded>): Promise<Loaded> =>
    inTurn(async () => {
      const startMs = clock.nowMs();
      const loaded = await load();
      log.debug({ table, count: loaded.written, durationMs: clock.nowMs() - startMs }, 'batch loaded');
      return loaded;
    });

  return {
    loadEvents: (rows) =>
      timed('compliance_events', () =>
        insertNew(
          clickhouse,
          'compliance_events',
          rows,
          newEvents,
          ({ event, at }) => ({
            id: event.id,
            tenantId: event.tenantId,
            at,
          }),
          toEventRow,
        ),
      ),
    loadFlagChanges: (rows) =>
      timed('flag_changes', async () => {
        const loaded = await insertNew(
          clickhouse,
          'flag_changes',
          rows,
          newChanges,
          ({ change, at }) => ({
            id: change.id,
            tenantId: change.tenantId,
            at,
          }),
          toFlagChangeRow,
        );
        // For rows known already too: the last attempt may have ended between the two tables.
        await insertAll(clickhouse, 'people', lastPerPerson(rows).map(toPersonStandIn));
        await insertAll(clickhouse, 'flags_current', rows.flatMap(toCurrentRows));
        return loaded;
      }),
    loadPeople: (rows) => inTurn(() => insertAll(clickhouse, 'people', rows.map(toPersonRow))),
  };
}

async function insertNew<R>(
  clickhouse: ClickHouse,
  table: string,
  rows: readonly R[],
  newRows: NewRows,
  placed: (row: R) => { id: string; tenantId: string; at: LogPosition },
  toRow: (row: R) => object,
): Promise<Loaded> {
  const fresh = await newRows.pick(rows, placed);
  for (let start = 0; start < fresh.length; start += rowsPerInsert) {
    const batch = fresh.slice(start, start + rowsPerInsert);
    const positions = batch.map((row) => placed(row).at);
    try {
      await clickhouse.client.insert({
        table,
        values: batch.map(toRow),
        format: 'JSONEachRow',
        clickhouse_settings: {
          insert_deduplicate: 1,
          insert_deduplication_token: batchToken(positions),
          max_partitions_per_insert_block: '0',
        },
      });
    } catch (error) {
      newRows.unsure(rows.map((row) => placed(row).at));
      throw error;
    }
    newRows.loaded(positions);
  }
  newRows.loaded(rows.map((row) => placed(row).at));
  return { written: fresh.length, known: rows.length - fresh.length };
}

/**
 * Names a batch by the exact log positions of its rows. First and last offset alone would not do: a batch from which
 * known rows were left out could share them with another, and the engine would drop it as seen.
 */
export function batchToken(positions: readonly LogPosition[]): string {
  const hash = createHash('sha256');
  for (const { topic, partition, offset } of positions) hash.update(`${topic}\0${partition}\0${offset}\n`);
  return hash.digest('hex');
}

async function insertAll(clickhouse: ClickHouse, table: string, rows: readonly object[]): Promise<void> {
  for (let start = 0; start < rows.length; start += rowsPerInsert) {
    await clickhouse.client.insert({
      table,
      values: rows.slice(start, start + rowsPerInsert),
      format: 'JSONEachRow',
    });
  }
}

function lastPerPerson(rows: readonly FlagChangeRow[]): FlagChangeRow[] {
  const last = new Map(
    rows
      .toSorted((a, b) => a.change.sequence - b.change.sequence)
      .map((row) => [`${row.change.tenantId}/${row.change.employeeId}`, row]),
  );
  return [...last.values()];
}
