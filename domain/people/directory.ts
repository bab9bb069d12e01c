import { sql } from 'kysely';
import type { DivisionId, EmployeeId, JobRoleId, LocationId } from '#contracts/ids';
import type { Tx } from '#platform/postgres';
import type { Directory } from './fold.ts';
import { thisTenant } from './visible.ts';

/** Words to look up, e.g. those of a batch of events or of an imported file. */
export interface DirectoryWords {
  /** True when any division, location or job role is to be found. */
  readonly places: boolean;
  /** Managers by employee number, reference or our id. */
  readonly managers: readonly string[];
}

/** Reads what the words of a batch can mean: two queries at most. Places go by id, code or name, without case. */
export async function openDirectory(tx: Tx, words: DirectoryWords): Promise<Directory> {
  const places = words.places ? await loadPlaces(tx) : noPlaces;
  const managers = words.managers.length > 0 ? await loadManagers(tx, words.managers) : noManagers;
  return {
    division: (ref) => places.divisions.get(wordKey(ref)) as DivisionId | undefined,
    location: (ref) => places.locations.get(wordKey(ref)) as LocationId | undefined,
    jobRole: (ref) => places.jobRoles.get(wordKey(ref)) as JobRoleId | undefined,
    manager: (ref) => managers.get(ref.trim()),
  };
}

interface Places {
  readonly divisions: ReadonlyMap<string, string>;
  readonly locations: ReadonlyMap<string, string>;
  readonly jobRoles: ReadonlyMap<string, string>;
}

const noPlaces: Places = { divisions: new Map(), locations: new Map(), jobRoles: new Map() };
const noManagers: ReadonlyMap<string, EmployeeId> = new Map();

interface PlaceRow {
  kind: 'division' | 'location' | 'job_role';
  id: string;
  code: string;
  name: string;
}

async function loadPlaces(tx: Tx): Promise<Places> {
  const { rows } = await sql<PlaceRow>`
    select 'division' as kind, id, code, name from divisions where tenant_id = ${thisTenant}
    union all select 'location', id, code, name from locations where tenant_id = ${thisTenant}
    union all select 'job_role', id, code, name from job_roles where tenant_id = ${thisTenant}`.execute(tx);
  const named = (kind: PlaceRow['kind']) => byWord(rows.filter((row) => row.kind === kind));
  return { divisions: named('division'), locations: named('location'), jobRoles: named('job_role') };
}

/** Names first, so that a code or id that equals another's name wins. A name that two places bear means neither. */
function byWord(rows: readonly PlaceRow[]): ReadonlyMap<string, string> {
  const words = new Map<string, string>();
  const taken = new Set<string>();
  for (const row of rows) {
    const name = wordKey(row.name);
    if (taken.has(name)) words.delete(name);
    else words.set(name, row.id);
    taken.add(name);
  }
  for (const row of rows) words.set(wordKey(row.code), row.id).set(wordKey(row.id), row.id);
  return words;
}

function wordKey(word: string): string {
  return word.normalize('NFKC').trim().toLowerCase();
}

async function loadManagers(tx: Tx, refs: readonly string[]): Promise<ReadonlyMap<string, EmployeeId>> {
  const wanted = [...new Set(refs.map((ref) => ref.trim()))];
  const { rows } = await sql<{ ref: string; id: EmployeeId }>`
    select k.ref, coalesce(
      (select e.id from employees e where e.tenant_id = ${thisTenant} and e.id = k.ref),
      (select e.id from employees e where e.tenant_id = ${thisTenant} and e.number = k.ref),
      (select case when count(distinct r.employee_id) = 1 then min(r.employee_id) end from employee_references r
        where r.tenant_id = ${thisTenant} and r.external_id = k.ref)) as id
    from unnest(${wanted}::text[]) as k(ref)`.execute(tx);
  return new Map(rows.filter((row) => row.id !== null).map((row) => [row.ref, row.id]));
}
