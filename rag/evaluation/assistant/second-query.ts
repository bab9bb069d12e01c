import type { Role } from '#contracts/roles';
import type { ClickHouse } from '#platform/clickhouse';
import { tenantOf, trialPlaces } from './people.ts';

/**
 * The tables as an asker sees them, written without the guard and in other words: `pe` people, `fl` flags, `ch` changes, `ev`
 * events, `sd` days. What a golden question's own query reads.
 */
function seenBy(role: Role | null): string {
  const ours = `tenant_id = '${tenantOf('ours')}'`;
  const audience = role === 'DER' ? 'der' : 'others';
  const own = 'employee_id IN (SELECT employee_id FROM pe)';
  // The one test that the person was not told of has this subject.
  const untold = role === 'DER' ? '1' : "subject_ref NOT LIKE 'untold%'";
  return `WITH pe AS (SELECT * FROM people FINAL WHERE ${ours} AND ${peopleOf(role)}),
fl AS (SELECT * FROM flags_current FINAL WHERE ${ours} AND audience = '${audience}' AND flag <> 'none' AND ${own}),
ch AS (SELECT * FROM flag_changes FINAL WHERE ${ours} AND audience IN ('all', '${audience}') AND ${own}),
ev AS (SELECT * FROM compliance_events FINAL WHERE ${ours} AND ${own} AND type <> 'test.lab_received' AND ${untold}),
sd AS (SELECT * FROM status_days WHERE ${ours} AND audience = '${audience}')`;
}

function peopleOf(role: Role | null): string {
  if (role === null) return `employee_id = '${trialPlaces.employeeId}'`;
  if (role === 'SafetyManager') return "division_name = 'Linehaul'";
  return role === 'SiteSupervisor' ? "location_name = 'Laredo'" : '1';
}

/** Rows of the second query, each cell as text. */
export async function askAgain(
  { client }: Pick<ClickHouse, 'client'>,
  sql: string,
  role: Role | null,
  nowMs: number,
): Promise<string[][]> {
  const instant = new Date(nowMs).toISOString();
  const said = sql
    .replaceAll('{now}', `toDateTime64('${instant.slice(0, 19).replace('T', ' ')}', 3, 'UTC')`)
    .replaceAll('{day}', `toDate('${instant.slice(0, 10)}')`);
  const result = await client.query({ query: `${seenBy(role)}\n${said}`, format: 'JSONCompactEachRow' });
  return (await result.json<unknown[]>()).map((row) => row.map(String));
}
