-- People who were erased: who asked, on what grounds, and how far it has gone. The person is an id and nothing else.
create table erasures (
  tenant_id text not null references tenants (tenant_id),
  employee_id text not null,
  basis text not null check (basis in ('asked_by_person', 'retention_over', 'taken_by_mistake')),
  -- The case or letter, in the company's own numbering.
  case_ref text not null check (case_ref <> ''),
  requested_by text not null,
  requested_name text not null,
  requested_at timestamptz not null,
  -- How the log's records name the person, sealed under the tenant's key; gone when the log is done.
  identifiers text,
  -- Records of the log up to log_to are looked through; log_at are done.
  log_to bigint not null,
  log_at bigint not null default 0,
  log_done_at timestamptz,
  warehouse_done_at timestamptz,
  done_at timestamptz,
  -- Counts of what went where.
  outcome jsonb not null default '{}',
  primary key (tenant_id, employee_id)
);
create index erasures_unfinished on erasures (requested_at) where done_at is null;
select protect_tenant_table('erasures');
revoke delete on erasures from plumbline_app, plumbline_system;

-- A reason that somebody gave for looking at a person tells of that person: erasure, and nothing else, removes it.
grant delete on need_to_know_reasons to plumbline_system;
