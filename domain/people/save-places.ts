import type { DivisionId, JobRoleId, LocationId, TenantId } from '#contracts/ids';
import type { ActContext, AuditDraft } from '#domain/audit';
import type { Tx } from '#platform/postgres';
import { requireZones, type InsertDeps } from './insert.ts';
import { upsertDivisions, upsertJobRoles, upsertLocations, type JobRole } from './places.ts';

/** Divisions, locations and job roles of a company, new or changed by code. */
export interface PlacesInput {
  readonly divisions?: readonly { readonly code: string; readonly name: string }[];
  readonly locations?: readonly {
    readonly code: string;
    readonly name: string;
    readonly zone: string;
    readonly jurisdiction: string | null;
  }[];
  readonly jobRoles?: readonly Pick<JobRole, 'code' | 'name' | 'requirements'>[];
}

/** Ids in the order of the input. */
export interface SavedPlaces {
  readonly divisions: readonly DivisionId[];
  readonly locations: readonly LocationId[];
  readonly jobRoles: readonly JobRoleId[];
}

/** Saves by code and audits each, in the caller's transaction. Throws `people.zone_unknown`. */
export async function savePlaces(
  deps: InsertDeps,
  tx: Tx,
  tenantId: TenantId,
  places: PlacesInput,
  context: ActContext,
): Promise<SavedPlaces> {
  const { ids } = deps;
  const { divisions = [], locations = [], jobRoles = [] } = places;
  requireZones(locations);
  const saved = {
    divisions: await upsertDivisions(
      tx,
      tenantId,
      divisions.map((division) => ({ ...division, id: ids.next('division') })),
    ),
    locations: await upsertLocations(
      tx,
      tenantId,
      locations.map((location) => ({ ...location, id: ids.next('location') })),
    ),
    jobRoles: await upsertJobRoles(
      tx,
      tenantId,
      jobRoles.map((jobRole) => ({ ...jobRole, id: ids.next('jobRole') })),
    ),
  };
  const drafts = [
    ...saveDrafts('division', divisions, saved.divisions, context),
    ...saveDrafts('location', locations, saved.locations, context),
    ...saveDrafts('job_role', jobRoles, saved.jobRoles, context),
  ];
  await deps.audit.append(tx, tenantId, drafts);
  return saved;
}

function saveDrafts(
  type: string,
  inputs: readonly unknown[],
  ids: readonly string[],
  context: ActContext,
): AuditDraft[] {
  return inputs.map((after, index) => ({
    ...context,
    act: `people:${type}:save`,
    subject: { type, id: ids[index] ?? '' },
    after,
  }));
}
