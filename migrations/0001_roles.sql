-- Two roles, neither superuser nor BYPASSRLS. Transactions switch to one of them (platform/postgres).
do $$
begin
  if not exists (select from pg_roles where rolname = 'plumbline_app') then
    create role plumbline_app nologin nosuperuser nobypassrls;
  end if;
  if not exists (select from pg_roles where rolname = 'plumbline_system') then
    create role plumbline_system nologin nosuperuser nobypassrls;
  end if;
end $$;

grant usage on schema public to plumbline_app, plumbline_system;

-- The role that migrates is the role that serves: it must be able to switch to both.
grant plumbline_app, plumbline_system to current_user;

-- Call once for every table that holds tenant data (column tenant_id text not null).
-- plumbline_app sees the rows of the transaction's tenant only; plumbline_system sees all (housekeeping).
-- FORCE makes the policies bind the table's owner too.
create function protect_tenant_table(target regclass) returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format(
    'create policy tenant_rows on %s to plumbline_app using (tenant_id = current_setting(''app.tenant_id'', true)) with check (tenant_id = current_setting(''app.tenant_id'', true))',
    target);
  execute format('create policy system_rows on %s to plumbline_system using (true) with check (true)', target);
  execute format('grant select, insert, update, delete on %s to plumbline_app, plumbline_system', target);
end $$;

-- For tables without tenant data that the system role alone may touch (log, outbox).
create function system_table(target regclass) returns void language plpgsql as $$
begin
  execute format('grant select, insert, update, delete on %s to plumbline_system', target);
end $$;
