-- The flag of each (employee, module) now. Decided by rules from the person's record; never edited by hand.
create table flags (
  tenant_id text not null,
  employee_id text not null,
  module text not null,
  flag text not null check (flag in ('red', 'stale', 'yellow', 'green', 'none')),
  hold boolean not null,
  -- What everybody with the right to see the module sees.
  decision jsonb not null,
  -- The DER's view where a masked reason makes it differ (382.305(k)(1), 40.309(b)); null = the same.
  der_decision jsonb,
  since timestamptz not null,
  next_change_at timestamptz,
  next_flag text,
  turns_red_at timestamptz,
  -- Decide again at this instant: time alone may change something, a vendor's silence included.
  recheck_at timestamptz,
  decided_at timestamptz not null,
  primary key (tenant_id, employee_id, module)
);
create index flags_to_recheck on flags (recheck_at) where recheck_at is not null;
create index flags_by_colour on flags (tenant_id, module, flag);
select protect_tenant_table('flags');

-- Each decision that changed something, with the instant it is about and the instant we knew.
create table flag_history (
  tenant_id text not null,
  sequence bigint not null,
  id text not null,
  employee_id text not null,
  module text not null,
  audience text not null check (audience in ('all', 'der', 'others')),
  effective_at timestamptz not null,
  recorded_at timestamptz not null,
  from_flag text not null,
  from_hold boolean not null,
  flag text not null,
  hold boolean not null,
  decision jsonb not null,
  cause_event_ids text[] not null,
  -- The change as it was published: what a viewer who was away is given.
  change jsonb not null,
  primary key (tenant_id, sequence)
);
create index flag_history_by_person on flag_history (tenant_id, employee_id, module, effective_at, sequence);
create index flag_history_by_time on flag_history (tenant_id, recorded_at);
select protect_tenant_table('flag_history');
revoke update, delete on flag_history from plumbline_app;

-- Counts the changes of a tenant without a gap: the row lock puts commits in sequence order.
create table flag_sequences (
  tenant_id text primary key,
  last bigint not null
);
select protect_tenant_table('flag_sequences');
