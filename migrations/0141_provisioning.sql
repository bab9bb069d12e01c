-- A membership that is kept but does not let in.
alter table memberships add column suspended_at timestamptz;

-- People and groups as the company's identity provider sees them (SCIM 2.0), and what groups mean here.
create table scim_users (
  tenant_id text not null references tenants (tenant_id),
  id text not null,
  user_id text not null references auth_users (id),
  user_name text not null,
  -- Without case: RFC 7643 section 4.1.1.
  user_name_key text not null,
  external_id text,
  active boolean not null,
  -- The other attributes that this product takes, in the words of RFC 7643.
  attributes jsonb not null,
  -- The membership is this provisioning's own: groups decide its role. One that a person gave is only suspended.
  governs boolean not null,
  -- The account was made here and may be renamed from here.
  made_account boolean not null,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, user_name_key),
  unique (tenant_id, user_id)
);
create index scim_users_external on scim_users (tenant_id, external_id) where external_id is not null;
select protect_tenant_table('scim_users');

create table scim_groups (
  tenant_id text not null references tenants (tenant_id),
  id text not null,
  display_name text not null,
  display_name_key text not null,
  external_id text,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, display_name_key)
);
select protect_tenant_table('scim_groups');

create table scim_group_members (
  tenant_id text not null,
  group_id text not null,
  scim_user_id text not null,
  primary key (tenant_id, group_id, scim_user_id),
  foreign key (tenant_id, group_id) references scim_groups (tenant_id, id) on delete cascade,
  foreign key (tenant_id, scim_user_id) references scim_users (tenant_id, id) on delete cascade
);
create index scim_group_members_user on scim_group_members (tenant_id, scim_user_id);
select protect_tenant_table('scim_group_members');

-- What a group gives its members here. Roles that may approve for others are never given by a group.
create table scim_role_mappings (
  tenant_id text not null,
  group_id text not null,
  role text not null check (role not in ('CompanyAdmin', 'ComplianceManager', 'AuditManager', 'DER')),
  division_ids text[],
  location_ids text[],
  mapped_by text not null,
  mapped_at timestamptz not null,
  primary key (tenant_id, group_id),
  foreign key (tenant_id, group_id) references scim_groups (tenant_id, id) on delete cascade
);
select protect_tenant_table('scim_role_mappings');
