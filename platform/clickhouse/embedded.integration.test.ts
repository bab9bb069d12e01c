import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClickHouseError } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSilentLog } from '#platform/log';
import { createEmbeddedClickHouse, type EmbeddedClickHouse } from './index.ts';

const log = createSilentLog();
const dir = mkdtempSync(join(tmpdir(), 'plumbline-ch-'));
let clickhouse: EmbeddedClickHouse;

beforeAll(async () => {
  clickhouse = await createEmbeddedClickHouse({ dir, log });
});
afterAll(async () => {
  await clickhouse.close();
  rmSync(dir, { recursive: true, force: true });
});

async function rows<T>(query: string, params: Record<string, unknown> = {}): Promise<T[]> {
  const result = await clickhouse.client.query({
    query,
    query_params: params,
    format: 'JSONEachRow',
  });
  return result.json<T>();
}

/** Runs until `check` holds or ten seconds passed. */
async function until(check: () => Promise<boolean>): Promise<boolean> {
  for (let turn = 0; turn < 100; turn += 1) {
    if (await check()) return true;
    await sleep(100);
  }
  return false;
}

const counted = (query: string) => rows<{ n: string }>(query).then((found) => Number(found[0]?.n ?? '0'));

const inSession = (query: string, session_id: string) => clickhouse.client.command({ query, session_id });

const longQueries = () =>
  counted(`SELECT count() AS n FROM system.processes
    WHERE query LIKE '%numbers(100000000000)%' AND query NOT LIKE '%processes%'`);

describe('the stock client over the bridge', () => {
  test('pings, and starts in its own Atomic database', async () => {
    expect(await clickhouse.client.ping()).toEqual({ success: true });
    const [row] = await rows<{ engine: string; name: string }>(
      'SELECT engine, name FROM system.databases WHERE name = currentDatabase()',
    );
    expect(row).toEqual({ engine: 'Atomic', name: 'plumbline' });
  });

  test('inserts rows with hostile text, gzip both ways, and reads them back', async () => {
    await clickhouse.client.command({
      query: 'CREATE TABLE texts (id UInt64, text String, at DateTime64(3)) ORDER BY id',
    });
    const texts = ["it's; \\' -- {x:String}\n\t", 'ж 漢 🙂', 'x'.repeat(200_000), '\u0000z'];
    const values = texts.map((text, id) => ({ id, text, at: '2026-11-20T12:00:00.123Z' }));
    await clickhouse.client.insert({ table: 'texts', values, format: 'JSONEachRow' });
    const back = await rows<{ id: string; text: string; at: string }>('SELECT * FROM texts ORDER BY id');
    expect(back.map((row) => row.text)).toEqual(texts);
    expect(back[0]).toMatchObject({ id: '0', at: '2026-11-20T12:00:00.123Z' });
  });

  test('binds parameters, which cannot break out', async () => {
    const value = "\\'; DROP TABLE texts; --";
    expect(
      await rows('SELECT {v:String} AS v, {n:UInt64} AS n, {l:Array(String)} AS l', {
        v: value,
        n: 7,
        l: [value, 'b'],
      }),
    ).toEqual([{ v: value, n: '7', l: [value, 'b'] }]);
    expect(await counted('SELECT count() AS n FROM texts')).toBe(4);
  });

  test('takes long parameters', async () => {
    const ids = Array.from({ length: 5000 }, (_, id) => `evt_${id}`);
    expect(await rows('SELECT length({ids:Array(String)}) AS n', { ids })).toEqual([{ n: '5000' }]);
  });

  test('a setting value cannot break out, and no setting outlives its request', async () => {
    const value = "\\'; CREATE TABLE injected (a UInt8) ORDER BY a; SELECT '";
    const read = "SELECT getSetting('format_csv_null_representation') AS v";
    const result = await clickhouse.client.query({
      query: read,
      format: 'JSONEachRow',
      clickhouse_settings: { format_csv_null_representation: value },
    });
    expect(await result.json()).toEqual([{ v: value }]);
    expect(await rows(read)).toEqual([{ v: '\\N' }]);
    expect(await counted("SELECT count() AS n FROM system.tables WHERE name = 'injected'")).toBe(0);
  });

  test('refuses a setting whose name is no name', async () => {
    const bad = { 'max_threads = 1, max_block_size': '1' };
    await expect(
      clickhouse.client.query({ query: 'SELECT 1', clickhouse_settings: bad }),
    ).rejects.toMatchObject({ code: '115' });
  });

  test('a deduplication token holds for its own insert only', async () => {
    await clickhouse.client.command({
      query: `CREATE TABLE once (id UInt64) ORDER BY id
        SETTINGS non_replicated_deduplication_window = 100`,
    });
    const insert = (id: number, token?: string) =>
      clickhouse.client.insert({
        table: 'once',
        values: [{ id }],
        format: 'JSONEachRow',
        clickhouse_settings: token === undefined ? {} : { insert_deduplication_token: token },
      });
    await insert(1, 'a');
    await insert(1, 'a');
    await insert(2);
    await insert(3);
    expect(await counted('SELECT count() AS n FROM once')).toBe(3);
  });

  test('errors carry code and type of the engine', async () => {
    const failure = await rows('SELECT * FROM missing').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ClickHouseError);
    expect(failure).toMatchObject({ code: '60', type: 'UNKNOWN_TABLE' });
    await expect(rows('SELEC 1 FROM')).rejects.toMatchObject({ code: '62' });
    await expect(rows('SELECT 1; SELECT 2')).rejects.toBeInstanceOf(ClickHouseError);
  });

  test('a session keeps its temporary table; another does not see it', async () => {
    await inSession('CREATE TEMPORARY TABLE mine (a UInt8)', 's1');
    await inSession('SELECT * FROM mine', 's1');
    await expect(inSession('SELECT * FROM mine', 's2')).rejects.toMatchObject({ code: '60' });
  });

  test('readonly refuses writing', async () => {
    await expect(
      clickhouse.client.command({
        query: 'CREATE TABLE refused (a UInt8) ORDER BY a',
        clickhouse_settings: { readonly: '1' },
      }),
    ).rejects.toMatchObject({ code: '164' });
  });

  test('more queries than turns all end', async () => {
    const found = await Promise.all(
      Array.from({ length: 24 }, (_, id) => rows<{ id: string }>(`SELECT ${id}::UInt64 AS id`)),
    );
    expect(found.map((each) => each[0]?.id)).toEqual(Array.from({ length: 24 }, (_, id) => String(id)));
  });

  test('a client that leaves takes its query with it', async () => {
    const abort = new AbortController();
    const long = clickhouse.client.query({
      query: 'SELECT sum(sipHash64(number)) FROM numbers(100000000000) SETTINGS max_threads = 1',
      abort_signal: abort.signal,
    });
    expect(await until(async () => (await longQueries()) === 1)).toBe(true);
    abort.abort();
    await expect(long).rejects.toThrow(/abort/);
    expect(await until(async () => (await longQueries()) === 0)).toBe(true);
  });
});

async function readLong(query: string): Promise<number> {
  const result = await clickhouse.client.query({ query, format: 'JSONEachRow' });
  let found = 0;
  for await (const part of result.stream()) found += part.length;
  return found;
}

describe('long answers', () => {
  test('come in parts, whole', async () => {
    expect(await readLong('SELECT number, toString(number) AS text FROM numbers(1500000)')).toBe(1_500_000);
    expect(await readLong('SELECT number FROM numbers(0)')).toBe(0);
  });

  test('an answer that fails half-way is an error, not a short answer', async () => {
    await expect(
      readLong(
        "SELECT throwIf(number = 1400000, 'late') AS n FROM numbers(1500000) SETTINGS max_block_size = 1000",
      ),
    ).rejects.toThrow();
  });

  test('answers that nobody reads yet do not hold up other queries', async () => {
    const unread = await Promise.all(
      Array.from({ length: 8 }, () =>
        clickhouse.client.query({ query: 'SELECT number FROM numbers(100000)', format: 'JSONEachRow' }),
      ),
    );
    expect(await counted('SELECT 1 AS n')).toBe(1);
    for (const result of unread) expect(await result.json()).toHaveLength(100_000);
  });

  test('a reader who stops takes the query with it', async () => {
    const result = await clickhouse.client.query({
      query: 'SELECT number FROM numbers(100000000000)',
      format: 'JSONEachRow',
    });
    expect(await longQueries()).toBe(1);
    result.close();
    expect(await until(async () => (await longQueries()) === 0)).toBe(true);
  });
});

describe('the watched child', () => {
  test('comes back after kill -9 with every acknowledged row; requests wait for it', async () => {
    await clickhouse.client.command({ query: 'CREATE TABLE kept (id UInt64) ORDER BY id' });
    await clickhouse.client.insert({ table: 'kept', values: [{ id: 1 }], format: 'JSONEachRow' });
    const before = clickhouse.pid();
    process.kill(before ?? 0, 'SIGKILL');
    expect(await until(() => Promise.resolve(clickhouse.pid() !== before))).toBe(true);
    expect(await counted('SELECT count() AS n FROM kept')).toBe(1);
    expect(clickhouse.pid()).not.toBe(before);
  });

  test('a second engine on the folder is refused with a reason', async () => {
    await expect(createEmbeddedClickHouse({ dir, log, startTimeoutMs: 1500 })).rejects.toMatchObject({
      code: 'clickhouse.engine_did_not_start',
    });
  });

  test('dies with its parent even when the parent is killed hard, and the folder opens again', async () => {
    const own = mkdtempSync(join(tmpdir(), 'plumbline-ch-'));
    const script = join(own, 'parent.ts');
    writeFileSync(
      script,
      `import { createEmbeddedClickHouse } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))};
       import { createSilentLog } from ${JSON.stringify(join(import.meta.dirname, '../log/index.ts'))};
       const engine = await createEmbeddedClickHouse({ dir: ${JSON.stringify(own)}, log: createSilentLog() });
       process.stdout.write(String(engine.pid()));
       setInterval(() => {}, 1000);`,
    );
    const parent = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const childPid = await new Promise<number>((resolve) => {
      parent.stdout.once('data', (chunk: Buffer) => resolve(Number(chunk.toString())));
    });
    parent.kill('SIGKILL');
    expect(await until(() => Promise.resolve(!alive(childPid)))).toBe(true);
    expect(existsSync(join(own, 'bridge.sock'))).toBe(true);
    const again = await createEmbeddedClickHouse({ dir: own, log });
    expect(await again.client.ping()).toEqual({ success: true });
    await again.close();
    rmSync(own, { recursive: true, force: true });
  });

  test('close waits for a running insert', async () => {
    const own = mkdtempSync(join(tmpdir(), 'plumbline-ch-'));
    const engine = await createEmbeddedClickHouse({ dir: own, log });
    await engine.client.command({ query: 'CREATE TABLE many (id UInt64) ORDER BY id' });
    const insert = engine.client.command({
      query: 'INSERT INTO many SELECT number FROM numbers(3000000)',
    });
    await sleep(30);
    await engine.close();
    await insert;
    const again = await createEmbeddedClickHouse({ dir: own, log });
    const found = await again.client.query({ query: 'SELECT count() AS n FROM many', format: 'JSONEachRow' });
    expect(await found.json()).toEqual([{ n: '3000000' }]);
    await again.close();
    rmSync(own, { recursive: true, force: true });
  });
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
