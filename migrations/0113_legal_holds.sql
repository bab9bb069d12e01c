-- A legal matter for which a person's records must be kept: while one stands nothing of the person is erased.
create table legal_holds (
  tenant_id text not null references tenants (tenant_id),
  id text not null,
  employee_id text not null,
  matter text not null check (matter <> ''),
  placed_at timestamptz not null,
  -- The requests that two people agreed on.
  placed_by_request text not null,
  lifted_at timestamptz,
  lifted_by_request text,
  primary key (tenant_id, id),
  constraint lifted_in_full check ((lifted_at is null) = (lifted_by_request is null))
);
create unique index legal_holds_standing on legal_holds (tenant_id, employee_id, matter) where lifted_at is null;

select protect_tenant_table('legal_holds');
revoke delete on legal_holds from plumbline_app, plumbline_system;
