-- What one person alone may not do: asked for by one, approved by another, done once.
create table approval_requests (
  tenant_id text not null references tenants (tenant_id),
  id text not null,
  kind text not null check (kind in ('pii_export', 'dq_packet', 'role_grant', 'rule_activation', 'legal_hold')),
  state text not null default 'requested'
    check (state in ('requested', 'approved', 'refused', 'withdrawn', 'expired', 'done')),
  -- Areas of the permission matrix it reaches into: who approves needs the right in each of them.
  areas text[] not null check (cardinality(areas) > 0),
  -- The requester's limits; null = the whole company. Who approves must reach at least as far.
  division_ids text[],
  location_ids text[],
  payload jsonb not null,
  title text not null,
  effects text[] not null check (cardinality(effects) > 0),
  reason text not null check (reason <> ''),
  -- The user whom it makes more powerful, if any: nobody approves that for themselves.
  about_user_id text,
  requested_by text not null,
  requested_name text not null,
  requested_at timestamptz not null,
  expires_at timestamptz not null,
  decided_by text,
  decided_name text,
  decided_at timestamptz,
  decision_reason text,
  closed_at timestamptz,
  outcome text not null default '',
  primary key (tenant_id, id),
  constraint second_person check (decided_by is null or (decided_by <> requested_by and decided_by is distinct from about_user_id)),
  constraint decided_in_full check (
    (decided_by is null) = (decided_at is null) and (decided_by is null) = (decision_reason is null)),
  constraint only_the_approved_is_done check (state not in ('approved', 'done') or decided_by is not null)
);
create index approval_requests_open on approval_requests (tenant_id, requested_at)
  where state in ('requested', 'approved');
create index approval_requests_due on approval_requests (expires_at) where state in ('requested', 'approved');
create index approval_requests_requester on approval_requests (tenant_id, requested_by, requested_at);

-- What was approved is what is done: nobody changes a request, and a closed one stays closed.
create function approval_keeps_its_words() returns trigger language plpgsql as $$
begin
  if (old.kind, old.areas, old.division_ids, old.location_ids, old.payload, old.title, old.effects, old.reason,
      old.about_user_id, old.requested_by, old.requested_at)
    is distinct from (new.kind, new.areas, new.division_ids, new.location_ids, new.payload, new.title, new.effects,
      new.reason, new.about_user_id, new.requested_by, new.requested_at) then
    raise exception 'a request for approval cannot be changed' using errcode = 'insufficient_privilege';
  end if;
  if not (old.state = 'requested' and new.state in ('approved', 'refused', 'withdrawn', 'expired')
    or old.state = 'approved' and new.state in ('done', 'refused', 'withdrawn', 'expired')) then
    raise exception 'a request for approval does not go from % to %', old.state, new.state
      using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger approval_requests_row before update on approval_requests
  for each row execute function approval_keeps_its_words();
alter table approval_requests enable always trigger approval_requests_row;

select protect_tenant_table('approval_requests');
revoke delete on approval_requests from plumbline_app, plumbline_system;
