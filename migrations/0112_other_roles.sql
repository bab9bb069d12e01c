-- Roles that a member may change to, beside the one they come in with; the limits of places are shared by all of them.
alter table memberships add column other_roles text[] not null default '{}';
alter table memberships add constraint other_roles_beside_one check (other_roles = '{}' or role is not null);

-- A company names its roles itself.
grant update on tenants to plumbline_app;
