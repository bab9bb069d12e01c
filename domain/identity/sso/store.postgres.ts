import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Id, TenantId, UserId } from '#contracts/ids';
import type { Role } from '#contracts/roles';
import type { Instant } from '#contracts/time';
import { PlumblineError } from '#platform/errors';
import { isUniqueViolation, type Tx } from '#platform/postgres';
import { providerKey } from './provider-key.ts';

export interface IdentityProvider {
  readonly tenantId: TenantId;
  readonly id: Id<'identityProvider'>;
  readonly kind: 'oidc' | 'saml';
  readonly name: string;
  readonly issuer: string;
  readonly domain: string;
  /** What the domain's TXT record must hold. */
  readonly domainProof: string;
  readonly domainVerifiedAt: Instant | null;
  readonly defaultRole: Role;
}

/** What signing in reads of it, as the library keeps it. */
export interface ProviderConfigs {
  readonly oidcConfig: object | null;
  readonly samlConfig: object | null;
}

interface Row {
  tenant_id: TenantId;
  id: Id<'identityProvider'>;
  kind: 'oidc' | 'saml';
  name: string;
  issuer: string;
  domain: string;
  domain_proof: string;
  domain_verified_at: Date | null;
  default_role: Role;
}

const columns = sql.raw(
  'tenant_id, id, kind, name, issuer, domain, domain_proof, domain_verified_at, default_role',
);

const toProvider = (row: Row): IdentityProvider => ({
  tenantId: row.tenant_id,
  id: row.id,
  kind: row.kind,
  name: row.name,
  issuer: row.issuer,
  domain: row.domain,
  domainProof: row.domain_proof,
  domainVerifiedAt: row.domain_verified_at?.toISOString() ?? null,
  defaultRole: row.default_role,
});

/** In a system transaction: the library's table is not the company's. */
export async function insertProvider(
  tx: Tx,
  provider: IdentityProvider,
  configs: ProviderConfigs,
  made: { readonly by: UserId; readonly at: Instant },
): Promise<void> {
  const { tenantId, id, kind, name, issuer, domain, domainProof, defaultRole } = provider;
  await sql`
    insert into identity_providers (tenant_id, id, kind, name, issuer, domain, domain_proof, default_role, created_by,
      created_at)
    values (${tenantId}, ${id}, ${kind}, ${name}, ${issuer}, ${domain}, ${domainProof}, ${defaultRole}, ${made.by},
      ${made.at}::timestamptz)`.execute(tx);
  await sql`
    insert into auth_identity_providers (id, issuer, oidc_config, saml_config, provider_id, domain)
    values (${randomUUID()}, ${issuer}, ${asText(configs.oidcConfig)}, ${asText(configs.samlConfig)},
      ${providerKey(tenantId, id)}, ${domain})`.execute(tx);
}

const asText = (config: object | null): string | null => (config === null ? null : JSON.stringify(config));

export async function listProviders(tx: Tx): Promise<IdentityProvider[]> {
  const { rows } = await sql<Row>`select ${columns} from identity_providers order by created_at, id`.execute(
    tx,
  );
  return rows.map(toProvider);
}

export async function findProvider(tx: Tx, tenantId: TenantId, id: string): Promise<IdentityProvider | null> {
  const { rows } = await sql<Row>`
    select ${columns} from identity_providers where tenant_id = ${tenantId} and id = ${id} for update`.execute(
    tx,
  );
  return rows.map(toProvider)[0] ?? null;
}

/** The provider that signs in addresses of a domain. In a system transaction. */
export async function findProviderOfDomain(tx: Tx, domain: string): Promise<IdentityProvider | null> {
  const { rows } = await sql<Row>`
    select ${columns} from identity_providers where domain = ${domain} and domain_verified_at is not null`.execute(
    tx,
  );
  return rows.map(toProvider)[0] ?? null;
}

/** Throws `identity.domain_taken` when another company has shown the domain to be its own. */
export async function markVerified(tx: Tx, { tenantId, id }: IdentityProvider, at: Instant): Promise<void> {
  try {
    await sql`
      update identity_providers set domain_verified_at = ${at}::timestamptz
      where tenant_id = ${tenantId} and id = ${id}`.execute(tx);
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new PlumblineError({
      kind: 'conflict',
      code: 'identity.domain_taken',
      detail: 'Another identity provider signs in the addresses of this domain already.',
      cause: error,
    });
  }
  await sql`
    update auth_identity_providers set domain_verified = true where provider_id = ${providerKey(tenantId, id)}`.execute(
    tx,
  );
}

export async function deleteProvider(tx: Tx, { tenantId, id }: IdentityProvider): Promise<void> {
  await sql`delete from identity_providers where tenant_id = ${tenantId} and id = ${id}`.execute(tx);
  await sql`delete from auth_identity_providers where provider_id = ${providerKey(tenantId, id)}`.execute(tx);
}

/** False when the user had come this way before. */
export async function insertArrival(
  tx: Tx,
  arrival: { readonly tenantId: TenantId; readonly userId: UserId; readonly providerKey: string },
  at: Instant,
): Promise<boolean> {
  const done = await sql`
    insert into identity_provider_arrivals (tenant_id, user_id, provider_id, arrived_at)
    values (${arrival.tenantId}, ${arrival.userId}, ${arrival.providerKey}, ${at}::timestamptz)
    on conflict do nothing`.execute(tx);
  return (done.numAffectedRows ?? 0n) > 0n;
}
