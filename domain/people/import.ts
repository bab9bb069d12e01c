import type { EmployeeId, TenantId } from '#contracts/ids';
import type { ActContext, AuditDraft } from '#domain/audit';
import type { Tx } from '#platform/postgres';
import { openCalendar } from './calendar.ts';
import { changesOf } from './changes.ts';
import { openDirectory } from './directory.ts';
import type { EmploymentPeriod } from './employee.ts';
import { loadFoldPlaces, saveFoldPlaces } from './events-store.postgres.ts';
import { readImportRows, type ImportReason, type ImportRow, type ReadRow } from './import-rows.ts';
import { insertMany, type InsertDeps, type NewEmployee } from './insert.ts';
import { loadByNumber, updateEmployees, type StoredEmployee } from './store.postgres.ts';

export interface ImportResult {
  readonly preview: boolean;
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  /** Rows that were left out, with every reason; the others went in. */
  readonly rejected: readonly ImportReason[];
  /** Whose flags are to be decided again; empty in a preview. */
  readonly changed: readonly EmployeeId[];
}

/** Rows per step; 50,000 rows in one transaction stay well under a minute on the embedded engine. */
const lookupBatch = 5000;

/**
 * Brings the roster to what the rows say, by employee number. A blank cell leaves the present value. Rows with faults
 * are left out and told. A preview does everything but write.
 */
export async function importEmployees(
  deps: InsertDeps,
  tx: Tx,
  tenantId: TenantId,
  rows: readonly ImportRow[],
  options: { readonly preview: boolean; readonly context: ActContext },
): Promise<ImportResult> {
  const places = await openDirectory(tx, { places: true, managers: [] });
  const { read, rejected } = readImportRows(rows, places);
  const present = await loadPresent(deps, tx, read);
  const unknownLines = await rejectUnknownManagers(tx, read, rejected);
  const wanted = read.filter((row) => !unknownLines.has(row.line));
  const plan = await planImport(deps, tx, wanted, present);
  const remanaged = await countRemanaged(tx, wanted, present, plan);
  const counts = {
    inserted: plan.inserts.length,
    updated: plan.updates.length + remanaged,
    unchanged: wanted.length - plan.inserts.length - plan.updates.length - remanaged,
    rejected: rejected.toSorted((a, b) => a.line - b.line),
  };
  if (options.preview) return { preview: true, ...counts, changed: [] };
  const inserted = await insertMany(deps, tx, tenantId, plan.inserts, options.context, 'each');
  await storeUpdates(deps, tx, tenantId, plan.updates, options.context);
  const updated = plan.updates.map((update) => update.after.id);
  const managed = await setManagers(deps, tx, tenantId, wanted, options.context);
  return { preview: false, ...counts, changed: [...new Set([...inserted, ...updated, ...managed])] };
}

async function loadPresent(
  { keys }: InsertDeps,
  tx: Tx,
  read: readonly ReadRow[],
): Promise<ReadonlyMap<string, StoredEmployee>> {
  const present = new Map<string, StoredEmployee>();
  for (let from = 0; from < read.length; from += lookupBatch) {
    const numbers = read.slice(from, from + lookupBatch).map((row) => row.number);
    for (const employee of await loadByNumber(keys, tx, numbers)) present.set(employee.number, employee);
  }
  return present;
}

/** A manager may be in the same file, so their numbers count as known. */
async function rejectUnknownManagers(
  tx: Tx,
  read: readonly ReadRow[],
  rejected: ImportReason[],
): Promise<ReadonlySet<number>> {
  const inFile = new Set(read.map((row) => row.number));
  const words = read.map((row) => row.manager).filter((word) => word !== undefined);
  const directory = await openDirectory(tx, {
    places: false,
    managers: words.filter((word) => !inFile.has(word)),
  });
  const unknownLines = new Set<number>();
  for (const row of read) {
    if (row.manager === undefined || inFile.has(row.manager) || directory.manager(row.manager)) continue;
    unknownLines.add(row.line);
    rejected.push({ line: row.line, column: 'manager', reason: `"${row.manager}" is not known` });
  }
  return unknownLines;
}

/** People who stay as they are but for another manager, perhaps one who is new in this file. */
async function countRemanaged(
  tx: Tx,
  rows: readonly ReadRow[],
  present: ReadonlyMap<string, StoredEmployee>,
  plan: { readonly updates: readonly Update[] },
): Promise<number> {
  const updated = new Set(plan.updates.map((update) => update.before.number));
  const unchanged = rows.filter(
    (row) => row.manager !== undefined && present.has(row.number) && !updated.has(row.number),
  );
  const directory = await openDirectory(tx, {
    places: false,
    managers: unchanged.map((row) => row.manager ?? ''),
  });
  return unchanged.filter((row) => {
    const before = present.get(row.number);
    const managerId = directory.manager(row.manager ?? '');
    return managerId === undefined || (managerId !== before?.managerId && managerId !== before?.id);
  }).length;
}

interface Update {
  readonly before: StoredEmployee;
  readonly after: StoredEmployee;
}

async function planImport(
  deps: InsertDeps,
  tx: Tx,
  rows: readonly ReadRow[],
  present: ReadonlyMap<string, StoredEmployee>,
): Promise<{ inserts: NewEmployee[]; updates: Update[] }> {
  const onCalendar = await openCalendar(tx, deps.clock);
  const inserts: NewEmployee[] = [];
  const updates: Update[] = [];
  for (const row of rows) {
    const before = present.get(row.number);
    if (before === undefined) {
      inserts.push({ declaredPhase: 'active', periods: [], ...row.given, number: row.number });
      continue;
    }
    const after = onCalendar({
      ...before,
      ...row.given,
      periods: mergePeriods(before.periods, row.given.periods),
    });
    if (changesOf(before, after) !== null) updates.push({ before, after });
  }
  return { inserts, updates };
}

/** A file tells the present period only: it corrects the last one, or comes after it. */
function mergePeriods(
  before: readonly EmploymentPeriod[],
  given: readonly EmploymentPeriod[] | undefined,
): readonly EmploymentPeriod[] {
  const next = given?.[0];
  if (next === undefined) return before;
  const earlier = before.filter((period) => period.to !== null && period.to < next.from);
  return [...earlier, next];
}

async function storeUpdates(
  deps: InsertDeps,
  tx: Tx,
  tenantId: TenantId,
  updates: readonly Update[],
  context: ActContext,
): Promise<void> {
  if (updates.length === 0) return;
  const at = deps.clock.now();
  await updateEmployees(
    deps.keys,
    tx,
    updates.map((update) => update.after),
    at,
  );
  // What the file says is now what later events are folded onto.
  const ids = updates.map((update) => update.after.id);
  const places = await loadFoldPlaces(deps.keys, tx, ids);
  await saveFoldPlaces(
    deps.keys,
    tx,
    tenantId,
    ids.map((employeeId) => ({
      employeeId,
      base: null,
      baseAt: at,
      last: places.get(employeeId)?.last ?? null,
    })),
  );
  await deps.audit.append(
    tx,
    tenantId,
    updates.map((update): AuditDraft => ({
      ...context,
      act: 'people:employee:update',
      subject: { type: 'employee', id: update.after.id },
      personal: true,
      ...changesOf(update.before, update.after),
    })),
  );
}

/** After all people of the file exist. */
async function setManagers(
  deps: InsertDeps,
  tx: Tx,
  tenantId: TenantId,
  rows: readonly ReadRow[],
  context: ActContext,
): Promise<EmployeeId[]> {
  const managed = rows.filter((row) => row.manager !== undefined);
  if (managed.length === 0) return [];
  const directory = await openDirectory(tx, {
    places: false,
    managers: managed.map((row) => row.manager ?? ''),
  });
  const present = await loadPresent(deps, tx, managed);
  const updates: Update[] = [];
  for (const row of managed) {
    const before = present.get(row.number);
    const managerId = directory.manager(row.manager ?? '');
    if (before === undefined || managerId === undefined || before.managerId === managerId) continue;
    if (managerId !== before.id) updates.push({ before, after: { ...before, managerId } });
  }
  await storeUpdates(deps, tx, tenantId, updates, context);
  return updates.map((update) => update.after.id);
}
