-- Keys that personal data is encrypted with (platform/keys). Wrapped: by the key service (purposes tenant and index) or
-- by the tenant's key (purpose subject). A destroyed key keeps its row without `wrapped`: what it encrypted is erased.
create table data_keys (
  tenant_id text not null,
  id text not null,
  purpose text not null check (purpose in ('tenant', 'index', 'subject')),
  -- Whose data, for purpose subject.
  subject_id text,
  wrapped bytea,
  -- The key of the key service, or the tenant's key.
  wrapped_by text not null,
  created_at timestamptz not null,
  -- The transaction that made it: until that commits the key is kept in no memory.
  made_in xid8 not null default pg_current_xact_id(),
  -- A tenant's key that was replaced: it opens what it sealed and seals nothing more.
  retired_at timestamptz,
  destroyed_at timestamptz,
  primary key (tenant_id, id),
  check ((purpose = 'subject') = (subject_id is not null)),
  check ((wrapped is null) = (destroyed_at is not null))
);
create unique index data_keys_subject on data_keys (tenant_id, subject_id) where purpose = 'subject';
create unique index data_keys_current on data_keys (tenant_id, purpose) where purpose <> 'subject' and retired_at is null;
create index data_keys_wrapped_by on data_keys (tenant_id, wrapped_by) where wrapped is not null;
select protect_tenant_table('data_keys');
revoke delete on data_keys from plumbline_app, plumbline_system;

-- Destroyed is destroyed: no statement of the application brings a key back or puts another in its place.
create function data_key_stays_destroyed() returns trigger language plpgsql as $$
begin
  if old.destroyed_at is not null then
    raise exception 'data key % is destroyed', old.id using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger data_keys_destroyed before update on data_keys
  for each row execute function data_key_stays_destroyed();
