/** The consumer groups of the flow. */
export const consumerGroups = ['normalise', 'fetch', 'apply', 'live', 'warehouse'] as const;

/** The jobs by the clock. */
export const jobNames = [
  'warehouse-day-rollup',
  'people-phase-changes',
  'vendor-watch',
  'event-log-retention',
] as const;
