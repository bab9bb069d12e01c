-- A third role, for the transactions of viewers who see only some of a company's people. It has all rights and policies
-- of plumbline_app, and the restrictive policies `scope_rows` take away from that: other divisions, other locations,
-- other persons. Consumers, jobs and viewers of a whole company run as plumbline_app, for whom those cost nothing.
do $$
begin
  if not exists (select from pg_roles where rolname = 'plumbline_viewer') then
    create role plumbline_viewer nologin nosuperuser nobypassrls;
  end if;
  if not pg_has_role('plumbline_viewer', 'plumbline_app', 'usage') then
    grant plumbline_app to plumbline_viewer;
  end if;
  if current_setting('server_version_num')::int >= 160000 then
    execute format('grant plumbline_viewer to %I with inherit false, set true', current_user);
  else
    execute format('grant plumbline_viewer to %I', current_user);
  end if;
end $$;

-- The scope of the transaction (platform/postgres sets it): the user, their own record, their divisions and locations.
-- Each `(select …)` is worked out once per statement, not per row.
create policy scope_rows on employees as restrictive to plumbline_viewer using (
  id = (select nullif(current_setting('app.own_employee', true), ''))
  or division_id = any ((select nullif(current_setting('app.divisions', true), ''))::text[])
  or location_id = any ((select nullif(current_setting('app.locations', true), ''))::text[]));

-- Alerts carry where their person is.
create policy scope_rows on alerts as restrictive to plumbline_viewer using (
  employee_id is null
  or employee_id = (select nullif(current_setting('app.own_employee', true), ''))
  or division_id = any ((select nullif(current_setting('app.divisions', true), ''))::text[])
  or location_id = any ((select nullif(current_setting('app.locations', true), ''))::text[]));

-- What is a user's own.
create policy scope_rows on view_preferences as restrictive to plumbline_viewer
  using (user_id = (select nullif(current_setting('app.user_id', true), '')));
create policy scope_rows on memberships as restrictive to plumbline_viewer
  using (user_id = (select nullif(current_setting('app.user_id', true), '')));

-- A table with an employee_id tells of a person, who must be in scope. One without gets no such policy by itself, and the
-- isolation tests ask for the reason.
create function limit_to_scope(target regclass) returns void language plpgsql as $$
begin
  if exists (select from pg_attribute where attrelid = target and attname = 'employee_id' and not attisdropped) then
    execute format(
      'create policy scope_rows on %1$s as restrictive to plumbline_viewer
         using (employee_id is null or exists (
           select from employees e where e.tenant_id = %1$s.tenant_id and e.id = %1$s.employee_id))', target);
  end if;
end $$;

-- As before, and a transaction without a tenant is no tenant's, not even where a row has an empty tenant_id.
create or replace function protect_tenant_table(target regclass) returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format(
    'create policy tenant_rows on %s to plumbline_app
       using (tenant_id = (select nullif(current_setting(''app.tenant_id'', true), '''')))
       with check (tenant_id = (select nullif(current_setting(''app.tenant_id'', true), '''')))', target);
  execute format('create policy system_rows on %s to plumbline_system using (true) with check (true)', target);
  execute format('grant select, insert, update, delete on %s to plumbline_app, plumbline_system', target);
  perform limit_to_scope(target);
end $$;

-- Tables without a tenant's column: nobody but the system role and their owner (the login, for the libraries that bring
-- their own SQL) has a row in them, whatever is granted one day.
create function close_table(target regclass) returns void language plpgsql as $$
declare
  owned_by text := (select relowner::regrole::text from pg_class where oid = target);
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('create policy system_rows on %s to plumbline_system using (true) with check (true)', target);
  execute format('create policy owner_rows on %s to %s using (true) with check (true)', target, owned_by);
end $$;

create or replace function system_table(target regclass) returns void language plpgsql as $$
begin
  execute format('grant select, insert, update, delete on %s to plumbline_system', target);
  perform close_table(target);
end $$;

-- The tables that are there already.
do $$
declare
  target regclass;
begin
  for target in
    select c.oid from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'employees'
      and exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'tenant_rows')
      and not exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'scope_rows')
  loop
    perform limit_to_scope(target);
  end loop;
  for target in
    select c.oid from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relrowsecurity
      and c.relname <> 'schema_migrations'
  loop
    perform close_table(target);
  end loop;
end $$;

-- A tenant's transaction may add records on their way to the log, and only its own.
alter table outbox add column tenant_id text default nullif(current_setting('app.tenant_id', true), '');
create policy tenant_rows on outbox to plumbline_app
  using (tenant_id = current_setting('app.tenant_id', true))
  with check (tenant_id = current_setting('app.tenant_id', true));

-- The job engine makes its own schema: called when it has (platform/jobs). Jobs are read and written by the owner alone.
create function protect_jobs_schema() returns void language plpgsql as $$
declare
  target regclass;
begin
  for target in
    select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'pgboss' and c.relkind in ('r', 'p') and not (c.relrowsecurity and c.relforcerowsecurity)
  loop
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    execute format('create policy owner_rows on %s to %s using (true) with check (true)', target,
      (select relowner::regrole::text from pg_class where oid = target));
  end loop;
end $$;
