-- The login that serves is a member of both roles, to switch to them. It must not have their rights by that alone: a
-- statement outside the two transactions of platform/postgres would see every tenant by the policy of plumbline_system.
-- Postgres 15 has no such grant; there the administrator creates the login NOINHERIT.
do $$
begin
  if current_setting('server_version_num')::int >= 160000 then
    execute format('grant plumbline_app, plumbline_system to %I with inherit false, set true', current_user);
  end if;
end $$;
