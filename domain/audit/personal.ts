import type { TenantId } from '#contracts/ids';
import { openJson, sealJson, type Keys } from '#platform/keys';
import type { Tx } from '#platform/postgres';
import type { AuditDraft, AuditEntry, Json } from './entry.ts';
import { redact } from './redact.ts';

const table = 'audit_entries';

/** What a reader gets in place of the values of an erased person. */
const erased: Json = { erased: true };

/** The drafts with their personal values sealed: the chain is made over what is stored, so it holds without the keys. */
export async function sealDrafts(
  keys: Pick<Keys, 'seal'>,
  tx: Tx,
  tenantId: TenantId,
  drafts: readonly AuditDraft[],
): Promise<readonly AuditDraft[]> {
  const personal = drafts.filter((draft) => draft.personal === true);
  if (personal.length === 0) return drafts;
  const items = personal.flatMap(({ subject, before, after }) => [
    toSeal(subject.id, 'before', before),
    toSeal(subject.id, 'after', after),
  ]);
  const sealed = await sealJson(keys, tx, tenantId, items);
  const places = new Map(personal.map((draft, at) => [draft, 2 * at]));
  return drafts.map((draft) => {
    const at = places.get(draft);
    return at === undefined ? draft : { ...draft, before: sealed[at], after: sealed[at + 1] };
  });
}

const toSeal = (subject: string, column: 'before' | 'after', value: unknown) => ({
  subject,
  place: { table, column, row: subject },
  // Before it is sealed: nobody can redact it later.
  value: redact(value),
});

/** The entries as they were recorded; personal values of erased people read `{ erased: true }`. */
export async function openEntries(
  keys: Pick<Keys, 'open'>,
  tx: Tx,
  entries: readonly AuditEntry[],
): Promise<AuditEntry[]> {
  const [first] = entries;
  if (first === undefined) return [];
  const items = entries.flatMap(({ subject, before, after }) => [
    { place: { table, column: 'before', row: subject.id }, value: before },
    { place: { table, column: 'after', row: subject.id }, value: after },
  ]);
  const opened = await openJson<Json>(keys, tx, first.tenantId, items, erased);
  return entries.map((entry, at) => ({
    ...entry,
    before: opened[2 * at] ?? null,
    after: opened[2 * at + 1] ?? null,
  }));
}
