import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDatabase } from '../../tests/support/database.ts';
import type { Postgres } from './index.ts';

/** Answers the number, by one of 700 texts, or fails at each hundredth. */
async function ask(postgres: Postgres, n: number): Promise<unknown> {
  if (n % 100 === 0) {
    return postgres.pool.query('select 1 / ($1::int - $1::int)', [n]).catch((error: unknown) => error);
  }
  const text = n % 3 === 0 ? `select ${n} as n` : `select $1::int as n /* ${n % 700} */`;
  const { rows } = await postgres.pool.query<{ n: number }>(text, n % 3 === 0 ? undefined : [n]);
  return rows[0]?.n;
}

describe('driver over the embedded engine', () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await openTestDatabase();
  });
  afterAll(() => postgres.close());

  it('carries an answer of 10 MB and a parameter of 10 MB unharmed', async () => {
    const text = 'aß€😀'.repeat(1_000_000);
    const { rows } = await postgres.pool.query<{ same: string; bytes: number }>(
      'select $1::text as same, octet_length($1::text) as bytes',
      [text],
    );
    expect(rows[0]?.bytes).toBe(Buffer.byteLength(text));
    expect(rows[0]?.same === text).toBe(true);
  });

  it('carries an answer of 100,000 rows', async () => {
    const { rows } = await postgres.pool.query<{ n: number; filler: string }>(
      `select n, repeat('x', 100) as filler from generate_series(1, 100000) n`,
    );
    expect(rows.length).toBe(100_000);
    expect(rows.every((row, at) => row.n === at + 1 && row.filler.length === 100)).toBe(true);
  });

  it('gives each of 10,000 interleaved statements its own answer, failures among them', async () => {
    const answers = await Promise.all(Array.from({ length: 10_000 }, (_, n) => ask(postgres, n)));
    const wrong = answers.filter((answer, n) =>
      n % 100 === 0
        ? !(answer instanceof Error && 'code' in answer && answer.code === '22012')
        : answer !== n,
    );
    expect(wrong).toEqual([]);
  });

  it('delivers notifications to the client that listens', async () => {
    const client = await postgres.pool.connect();
    const heard: string[] = [];
    client.on('notification', ({ channel, payload }) => heard.push(`${channel}: ${payload}`));
    await client.query('listen bell');
    await client.query(`notify bell, 'one'`);
    await client.query('begin');
    await client.query(`select pg_notify('bell', $1)`, ['two']);
    expect(heard).toEqual(['bell: one']);
    await client.query('commit');
    await client.query('select 1');
    expect(heard).toEqual(['bell: one', 'bell: two']);
    client.release(true);
  });

  it('delivers notices and answers several statements in one text', async () => {
    const client = await postgres.pool.connect();
    const notices: unknown[] = [];
    client.on('notice', (notice) => notices.push(notice.message));
    const results: unknown = await client.query(
      `do $$ begin raise notice 'heard'; end $$; select 7 as seven`,
    );
    expect(notices).toEqual(['heard']);
    expect(results).toMatchObject([{ command: 'DO' }, { rows: [{ seven: 7 }] }]);
    client.release();
  });

  it('begins a new client without statements, settings and transaction of the dropped one', async () => {
    const client = await postgres.pool.connect();
    await client.query({ name: 'kept', text: 'select $1::int as n', values: [1] });
    await client.query(`set application_name = 'dropped'`);
    await client.query('begin');
    client.release(true);
    const { rows } = await postgres.pool.query({ name: 'kept', text: 'select $1::text as n', values: ['x'] });
    expect(rows).toEqual([{ n: 'x' }]);
    const { rows: settings } = await postgres.pool.query(
      `select current_setting('application_name') as name, (select count(*)::int from pg_prepared_statements where name = 'kept') as kept`,
    );
    expect(settings).toEqual([{ name: '', kept: 1 }]);
  });
});
