import { breakdownQueries } from './breakdown.ts';
import { fallsDueQueries, forecastQueries } from './outlook.ts';
import type { NamedQuery } from './query.ts';
import { changesQuery, differenceQueries } from './recent.ts';
import { trendQueries } from './trend.ts';
import { vendorRatesQuery } from './vendor-rates.ts';

/** Every question that a screen asks of the warehouse. */
export const metricQueries: readonly NamedQuery[] = [
  ...Object.values(breakdownQueries.now),
  ...Object.values(breakdownQueries.as_of),
  ...Object.values(differenceQueries),
  changesQuery,
  ...Object.values(trendQueries),
  ...Object.values(forecastQueries),
  ...Object.values(fallsDueQueries),
  vendorRatesQuery,
];
