import type { Keys } from '#platform/keys';
import type { Tx } from '#platform/postgres';

/** A date of birth as `employees` holds it. */
export interface StoredBirth {
  readonly tenant_id: string;
  readonly id: string;
  /** Stored before dates were sealed. */
  readonly birth_date: string | null;
  readonly birth_sealed: string | null;
}

const field = 'employees.birth_date';
const placeOf = (id: string) => ({ table: 'employees', column: 'birth_sealed', row: id });

/** The columns of each person, in the order given. */
export async function sealBirths(
  keys: Pick<Keys, 'seal' | 'blindIndex'>,
  tx: Tx,
  tenantId: string,
  people: readonly { readonly id: string; readonly birthDate: string | null }[],
): Promise<{ birth_sealed: string | null; birth_index: string | null }[]> {
  const items = people.map(({ id, birthDate }) => ({ subject: id, place: placeOf(id), text: birthDate }));
  const sealed = await keys.seal(tx, tenantId, items);
  const indexes = await birthIndexes(
    keys,
    tx,
    tenantId,
    // An erased person is not found by a date either.
    people.map(({ birthDate }, at) => (sealed[at] ? birthDate : null)),
  );
  return people.map((_person, at) => ({
    birth_sealed: sealed[at] ?? null,
    birth_index: indexes[at] ?? null,
  }));
}

/** What `employees.birth_index` holds for these dates. */
export function birthIndexes(
  keys: Pick<Keys, 'blindIndex'>,
  tx: Tx,
  tenantId: string,
  dates: readonly (string | null)[],
): Promise<(string | null)[]> {
  return keys.blindIndex(tx, tenantId, field, dates);
}

/** The rows with the date readable; all rows are of one tenant. */
export async function openBirths<R extends StoredBirth>(
  keys: Pick<Keys, 'open'>,
  tx: Tx,
  rows: readonly R[],
): Promise<R[]> {
  const [first] = rows;
  if (first === undefined || rows.every((row) => row.birth_sealed === null)) return [...rows];
  const opened = await keys.open(
    tx,
    first.tenant_id,
    rows.map((row) => ({ place: placeOf(row.id), text: row.birth_sealed })),
  );
  return rows.map((row, at) => ({
    ...row,
    birth_date: opened[at] ?? row.birth_date,
  }));
}
