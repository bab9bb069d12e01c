import { breakdownQueries } from './breakdown.ts';
import type { NamedQuery } from './query.ts';
import { changesQuery } from './recent.ts';
import { standingQueries } from './standing.ts';
import { trendQueries } from './trend.ts';
import { vendorRatesQuery } from './vendor-rates.ts';

/** Every question that a screen asks of the warehouse. */
export const metricQueries: readonly NamedQuery[] = [
  ...Object.values(breakdownQueries.now),
  ...Object.values(breakdownQueries.as_of),
  ...Object.values(standingQueries),
  changesQuery,
  ...Object.values(trendQueries),
  vendorRatesQuery,
];
