import type { FlagColour } from '#contracts/flags';
import type { DivisionId, EmployeeId, JobRoleId, LocationId, TenantId } from '#contracts/ids';
import { modules } from '#contracts/modules';
import type { Phase } from '#contracts/person-facts';

/** One flag as the board keeps it: the narrow part of a decision. */
export interface CellView {
  readonly flag: FlagColour;
  readonly hold: boolean;
  readonly ruleId: string | null;
  readonly dueAt: string | null;
  readonly short: string;
  readonly nextChangeAt: string | null;
}

export interface StoredCell {
  readonly since: string;
  readonly general: CellView;
  /** The DER's view, where a masked reason makes it differ. */
  readonly der: CellView | null;
}

export interface BoardPerson {
  readonly tenantId: TenantId;
  readonly employeeId: EmployeeId;
  readonly number: string;
  readonly name: string;
  /** Order of lists: last name first, without case and accents. */
  readonly nameKey: string;
  readonly phase: Phase;
  readonly divisionId: DivisionId | null;
  readonly locationId: LocationId | null;
  readonly jobRoleId: JobRoleId | null;
  /** In the order of `modules`; null = not decided. */
  readonly cells: readonly (StoredCell | null)[];
}

export interface Place {
  readonly id: string;
  readonly name: string;
}

export interface Places {
  readonly divisions: readonly Place[];
  readonly locations: readonly Place[];
  readonly jobRoles: readonly Place[];
}

export const noCells: readonly null[] = modules.map(() => null);
