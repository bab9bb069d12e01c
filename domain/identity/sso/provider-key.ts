import { isId, type Id, type TenantId } from '#contracts/ids';

/**
 * The name of a provider at the sign-in library, and in the addresses that an identity provider calls. It carries the company,
 * so that a session is bound to it without a question to the database in the middle of the library's transaction.
 */
export const providerKey = (tenantId: TenantId, id: Id<'identityProvider'>): string => `${tenantId}.${id}`;

export function readProviderKey(
  key: string | undefined,
): { readonly tenantId: TenantId; readonly id: Id<'identityProvider'> } | null {
  const [tenantId, id, ...rest] = (key ?? '').split('.');
  return isId('tenant', tenantId) && isId('identityProvider', id) && rest.length === 0
    ? { tenantId, id }
    : null;
}
