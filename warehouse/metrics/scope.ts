import * as z from 'zod';
import { idSchema } from '#contracts/ids';
import { modules, moduleSchema, type Module } from '#contracts/modules';
import { phaseSchema } from '#contracts/person-facts';
import { can, type Scope } from '#domain/identity';
import { PlumblineError } from '#platform/errors';
import { stateMask } from '../state.ts';

/** What the viewer chose on the screen; narrows the scope, never widens it. */
export const filtersSchema = z.object({
  divisionId: idSchema('division').optional(),
  locationId: idSchema('location').optional(),
  jobRoleId: idSchema('jobRole').optional(),
  module: moduleSchema.optional(),
  /** Only people in these phases now; absent = every phase. One whose phase is not loaded yet counts in all. */
  phases: z.array(phaseSchema).optional(),
});
export type Filters = z.infer<typeof filtersSchema>;

/** Whose view: the DER sees the effect of masked reasons (unannounced tests), all others must not. */
export type Audience = 'der' | 'others';

/** Parameters that every metric has. Nothing can be asked without a tenant and a scope. */
export const scopeParams = z.object({
  tenant: idSchema('tenant'),
  audience: z.enum(['der', 'others']),
  everyone: z.union([z.literal(0), z.literal(1)]),
  divisions: z.array(z.string()),
  locations: z.array(z.string()),
  employee: z.string(),
  division: z.string(),
  location: z.string(),
  job_role: z.string(),
  phases: z.array(phaseSchema),
  modules: z.array(moduleSchema),
  mask: z.int().nonnegative(),
});
export type ScopeParams = z.infer<typeof scopeParams>;

/**
 * The scope and filters as parameters. Modules of which the viewer may not even see the status are left out.
 * Throws `warehouse.module_not_visible` when the filter names one of those.
 */
export function toScopeParams(scope: Scope, audience: Audience, filters: Filters): ScopeParams {
  const visible = modules.filter((module) => can(scope, 'see', module));
  if (filters.module !== undefined && !visible.includes(filters.module)) {
    throw new PlumblineError({
      kind: 'forbidden',
      code: 'warehouse.module_not_visible',
      detail: 'Your role does not show this module. Choose another one.',
    });
  }
  const asked: Module[] = filters.module === undefined ? visible : [filters.module];
  const unlimited = scope.divisionIds === null && scope.locationIds === null;
  const own = scope.ownEmployeeId;
  return {
    tenant: scope.tenantId,
    audience,
    everyone: unlimited || own !== null ? 1 : 0,
    divisions: [...(scope.divisionIds ?? [])],
    locations: [...(scope.locationIds ?? [])],
    employee: own ?? '',
    division: filters.divisionId ?? '',
    location: filters.locationId ?? '',
    job_role: filters.jobRoleId ?? '',
    phases: [...(filters.phases ?? [])],
    modules: asked,
    mask: stateMask(asked),
  };
}

/** SQL: rows whose division or location is in scope and passes the filters. The same rule as `covers` of identity. */
export const placeInScope = `
  ({everyone:UInt8} = 1 OR division_id IN {divisions:Array(String)} OR location_id IN {locations:Array(String)})
  AND ({division:String} = '' OR division_id = {division:String})
  AND ({location:String} = '' OR location_id = {location:String})
  AND ({job_role:String} = '' OR job_role_id = {job_role:String})`;

/** SQL: also the viewer's own record only, for those who see nothing else. */
export const personInScope = `
  tenant_id = {tenant:String} AND ({employee:String} = '' OR employee_id = {employee:String}) AND ${placeInScope}`;

/** SQL: changes that this view may know of. */
export const changeForAudience = `
  tenant_id = {tenant:String} AND audience IN ('all', {audience:String})
  AND ({employee:String} = '' OR employee_id = {employee:String})`;
