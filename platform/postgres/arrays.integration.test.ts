import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDatabase } from '../../tests/support/database.ts';
import { columns, type Postgres } from './index.ts';

describe('columns as binary arrays', () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await openTestDatabase();
  });
  afterAll(() => postgres.close());

  async function read(type: string, array: Buffer): Promise<unknown[]> {
    const { rows } = await postgres.pool.query<{ value: unknown }>(
      `select value from unnest($1::${type}[]) with ordinality as r(value, n) order by n`,
      [array],
    );
    return rows.map((row) => row.value);
  }

  it('carries text as it is, with nulls between', async () => {
    const texts = ['plain', null, '', 'quote " comma , brace { } back \\ slash', 'Zoë 😀', 'NULL'];
    expect(await read('text', columns.text(texts))).toEqual(texts);
  });

  it('carries numbers, truth and bytes', async () => {
    expect(await read('int', columns.int([0, -1, null, 2_147_483_647]))).toEqual([
      0,
      -1,
      null,
      2_147_483_647,
    ]);
    const big = Number.MAX_SAFE_INTEGER;
    expect(await read('bigint', columns.bigint([big, -big, null]))).toEqual([
      String(big),
      String(-big),
      null,
    ]);
    expect(await read('boolean', columns.boolean([true, false, null]))).toEqual([true, false, null]);
    const bytes = Buffer.from([0, 1, 255]);
    expect(await read('bytea', columns.bytes([bytes, Buffer.alloc(0), null]))).toEqual([
      bytes,
      Buffer.alloc(0),
      null,
    ]);
  });

  it('carries instants to the millisecond, before 1970 too', async () => {
    const instants = ['2026-11-20T12:00:00.123Z', '1999-12-31T23:59:59.999Z', '1931-01-02T03:04:05.678Z'];
    const got = await read('timestamptz', columns.instant([...instants, null]));
    expect(got.map((value) => (value instanceof Date ? value.toISOString() : value))).toEqual([
      ...instants,
      null,
    ]);
    expect(() => columns.instant(['yesterday'])).toThrow(RangeError);
  });

  it('carries JSON, and null as no value', async () => {
    const values = [{ a: [1, 'x', null], ü: { b: true } }, [], 'text', 0, null];
    expect(await read('jsonb', columns.jsonb(values))).toEqual(values);
  });

  it('carries a list per row', async () => {
    const lists = [['a', 'b,c'], [], ['quote " and \\ slash', '{}', 'NULL', '']];
    const { rows } = await postgres.pool.query<{ list: string[] }>(
      'select r::text[] as list from unnest($1::text[]) with ordinality as u(r, n) order by n',
      [columns.lists(lists)],
    );
    expect(rows.map((row) => row.list)).toEqual(lists);
  });

  it('carries an empty column, and refuses what Postgres cannot store', async () => {
    expect(await read('text', columns.text([]))).toEqual([]);
    await expect(read('text', columns.text(['a\0b']))).rejects.toMatchObject({ code: '22021' });
  });
});
