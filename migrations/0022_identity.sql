create table tenants (
  -- Named like the column of every other table, so the same policy protects it: a tenant sees its own row.
  tenant_id text primary key,
  kind text not null check (kind in ('service', 'compliance')),
  name text not null check (name <> ''),
  -- IANA zone of people and places that have none of their own.
  zone text not null,
  -- The tenant's own labels of roles, by role code.
  role_labels jsonb not null default '{}',
  created_at timestamptz not null
);

-- A compliance company (tenant_id) oversees a service company.
create table oversights (
  tenant_id text not null references tenants (tenant_id),
  service_tenant_id text not null references tenants (tenant_id),
  since timestamptz not null,
  primary key (tenant_id, service_tenant_id)
);
create index oversights_service on oversights (service_tenant_id);

create table memberships (
  tenant_id text not null references tenants (tenant_id),
  id text not null,
  user_id text not null references auth_users (id),
  -- Null: field worker, own record only.
  role text,
  division_ids text[],
  location_ids text[],
  -- Companies assigned to a compliance company's user whose role does not reach all overseen ones.
  assigned_tenant_ids text[] not null default '{}',
  employee_id text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, user_id)
);
create index memberships_user on memberships (user_id);
create unique index memberships_employee on memberships (tenant_id, employee_id) where employee_id is not null;

select protect_tenant_table('tenants');
select protect_tenant_table('oversights');
select protect_tenant_table('memberships');
-- Making and removing companies, and saying who oversees whom, spans tenants.
revoke insert, delete on tenants from plumbline_app;
revoke insert, update, delete on oversights from plumbline_app;
