-- Why somebody opened the guarded records of a person, and until when they stay open to them.
create table need_to_know_reasons (
  tenant_id text not null references tenants (tenant_id),
  id text not null,
  user_id text not null,
  employee_id text not null,
  module text not null,
  purpose text not null,
  case_ref text not null check (case_ref <> ''),
  words text not null check (words <> ''),
  given_at timestamptz not null,
  ends_at timestamptz not null check (ends_at > given_at),
  primary key (tenant_id, id)
);
create index need_to_know_reasons_standing on need_to_know_reasons (tenant_id, user_id, employee_id, module, ends_at);

select protect_tenant_table('need_to_know_reasons');
-- A reason that was given stays as it was given.
revoke update, delete on need_to_know_reasons from plumbline_app, plumbline_system;
