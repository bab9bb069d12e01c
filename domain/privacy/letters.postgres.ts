import { sql } from 'kysely';
import type { Tx } from '#platform/postgres';
import { speaksOf, type PersonIdentifiers } from './identifiers.ts';
import type { Row } from './rows.postgres.ts';

/** Dead letters and tasks name people by what their messages say, so they are looked through one by one. */
const page = 500;

/** Dead letters of the tenant that speak of the person. */
export async function lettersAbout(tx: Tx, tenantId: string, person: PersonIdentifiers): Promise<Row[]> {
  const speaks = speaksOf(person);
  const found: Row[] = [];
  let after = '';
  for (;;) {
    const { rows } = await sql<Row & { id: string; raw: Uint8Array | null }>`
      select id, vendor, subject, refs, raw, raw_headers, preview, detail, note, received_at from dead_letters
      where tenant_id = ${tenantId} and id > ${after} order by id limit ${page}`.execute(tx);
    for (const { raw, ...row } of rows) {
      const body = raw === null ? '' : Buffer.from(raw).toString('utf8');
      if (speaks(JSON.stringify(row)) || speaks(body)) found.push({ ...row, body });
    }
    const last = rows.at(-1);
    if (rows.length < page || last === undefined) return found;
    after = last.id;
  }
}

export async function removeLetters(tx: Tx, tenantId: string, ids: readonly string[]): Promise<void> {
  await sql`delete from dead_letters where tenant_id = ${tenantId} and id = any(${ids}::text[])`.execute(tx);
}
