import type { ProcedureMeta } from './trpc.ts';

interface RouterLike {
  readonly _def: { readonly procedures: Readonly<Record<string, unknown>> };
}

/** What each procedure of a router needs, by path. Throws when one declares nothing: such a router must not start. */
export function listAccess(router: RouterLike): ReadonlyMap<string, ProcedureMeta> {
  const access = new Map<string, ProcedureMeta>();
  const { _def: definition } = router;
  for (const [path, procedure] of Object.entries(definition.procedures)) {
    const meta = metaOf(procedure);
    if (meta === null) throw new Error(`procedure ${path} declares no access`);
    access.set(path, meta);
  }
  return access;
}

function metaOf(procedure: unknown): ProcedureMeta | null {
  if (typeof procedure !== 'function' || !('_def' in procedure)) return null;
  const { _def: definition } = procedure as { _def: { meta?: unknown } };
  const { meta } = definition;
  if (typeof meta !== 'object' || meta === null) return null;
  const declared = 'access' in meta || ('area' in meta && 'right' in meta);
  return declared ? (meta as ProcedureMeta) : null;
}

/** Paths of the procedures that change something. */
export function listMutations(router: RouterLike): string[] {
  const { _def: definition } = router;
  return Object.entries(definition.procedures).flatMap(([path, procedure]) =>
    isMutation(procedure) ? [path] : [],
  );
}

function isMutation(procedure: unknown): boolean {
  if (typeof procedure !== 'function' || !('_def' in procedure)) return false;
  const { _def: own } = procedure as { _def: { type?: unknown } };
  return own.type === 'mutation';
}
