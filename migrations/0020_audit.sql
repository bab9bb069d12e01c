-- The audit log: what was done, by whom, to what; one hash chain per tenant.
create table audit_heads (
  tenant_id text primary key,
  -- Sequence and hash of the last entry: what the chain must reach, so a cut tail shows.
  sequence bigint not null check (sequence >= 1),
  hash text not null
);

create table audit_entries (
  tenant_id text not null,
  sequence bigint not null check (sequence >= 1),
  id text not null unique,
  at timestamptz not null,
  actor_type text not null check (actor_type in ('user', 'system', 'vendor')),
  actor_id text not null,
  actor_name text not null,
  act text not null,
  subject_type text not null,
  subject_id text not null,
  before jsonb,
  after jsonb,
  ip text,
  session_id text,
  request_id text,
  previous_hash text not null,
  hash text not null,
  primary key (tenant_id, sequence)
);
-- No index for text: under row security an operator that is not leakproof (like, @@) is not answered by one, and the
-- log is written far more often than searched.
create index audit_entries_subject on audit_entries (tenant_id, subject_type, subject_id, sequence);
create index audit_entries_actor on audit_entries (tenant_id, actor_id, sequence);

create function audit_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the audit log is append-only: % on % refused', tg_op, tg_table_name
    using errcode = 'insufficient_privilege';
end $$;

create function audit_head_only_rises() returns trigger language plpgsql as $$
begin
  if new.tenant_id <> old.tenant_id or new.sequence <= old.sequence then
    raise exception 'the head of an audit chain only rises' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;

create trigger audit_entries_row before update or delete on audit_entries
  for each row execute function audit_refuse_change();
create trigger audit_entries_all before truncate on audit_entries
  for each statement execute function audit_refuse_change();
create trigger audit_heads_rise before update on audit_heads
  for each row execute function audit_head_only_rises();
create trigger audit_heads_row before delete on audit_heads
  for each row execute function audit_refuse_change();
create trigger audit_heads_all before truncate on audit_heads
  for each statement execute function audit_refuse_change();

-- `always`: they fire for the owner and in replica mode too; only dropping or disabling them gets past,
-- and then the chain tells.
alter table audit_entries enable always trigger audit_entries_row;
alter table audit_entries enable always trigger audit_entries_all;
alter table audit_heads enable always trigger audit_heads_rise;
alter table audit_heads enable always trigger audit_heads_row;
alter table audit_heads enable always trigger audit_heads_all;

select protect_tenant_table('audit_entries');
select protect_tenant_table('audit_heads');
revoke update, delete on audit_entries from plumbline_app, plumbline_system;
revoke delete on audit_heads from plumbline_app, plumbline_system;
