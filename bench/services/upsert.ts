import { Client } from 'pg';
import type { ComplianceEvent } from '#contracts/compliance-event';
import { claimEvents, type StoredRecord } from '#domain/records';
import { systemClock } from '#platform/clock';
import { createTemporaryKeys } from '#platform/keys';
import { createServerPostgres, type Postgres } from '#platform/postgres';
import { saveRecords } from '../../domain/records/store.postgres.ts';
import { migrate } from '../../migrations/run.ts';
import { metric, type PartResult } from '../metrics.ts';
import { copyInto } from './copy-in.ts';
import type { Engines } from './engines.ts';
import { alternate, median, medianRatio, said, spread } from './rounds.ts';
import {
  copyLine,
  eventColumns,
  madeUpEvents,
  madeUpRecords,
  recordColumns,
  type Row,
} from './upsert-rows.ts';

const database = 'plumbline_bench_upsert';
const tenantId = 'ten_00000000000000000000000001';
const appliedAt = '2026-11-20T09:00:00.000Z';
/** As many events as one statement of the consumer takes when it is behind. */
const perStatement = 500;

/** Unused by the rows here: what the module `training` stores is not sealed, so both sides write the same bytes. */
const keys = createTemporaryKeys(systemClock);

interface Databases {
  readonly ours: Postgres;
  /** For COPY, which the pool's driver does not speak by itself. */
  readonly peer: Client;
}

async function openDatabase(engines: Engines): Promise<Databases> {
  const admin = new Client({ connectionString: engines.databaseUrl });
  await admin.connect();
  await admin.query(`drop database if exists ${database} with (force)`);
  await admin.query(`create database ${database}`);
  await admin.end();
  const url = new URL(engines.databaseUrl);
  url.pathname = `/${database}`;
  const ours = createServerPostgres({ url: url.href });
  await migrate(ours);
  const peer = new Client({ connectionString: url.href });
  await peer.connect();
  for (const table of ['compliance_events', 'records']) {
    await peer.query(`create table copied_${table} as select * from ${table} with no data`);
  }
  return { ours, peer };
}

interface Sides<T> {
  readonly table: 'compliance_events' | 'records';
  readonly columns: readonly string[];
  readonly rowsOf: (round: number) => readonly T[];
  readonly lineOf: (row: T) => string;
  readonly upsert: (rows: readonly T[]) => Promise<void>;
}

/** Rows per second of both for new rows in each round. */
async function race<T>({ peer }: Databases, rounds: number, sides: Sides<T>) {
  const lastOf = { ours: 0, peer: 0 };
  const timed = async (side: 'ours' | 'peer', write: (rows: readonly T[]) => Promise<void>) => {
    const rows = sides.rowsOf((lastOf[side] += 1));
    const startMs = performance.now();
    await write(rows);
    return rows.length / ((performance.now() - startMs) / 1000);
  };
  const seen = await alternate(rounds + 1, {
    ours: () => timed('ours', sides.upsert),
    peer: () =>
      timed('peer', (rows) =>
        copyInto(peer, `copied_${sides.table}`, sides.columns, rows.map(sides.lineOf).join('')),
      ),
  });
  // The first round warms both.
  return { ours: seen.ours.slice(1), peer: seen.peer.slice(1) };
}

/** The columns that both wrote, row by row. */
async function requireEqual({ peer }: Databases, table: string, columns: readonly string[]): Promise<number> {
  const list = columns.join(', ');
  const digest = async (from: string) => {
    const { rows } = await peer.query<Row>(
      `select count(*)::text as count, md5(string_agg(line, ',' order by line)) as digest
       from (select md5(row(${list})::text) as line from ${from}) lines`,
    );
    return rows[0];
  };
  await peer.query('begin');
  // Row security lets only the company's own role look.
  await peer.query('set local role plumbline_system');
  const ours = await digest(table);
  await peer.query('rollback');
  const theirs = await digest(`copied_${table}`);
  if (JSON.stringify(ours) !== JSON.stringify(theirs)) {
    throw new Error(`${table}: ours ${JSON.stringify(ours)}, COPY ${JSON.stringify(theirs)}`);
  }
  return Number(ours?.['count'] ?? 0);
}

function chunks<T>(rows: readonly T[], size: number): (readonly T[])[] {
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, at) =>
    rows.slice(at * size, (at + 1) * size),
  );
}

function raceEvents(databases: Databases, rounds: number, count: number) {
  const { ours } = databases;
  return race<ComplianceEvent>(databases, rounds, {
    table: 'compliance_events',
    columns: eventColumns,
    rowsOf: (round) => madeUpEvents(tenantId, round * count, count),
    lineOf: (event) => copyLine(eventColumns, { ...event, appliedAt }),
    upsert: async (rows) => {
      for (const chunk of chunks(rows, perStatement)) {
        const claimed = await ours.asTenant(tenantId, (tx) => claimEvents(keys, tx, chunk, appliedAt));
        if (claimed.size !== chunk.length) throw new Error('new events were taken for known ones');
      }
    },
  });
}

function raceRecords(databases: Databases, rounds: number, count: number) {
  const { ours } = databases;
  return race<StoredRecord>(databases, rounds, {
    table: 'records',
    columns: recordColumns,
    rowsOf: (round) => madeUpRecords(round * count, count),
    lineOf: (stored) => copyLine(recordColumns, { ...stored, tenantId, updatedAt: appliedAt }),
    upsert: async (rows) => {
      for (const chunk of chunks(rows, perStatement)) {
        await ours.asTenant(tenantId, (tx) => saveRecords(keys, tx, tenantId, chunk, appliedAt));
      }
    },
  });
}

/** The same again must change nothing, or it is no idempotent upsert. */
async function requireIdempotent({ ours }: Databases, count: number): Promise<void> {
  const again = madeUpEvents(tenantId, count, perStatement);
  const claimed = await ours.asTenant(tenantId, (tx) => claimEvents(keys, tx, again, appliedAt));
  if (claimed.size > 0) throw new Error(`${claimed.size} known events were taken again`);
}

/**
 * The statement that claims events (insert, known ones left out) into its table with its three indexes and row
 * security, beside COPY of the same rows into the same columns without any index. Each on one connection.
 */
export async function measureUpsert(
  engines: Engines,
  { quick }: { readonly quick: boolean },
): Promise<PartResult> {
  const [rounds, count] = quick ? [2, 2000] : [7, 20_000];
  const databases = await openDatabase(engines);
  try {
    const events = await raceEvents(databases, rounds, count);
    const equal = await requireEqual(databases, 'compliance_events', eventColumns);
    await requireIdempotent(databases, count);
    const records = await raceRecords(databases, rounds, count);
    const equalRecords = await requireEqual(databases, 'records', recordColumns);
    const ratios = (side: typeof events) => side.ours.map((value, at) => value / (side.peer[at] ?? 1));
    return {
      metrics: [metric('upsert.ratio_copy', medianRatio(events.ours, events.peer))],
      notes: [
        `Equal: ${said(equal)} events and ${said(equalRecords)} records by digest; known events claimed again: none.`,
        `Events: ours ${said(median(events.ours))} rows/s in statements of ${perStatement}, COPY ${said(median(events.peer))} rows/s; ratios ${spread(ratios(events))}.`,
        `Records (insert, or update where known): ours ${said(median(records.ours))} rows/s, COPY ${said(median(records.peer))} rows/s; median ratio ${medianRatio(records.ours, records.peer).toFixed(2)}.`,
      ],
    };
  } finally {
    await databases.peer.end();
    await databases.ours.close();
  }
}
