import type { ComplianceEvent } from '#contracts/compliance-event';
import type { EmployeeId, TenantId } from '#contracts/ids';
import type { Module } from '#contracts/modules';
import type { CompiledPack, FlagSubject, Sources } from '#domain/flags';
import type { Tx } from '#platform/postgres';

/** What the driver asks of the people module. */
export interface PeoplePort {
  /** The people as rules see them at `at`, with names and places; ids of no employee are left out. */
  subjects(tx: Tx, employeeIds: readonly EmployeeId[], at: string): Promise<FlagSubject[]>;
  /**
   * Applies lifecycle events (module `people`). Answers the people whose facts may have changed, the events that need a
   * person, and earlier ones that no longer do.
   */
  applyEvents(
    tx: Tx,
    tenantId: TenantId,
    events: readonly ComplianceEvent[],
    at: string,
  ): Promise<AppliedLifecycle>;
  /** Announces people as this transaction leaves them; takes the log, so it comes after every other lock. */
  announce(tx: Tx, employeeIds: readonly EmployeeId[]): Promise<void>;
}

export interface AppliedLifecycle {
  readonly changed: readonly EmployeeId[];
  readonly reviews: readonly { readonly eventId: string; readonly reason: string }[];
  readonly taken: readonly string[];
}

/** Rules with the tenant's parameters. Cached by whoever provides them. */
export type PacksOf = (tenantId: TenantId) => Promise<Readonly<Record<Module, CompiledPack>>>;

/** Health of the vendors' feeds of a tenant, for staleness. */
export type SourcesOf = (tenantId: TenantId) => Promise<Sources>;
