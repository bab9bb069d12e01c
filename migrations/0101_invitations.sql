-- People asked by mail to take a place in a company. The token itself is in the mail alone.
create table invitations (
  tenant_id text not null references tenants (tenant_id),
  id text not null,
  email text not null check (email = lower(email)),
  name text not null check (name <> ''),
  role text not null,
  division_ids text[],
  location_ids text[],
  assigned_tenant_ids text[] not null default '{}',
  state text not null default 'open' check (state in ('open', 'accepted', 'revoked')),
  token_digest text not null unique,
  expires_at timestamptz not null,
  sent_at timestamptz not null,
  sent_times integer not null default 1,
  invited_by text not null,
  invited_name text not null,
  closed_at timestamptz,
  primary key (tenant_id, id),
  constraint closed_in_full check ((state = 'open') = (closed_at is null))
);
-- One open invitation per address and company.
create unique index invitations_open on invitations (tenant_id, email) where state = 'open';

select protect_tenant_table('invitations');
