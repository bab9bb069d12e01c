import { isId } from '#contracts/ids';
import type { FlagChanged } from '#contracts/live';
import type { OverviewFilter } from '#contracts/screens/overview';

/** What the address narrows the overview to. A parameter that is no id filters nothing: a mistyped link still shows the screen. */
export function overviewFilterOf({ searchParams }: URL): OverviewFilter {
  const [division, location, role] = ['division', 'location', 'role'].map((name) => searchParams.get(name));
  return {
    divisionId: isId('division', division) ? division : null,
    locationId: isId('location', location) ? location : null,
    jobRoleId: isId('jobRole', role) ? role : null,
    phase: searchParams.get('phase') === 'all' ? 'all' : 'active',
  };
}

/** True when a change is about somebody whom the filter shows. */
export function fitsFilter(
  filter: OverviewFilter,
  change: Pick<FlagChanged, 'divisionId' | 'locationId' | 'jobRoleId'>,
): boolean {
  return (['divisionId', 'locationId', 'jobRoleId'] as const).every(
    (key) => filter[key] === null || filter[key] === change[key],
  );
}
