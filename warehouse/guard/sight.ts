import { modules, type Module } from '#contracts/modules';
import { isDeidentified, visibilityOf, type Scope } from '#domain/identity';
import type { Audience } from '../metrics/scope.ts';

/** What a scope may read of the views, as the sources need it. */
export interface Sight {
  readonly tenantId: string;
  readonly audience: Audience;
  /** Modules read in full, by colour alone, and without who it is about. */
  readonly full: readonly Module[];
  readonly status: readonly Module[];
  readonly deidentified: readonly Module[];
  /** Everybody in the company; else the lists, or the one person, say who. */
  readonly everyone: boolean;
  readonly divisionIds: readonly string[];
  readonly locationIds: readonly string[];
  readonly ownEmployeeId: string | null;
  /** Nothing may tell who a row is about. */
  readonly nameless: boolean;
}

export function sightOf(scope: Scope, audience: Audience): Sight {
  const seenAs = (wanted: string) => modules.filter((module) => visibilityOf(scope, module) === wanted);
  return {
    tenantId: scope.tenantId,
    audience,
    full: seenAs('full'),
    status: seenAs('status'),
    deidentified: seenAs('deidentified'),
    everyone: scope.ownEmployeeId === null && scope.divisionIds === null && scope.locationIds === null,
    divisionIds: scope.divisionIds ?? [],
    locationIds: scope.locationIds ?? [],
    ownEmployeeId: scope.ownEmployeeId,
    nameless: isDeidentified(scope),
  };
}

/** Modules of which anything at all is seen. */
export function seenModules({ full, status, deidentified }: Sight): readonly Module[] {
  return modules.filter((module) => [full, status, deidentified].some((some) => some.includes(module)));
}
