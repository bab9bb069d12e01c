import { PlumblineError } from '#platform/errors';

const segment = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,200}$/;
const tenant = /^[a-z]{1,16}_[a-z0-9]{1,40}$/;

/** The segments of a key. Throws `objects.key_invalid`, in particular for anything that could leave the folder. */
export function segmentsOf(key: string): string[] {
  const segments = key.split('/');
  if (key.length > 512 || !segments.every((each) => segment.test(each))) {
    throw new PlumblineError({
      kind: 'invalid',
      code: 'objects.key_invalid',
      detail:
        'An object key is made of segments of letters, digits, ".", "_" and "-", joined by "/", up to 512 characters.',
    });
  }
  return segments;
}

export function checkTenantId(tenantId: string): void {
  if (tenant.test(tenantId)) return;
  throw new PlumblineError({
    kind: 'internal',
    code: 'objects.tenant_invalid',
    detail: 'Objects belong to a tenant, and this is no tenant id.',
  });
}
