export { alertOfDecision, flagAlertKey, type AlertCause } from './alert.ts';
export { createAlerts, type AlertOrder, type AlertReach, type Alerts } from './service.ts';
export type { Alert, AlertFilter } from './store.postgres.ts';
