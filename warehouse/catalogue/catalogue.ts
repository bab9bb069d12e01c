import { complianceEvents } from './compliance-events.ts';
import { flagChanges } from './flag-changes.ts';
import { flagsCurrent } from './flags-current.ts';
import { people } from './people.ts';
import { rolledDays, statusDays } from './status-days.ts';
import type { Table } from './table.ts';

/** Every table of the warehouse, what its columns hold and who may read them. Checked against the engine by a test. */
export const catalogue = {
  compliance_events: complianceEvents,
  flag_changes: flagChanges,
  flags_current: flagsCurrent,
  people,
  status_days: statusDays,
  rolled_days: rolledDays,
} as const satisfies Readonly<Record<string, Table>>;

export type TableName = keyof typeof catalogue;
