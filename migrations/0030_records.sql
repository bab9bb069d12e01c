-- Every applied compliance event, once. The unique key is the idempotency claim: it is made in the same transaction
-- as the effect, never before.
create table compliance_events (
  tenant_id text not null,
  id text not null,
  employee_id text not null,
  module text not null,
  type text not null,
  subject_ref text not null,
  occurred_at timestamptz not null,
  received_at timestamptz not null,
  version integer not null,
  vendor text not null,
  dedupe_key text not null,
  endpoint_id text,
  raw_ref text,
  payload jsonb not null,
  review jsonb,
  -- What the record's state machine said: applied, duplicate, refused or review; with its reason.
  outcome text not null default 'applied',
  outcome_reason text,
  applied_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, vendor, dedupe_key)
);
create index compliance_events_in_order on compliance_events (tenant_id, employee_id, module, occurred_at, version, id);
select protect_tenant_table('compliance_events');

-- The fold of those events for one (employee, module). Can be rebuilt from compliance_events at any time.
create table records (
  tenant_id text not null,
  employee_id text not null,
  module text not null,
  record jsonb not null,
  event_count integer not null,
  last_occurred_at timestamptz not null,
  last_version integer not null,
  last_event_id text not null,
  updated_at timestamptz not null,
  primary key (tenant_id, employee_id, module)
);
select protect_tenant_table('records');
