-- Something a person should look at. At most one open alert per cause (dedupe_key); the same cause again reopens nothing.
create table alerts (
  tenant_id text not null,
  id text not null,
  kind text not null check (kind in ('flag', 'vendor_silent', 'dead_letters', 'task')),
  severity text not null check (severity in ('critical', 'warning', 'notice')),
  status text not null default 'open' check (status in ('open', 'acknowledged', 'resolved')),
  dedupe_key text not null,
  module text,
  employee_id text,
  -- Copied from the person so that a viewer's scope can be applied here; kept up when the person moves.
  division_id text,
  location_id text,
  rule_id text,
  flag text,
  hold boolean not null default false,
  title text not null,
  detail text not null,
  citation text,
  due_at timestamptz,
  raised_at timestamptz not null,
  acknowledged_at timestamptz,
  acknowledged_by text,
  owner_user_id text,
  muted_until timestamptz,
  resolved_at timestamptz,
  primary key (tenant_id, id)
);
create unique index alerts_one_open_per_cause on alerts (tenant_id, dedupe_key) where status <> 'resolved';
create index alerts_inbox on alerts (tenant_id, status, raised_at desc);
create index alerts_by_person on alerts (tenant_id, employee_id) where status <> 'resolved';
select protect_tenant_table('alerts');
