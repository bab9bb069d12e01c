-- Appends records to the log in the caller's transaction: the one way into `event_log` for a tenant's transaction, which
-- may add and nothing else. The writer lock is held until commit, so positions become visible in order, also of
-- transactions of several processes. Answers the first position; the others follow without a gap.
create function event_log_append(
  at_ms bigint, partitions int[], topics text[], keys text[], headers text[], bodies bytea[]
) returns bigint language plpgsql security definer set search_path = public, pg_temp as $$
declare
  first_position bigint;
begin
  perform pg_advisory_xact_lock(hashtext('plumbline.event_log'));
  with added as (
    insert into event_log (position, appended_at_ms, partition, topic, key, headers, value)
    select nextval('event_log_position'), at_ms, r.p, r.t, r.k, r.h, r.b
    from unnest(partitions, topics, keys, headers, bodies) as r(p, t, k, h, b)
    returning position)
  select min(position) into first_position from added;
  return first_position;
end $$;
revoke all on function event_log_append(bigint, int[], text[], text[], text[], bytea[]) from public;
grant execute on function event_log_append(bigint, int[], text[], text[], text[], bytea[])
  to plumbline_app, plumbline_system;
