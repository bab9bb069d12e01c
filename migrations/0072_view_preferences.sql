-- How one user likes a screen in one company. Nothing depends on it: a lost row is a screen as it was made.
create table view_preferences (
  tenant_id text not null references tenants (tenant_id),
  user_id text not null,
  -- e.g. board.columns
  name text not null,
  value jsonb not null,
  updated_at timestamptz not null,
  primary key (tenant_id, user_id, name)
);
select protect_tenant_table('view_preferences');
