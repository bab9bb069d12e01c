import { isId } from '#contracts/ids';
import { modules } from '#contracts/modules';
import { alertSeverities, alertViews, type AlertQuery } from '#contracts/screens/alerts';

export const alertsPageSize = 50;

export const alertViewWords: Record<AlertQuery['view'], string> = {
  raised: 'Raised',
  acknowledged: 'Acknowledged',
  mine: 'Mine',
  muted: 'Muted',
  ended: 'Ended',
};

/** What the address of the inbox asks for. */
export function readAlertAddress(parameters: URLSearchParams): { query: AlertQuery; page: number } {
  const employee = parameters.get('employee');
  return {
    query: {
      view: alertViews.find((view) => view === parameters.get('view')) ?? 'raised',
      module: modules.find((module) => module === parameters.get('module')) ?? null,
      severity: alertSeverities.find((one) => one === parameters.get('severity')) ?? null,
      employeeId: isId('employee', employee) ? employee : null,
    },
    page: Math.max(1, Math.trunc(Number(parameters.get('page') ?? '1')) || 1),
  };
}
