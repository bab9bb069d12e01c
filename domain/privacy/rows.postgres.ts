import { sql } from 'kysely';
import type { EmployeeId } from '#contracts/ids';
import { sealedBy, type Keys } from '#platform/keys';
import type { Tx } from '#platform/postgres';
import type { TableFields } from './field.ts';
import { tables } from './fields.ts';

export type Row = Readonly<Record<string, unknown>>;

/** Tables with rows about people. */
export const personTables: readonly (readonly [string, TableFields & { readonly person: string }])[] =
  Object.entries(tables).flatMap(([name, { person, ...rest }]) =>
    person === undefined ? [] : [[name, { ...rest, person }] as const],
  );

/** All rows of a table about a person. */
export async function rowsAbout(
  tx: Tx,
  tenantId: string,
  name: string,
  person: string,
  employeeId: EmployeeId,
): Promise<Row[]> {
  const { rows } = await sql<Row>`select * from ${sql.table(name)}
    where tenant_id = ${tenantId} and ${sql.ref(person)} = ${employeeId}`.execute(tx);
  return rows;
}

/** The rows with their encrypted columns readable, as far as the person's key is there. */
export async function openRows(
  keys: Pick<Keys, 'open'>,
  tx: Tx,
  tenantId: string,
  table: string,
  rows: readonly Row[],
): Promise<Row[]> {
  const sealed = Object.entries(tables[table]?.sealed ?? {});
  if (sealed.length === 0) return [...rows];
  const items = rows.flatMap((row) =>
    sealed.map(([column, named]) => {
      const key = named
        .split(' ')
        .map((part) => String(row[part]))
        .join(' ');
      return { place: { table, column, row: key }, text: sealedText(row[column]) };
    }),
  );
  const opened = await keys.open(tx, tenantId, items);
  return rows.map((row, at) => {
    const readable = sealed.map(([column], nth) => [
      column,
      readableValue(row[column], opened[at * sealed.length + nth] ?? null),
    ]);
    return { ...row, ...(Object.fromEntries(readable) as Row) };
  });
}

/** The sealed text of a column: the column itself, or the part `sealed` of its JSON. */
function sealedText(value: unknown): string | null {
  if (typeof value === 'string') return sealedBy(value) === null ? null : value;
  if (typeof value !== 'object' || value === null || !('sealed' in value)) return null;
  return typeof value.sealed === 'string' ? value.sealed : null;
}

function readableValue(stored: unknown, opened: string | null): unknown {
  if (sealedText(stored) === null) return stored;
  if (opened === null) return null;
  return typeof stored === 'string' ? opened : (JSON.parse(opened) as unknown);
}
