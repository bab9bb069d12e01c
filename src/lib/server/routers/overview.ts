import {
  overviewInputSchema,
  overviewSchema,
  type Overview,
  type OverviewInput,
} from '#contracts/screens/overview';
import { isDeidentified, type Scope } from '#domain/identity';
import type { Metrics } from '#warehouse';
import { screenOf } from '../overview/screen.ts';
import { requireCrowd, withoutSmallCells } from '../overview/small-cells.ts';
import type { EndOfDay } from '../end-of-day.ts';
import { seesMasked, type Pseudonyms } from '../visibility.ts';
import { router, scopedProcedure } from '../trpc.ts';

export interface OverviewRouterDeps {
  readonly metrics: Pick<Metrics, 'overview'>;
  readonly endOfDay: EndOfDay;
  readonly pseudonyms: Pseudonyms;
  /** IANA zone of the tenant, in which days are written. */
  zoneOf(tenantId: string): Promise<string>;
  /** The tenant's own goal for the compliance rate, 0 to 1; null when it has set none. */
  targetOf(tenantId: string): Promise<number | null>;
}

export function createOverviewRouter(deps: OverviewRouterDeps) {
  return router({
    /** The whole overview screen, counted for the viewer. */
    read: scopedProcedure('any-module', 'see')
      .input(overviewInputSchema)
      .output(overviewSchema)
      .query(({ ctx: { scope }, input }) => readOverview(deps, scope, input)),
  });
}

async function readOverview(
  deps: OverviewRouterDeps,
  scope: Scope,
  { filter, asOf }: OverviewInput,
): Promise<Overview> {
  requireCrowd(scope, filter, null);
  const [zone, target, instant] = await Promise.all([
    deps.zoneOf(scope.tenantId),
    deps.targetOf(scope.tenantId),
    asOf === null ? null : deps.endOfDay(scope.tenantId, asOf),
  ]);
  const { divisionId, locationId, jobRoleId, phase } = filter;
  const measured = await deps.metrics.overview(scope, {
    audience: seesMasked(scope) ? 'der' : 'others',
    filters: {
      ...(divisionId === null ? {} : { divisionId }),
      ...(locationId === null ? {} : { locationId }),
      ...(jobRoleId === null ? {} : { jobRoleId }),
      ...(phase === 'all' ? {} : { phases: ['active' as const] }),
    },
    ...(instant === null ? {} : { asOf: instant }),
  });
  requireCrowd(scope, filter, measured.total);
  const { pseudonyms } = deps;
  const shown = screenOf({ measured, zone, target, scope, phase, pseudonyms });
  return isDeidentified(scope) ? withoutSmallCells(shown) : shown;
}
