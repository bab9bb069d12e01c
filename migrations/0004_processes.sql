-- What several processes share besides the log.

-- Work that one process at a time does: whoever holds the row, until it says so or falls silent.
create table leases (
  name text primary key,
  holder text not null,
  held_until timestamptz not null
) with (fillfactor = 50);
select system_table('leases');

-- Counters of rate limits (rate-limiter-flexible's columns). Unlogged: a crash of the database forgets a minute's
-- counts, and no request waits for the disk.
create unlogged table rate_limits (
  key varchar(255) primary key,
  points integer not null default 0,
  expire bigint
);
create index rate_limits_by_expiry on rate_limits (expire);

-- The live feed read the log as one group with saved positions; now each process follows it by itself, and the old
-- group's rows would hold back retention for ever.
delete from event_log_offsets where consumer_group = 'live';
delete from event_log_members where consumer_group = 'live';
delete from event_log_groups where consumer_group = 'live';
