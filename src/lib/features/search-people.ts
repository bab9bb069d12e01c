import type { ApiClient } from '#client/trpc';
import { gravity, type FlagColour } from '#contracts/flags';
import { noPeopleQuery, type PeopleRow } from '#contracts/screens/people';
import type { PersonHit } from '#ui/frame/CommandPalette.svelte';

/** People by name or number, as the viewer may see them, of every phase. */
export async function searchPeople(api: ApiClient, text: string, limit: number): Promise<PersonHit[]> {
  const query = { ...noPeopleQuery, phases: [], text };
  const page = await api.people.list.query({ query, offset: 0, limit });
  return page.rows.map(toHit);
}

function toHit(row: PeopleRow): PersonHit {
  return { id: row.employeeId, name: row.name, note: row.number, ...gravest(row.cells) };
}

/** The gravest colour that the viewer sees of a person. */
function gravest(cells: PeopleRow['cells']): { flag: FlagColour; hold: boolean } {
  const seen = cells.filter((cell) => cell !== null);
  const flag = seen.map((cell) => cell.flag).toSorted((a, b) => gravity[a] - gravity[b])[0] ?? 'none';
  return { flag, hold: seen.some((cell) => cell.hold && cell.flag === flag) };
}
