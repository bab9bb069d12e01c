import { modules, type Module } from '#contracts/modules';
import type { Instant } from '#contracts/time';
import type { Scope } from '#domain/identity';
import type { ClickHouse } from '#platform/clickhouse';
import type { Clock } from '#platform/clock';
import { breakdownQueries, type BreakdownRow, type Unit } from './breakdown.ts';
import { readCounts } from './counts.ts';
import { counted, readOverview, type Counted, type Overview } from './overview.ts';
import { askInScope } from './query.ts';
import { toScopeParams, type Audience, type Filters } from './scope.ts';
import { vendorRatesQuery } from './vendor-rates.ts';

export interface MetricsDeps {
  readonly clickhouse: ClickHouse;
  readonly clock: Clock;
}

export interface MetricAsk {
  readonly audience: Audience;
  readonly filters?: Filters;
  /** A past instant: what was known then. Now when absent. People are placed where they are now. */
  readonly asOf?: Instant;
}

export interface UnitRate extends Counted {
  /** Null: people without such a unit. */
  readonly unitId: string | null;
  readonly unitName: string;
  readonly modules: Readonly<Partial<Record<Module, Counted>>>;
}

export interface VendorRate {
  readonly endpointId: string;
  readonly vendor: string;
  /** Events per slice of time, oldest first; the last slice ends now. */
  readonly buckets: readonly number[];
  readonly lastReceivedAt: Instant;
}

/**
 * The numbers behind the screens. All take the viewer's scope: people outside it count nowhere, and modules whose
 * status the viewer may not see are left out. Names and reasons in `lastHour` are unmasked: mask them by visibility.
 * Errors: `warehouse.module_not_visible`.
 */
export interface Metrics {
  overview(scope: Scope, wanted: MetricAsk): Promise<Overview>;
  /** People by worst status and flags by module, for each division, location or job role. */
  rates(scope: Scope, unit: Unit, wanted: MetricAsk): Promise<UnitRate[]>;
  /** Events received per endpoint, for endpoints that received any. */
  vendorRates(
    scope: Scope,
    wanted: { readonly hours: number; readonly bucketMinutes: number },
  ): Promise<VendorRate[]>;
}

export function createMetrics({ clickhouse, clock }: MetricsDeps): Metrics {
  const instantOf = ({ asOf }: MetricAsk) =>
    asOf === undefined
      ? { source: 'now' as const, atMs: clock.nowMs() }
      : { source: 'as_of' as const, atMs: Date.parse(asOf) };

  return {
    overview: (scope, wanted) => {
      const { source, atMs } = instantOf(wanted);
      const params = toScopeParams(scope, wanted.audience, wanted.filters ?? {});
      return readOverview(clickhouse, params, source, atMs);
    },
    rates: async (scope, unit, wanted) => {
      const { source, atMs } = instantOf(wanted);
      const params = toScopeParams(scope, wanted.audience, wanted.filters ?? {});
      const cells = await askInScope(clickhouse, breakdownQueries[source][unit], { ...params, at_ms: atMs });
      return cells
        .filter((cell) => cell.module === 'all')
        .map((all) => ({
          unitId: all.unit_id === '' ? null : all.unit_id,
          unitName: all.unit_name,
          ...counted(readCounts(all)),
          modules: byModule(cells.filter((cell) => cell.unit_id === all.unit_id)),
        }));
    },
    vendorRates: async (scope, { hours, bucketMinutes }) => {
      const bucketMs = bucketMinutes * 60_000;
      const slices = Math.ceil((hours * 60) / bucketMinutes);
      const atMs = clock.nowMs() + 1;
      // Colours play no part here, so neither does whose view it is.
      const params = toScopeParams(scope, 'others', {});
      const rows = await askInScope(clickhouse, vendorRatesQuery, {
        ...params,
        at_ms: atMs,
        since_ms: atMs - slices * bucketMs,
        bucket_ms: bucketMs,
      });
      const endpoints = Map.groupBy(rows, (row) => row.endpoint_id);
      return [...endpoints].map(([endpointId, found]) => ({
        endpointId,
        vendor: found[0]?.vendor ?? '',
        buckets: Array.from(
          { length: slices },
          (_, bucket) => found.find((row) => row.bucket === bucket)?.events ?? 0,
        ),
        lastReceivedAt:
          found
            .map((row) => row.last_received_at)
            .toSorted()
            .at(-1) ?? '',
      }));
    },
  };
}

/** The cells of one unit, by module. */
function byModule(cells: readonly BreakdownRow[]): Partial<Record<Module, Counted>> {
  const found: Partial<Record<Module, Counted>> = {};
  for (const module of modules) {
    const cell = cells.find((each) => each.module === module);
    if (cell !== undefined) found[module] = counted(readCounts(cell));
  }
  return found;
}
