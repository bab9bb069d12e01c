import type { RowScope } from './index.ts';

/** Settings of one transaction, by name: the role and what the policies ask for (migrations 0001 and 0120). */
export type Settings = Readonly<Record<string, string>>;

export const systemSettings: Settings = { role: 'plumbline_system', 'app.tenant_id': '' };

export function tenantSettings(tenantId: string): Settings {
  return { role: 'plumbline_app', 'app.tenant_id': tenantId };
}

/** Who sees everybody of the tenant needs no policy but the tenant's. */
export function viewerSettings(scope: RowScope): Settings {
  const { tenantId, userId, divisionIds, locationIds, ownEmployeeId } = scope;
  const limited = divisionIds !== null || locationIds !== null || ownEmployeeId !== null;
  if (!limited) return tenantSettings(tenantId);
  return {
    role: 'plumbline_viewer',
    'app.tenant_id': tenantId,
    'app.user_id': userId,
    'app.own_employee': ownEmployeeId ?? '',
    // One's own record is one's own wherever one works.
    'app.divisions': ownEmployeeId === null ? arrayText(divisionIds ?? []) : '{}',
    'app.locations': ownEmployeeId === null ? arrayText(locationIds ?? []) : '{}',
  };
}

/** An array as Postgres reads it from text. */
function arrayText(items: readonly string[]): string {
  return `{${items.map((item) => `"${item.replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`;
}
