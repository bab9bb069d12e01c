create table divisions (
  tenant_id text not null references tenants (tenant_id),
  id text not null,
  -- The word that vendors and files use.
  code text not null,
  name text not null,
  primary key (tenant_id, id),
  unique (tenant_id, code)
);

create table locations (
  tenant_id text not null references tenants (tenant_id),
  id text not null,
  code text not null,
  name text not null,
  zone text not null,
  -- State or country code that decides jurisdiction, e.g. TX.
  jurisdiction text,
  primary key (tenant_id, id),
  unique (tenant_id, code)
);

create table job_roles (
  tenant_id text not null references tenants (tenant_id),
  id text not null,
  code text not null,
  name text not null,
  requirements jsonb not null default '{}',
  primary key (tenant_id, id),
  unique (tenant_id, code)
);

create table employees (
  tenant_id text not null references tenants (tenant_id),
  id text not null,
  number text not null,
  first_name text not null,
  last_name text not null,
  -- last|first without case and accents: order of lists, and matching by name.
  name_key text not null,
  -- What search looks in: name, number and e-mail, without case and accents.
  search_key text not null,
  -- In lower case. Plain columns and plain comparisons on purpose: under row security a function that is not leakproof
  -- (lower, like) cannot be answered by an index.
  email text check (email = lower(email)),
  birth_date date,
  -- As of the last write or sweep; phase_changes_on says when it changes by date alone.
  phase text not null check (phase in ('applicant', 'active', 'leave', 'terminated')),
  phase_changes_on date,
  -- What events declared: a termination next week is declared now and shows in `phase` then.
  declared_phase text not null check (declared_phase in ('applicant', 'active', 'leave', 'terminated')),
  periods jsonb not null,
  leave_from date,
  return_on date,
  -- Home terminal's zone; null = the location's, else the tenant's.
  zone text,
  jurisdiction text,
  division_id text,
  location_id text,
  job_role_id text,
  manager_id text,
  safety_sensitive_first_at timestamptz,
  -- Instead of the job role's; null = the job role's.
  requirements jsonb,
  -- What events are folded onto, see domain/people/README.md. base: the state before the first event, null until there
  -- is one. base_at: events up to this instant are in the base already (an import), null when there was none.
  base jsonb,
  base_at timestamptz,
  last_event_at timestamptz,
  last_event_version integer,
  last_event_id text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, number)
  -- No foreign keys to places: checked per row they double the time of a bulk insert. domain/people checks a whole
  -- batch in one query, and places are never removed.
);
create index employees_name on employees (tenant_id, name_key, id);
create index employees_email on employees (tenant_id, email) where email is not null;
create index employees_division on employees (tenant_id, division_id);
create index employees_location on employees (tenant_id, location_id);
create index employees_manager on employees (tenant_id, manager_id) where manager_id is not null;
create index employees_phase_change on employees (tenant_id, phase_changes_on) where phase_changes_on is not null;

-- How a vendor's message finds a person: the vendor's own id of them, or of an order that is theirs.
create table employee_references (
  tenant_id text not null,
  -- e.g. checkr.candidate, quest-esp.order
  system text not null,
  external_id text not null,
  employee_id text not null,
  linked_at timestamptz not null,
  primary key (tenant_id, system, external_id),
  foreign key (tenant_id, employee_id) references employees (tenant_id, id)
);
create index employee_references_employee on employee_references (tenant_id, employee_id);
create index employee_references_external_id on employee_references (tenant_id, external_id);

-- The lifecycle events of a person, from vendors and from screens, for folding again when one comes late.
create table employee_events (
  tenant_id text not null,
  event_id text not null,
  employee_id text not null,
  type text not null,
  occurred_at timestamptz not null,
  version integer not null,
  payload jsonb not null,
  -- applied, or why a person must look.
  outcome text not null,
  primary key (tenant_id, event_id),
  foreign key (tenant_id, employee_id) references employees (tenant_id, id)
);
create index employee_events_in_order on employee_events (tenant_id, employee_id, occurred_at, version, event_id);

alter table memberships add foreign key (tenant_id, employee_id) references employees (tenant_id, id);

select protect_tenant_table('divisions');
select protect_tenant_table('locations');
select protect_tenant_table('job_roles');
select protect_tenant_table('employees');
select protect_tenant_table('employee_references');
select protect_tenant_table('employee_events');
