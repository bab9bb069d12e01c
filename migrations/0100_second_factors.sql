-- Second factors, and what a session knows of how its person showed who they are. Columns of auth_two_factors and
-- auth_passkeys are those of better-auth 1.7.7 (two-factor) and @better-auth/passkey 1.7.6.
alter table auth_users add two_factor_enabled boolean not null default false;

alter table auth_sessions
  -- password, totp, recovery_code, passkey, sso: the last step of signing in.
  add signed_in_by text not null default 'password',
  -- When the person last showed who they are, by any means.
  add confirmed_at timestamptz not null default current_timestamp,
  -- When and by what a second factor was last shown; null = never in this session.
  add proved_at timestamptz,
  add proved_by text,
  -- Set when another company's identity provider vouched for the person: the session then reaches that company alone.
  add bound_tenant_id text references tenants (tenant_id);

create table auth_two_factors (
  id text not null primary key,
  -- Encrypted with the installation's secret, as are the recovery codes.
  secret text not null,
  backup_codes text not null,
  user_id text not null unique references auth_users (id) on delete cascade,
  verified boolean not null default true,
  failed_verification_count integer default 0,
  locked_until timestamptz
);
create table auth_passkeys (
  id text not null primary key,
  name text,
  public_key text not null,
  user_id text not null references auth_users (id) on delete cascade,
  credential_id text not null unique,
  counter integer not null,
  device_type text not null,
  backed_up boolean not null,
  transports text,
  aaguid text,
  created_at timestamptz default current_timestamp
);
create index auth_passkeys_user_id_idx on auth_passkeys (user_id);

select system_table('auth_two_factors');
select system_table('auth_passkeys');
