export {
  alertActs,
  alertOfDecision,
  alertStatuses,
  flagAlertKey,
  type AlertAct,
  type AlertCause,
  type AlertKind,
  type AlertSeverity,
  type AlertStatus,
  type FlagSubject,
} from './alert.ts';
export { createAlerts, type AlertActResult, type AlertOrder, type Alerts } from './service.ts';
export type { Alert, AlertFilter } from './store.postgres.ts';
