-- Identity providers of companies. Columns of auth_identity_providers are those of @better-auth/sso 1.7.5: what signing in
-- reads. What the company itself sees and decides is in identity_providers.
create table auth_identity_providers (
  id text not null primary key,
  issuer text not null,
  oidc_config text,
  saml_config text,
  user_id text references auth_users (id),
  provider_id text not null unique,
  organization_id text,
  domain text not null,
  domain_verified boolean not null default false
);
select system_table('auth_identity_providers');

create table identity_providers (
  tenant_id text not null references tenants (tenant_id),
  id text not null,
  kind text not null check (kind in ('oidc', 'saml')),
  name text not null check (name <> ''),
  issuer text not null,
  -- Addresses of this domain, and no others, sign in here; only after the company has shown that the domain is its own.
  domain text not null check (domain = lower(domain)),
  -- Stands in the domain's TXT record.
  domain_proof text not null,
  domain_verified_at timestamptz,
  -- Of those who come for the first time.
  default_role text not null,
  created_by text not null,
  created_at timestamptz not null,
  primary key (tenant_id, id)
);
-- A domain is one company's: whoever shows it first.
create unique index identity_providers_domain on identity_providers (domain) where domain_verified_at is not null;

-- Who came in by a provider once: whose place was taken away later does not get it back by coming again.
create table identity_provider_arrivals (
  tenant_id text not null references tenants (tenant_id),
  user_id text not null,
  provider_id text not null,
  arrived_at timestamptz not null,
  primary key (tenant_id, user_id)
);

select protect_tenant_table('identity_providers');
select protect_tenant_table('identity_provider_arrivals');
