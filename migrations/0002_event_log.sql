-- The event log as tables (platform/event-log). One sequence orders all records; a record's position is its offset.
-- Writers hold one advisory lock from nextval until commit, so positions become visible in order: a reader that has
-- seen position n never meets a smaller one later.
create sequence event_log_position;

create table event_log (
  position bigint primary key,
  appended_at_ms bigint not null,
  partition int not null,
  topic text collate "C" not null,
  key text not null,
  headers text not null,
  value bytea not null
);
-- Bodies are read back rarely; compressing them would cost the writer.
alter table event_log alter column value set storage external;
create index event_log_by_topic on event_log (topic, partition, position);

-- The number of partitions is part of the data: another number would send a key elsewhere.
create table event_log_layout (
  only_row boolean primary key default true check (only_row),
  partitions int not null check (partitions between 1 and 1024)
);

-- How many records each topic holds, up to `counted_to`; the rest is counted when somebody asks.
create table event_log_topics (
  topic text collate "C" primary key,
  records bigint not null
);
create table event_log_counted (
  only_row boolean primary key default true check (only_row),
  counted_to bigint not null
);
insert into event_log_counted (counted_to) values (0);

create table event_log_groups (
  consumer_group text primary key,
  topics text[] not null
);

-- Everything up to `position` was handled by the group, for all topics it subscribes to.
-- On a server the row is also the lease of the process that reads the partition.
create table event_log_offsets (
  consumer_group text not null,
  partition int not null,
  position bigint not null,
  owner text,
  owned_until timestamptz,
  primary key (consumer_group, partition)
) with (fillfactor = 50);

-- Processes that read for a group; a member not seen for some seconds is gone.
create table event_log_members (
  consumer_group text not null,
  process text not null,
  seen_at timestamptz not null,
  primary key (consumer_group, process)
) with (fillfactor = 50);

select system_table(name::regclass) from unnest(array['event_log', 'event_log_layout', 'event_log_topics',
  'event_log_counted', 'event_log_groups', 'event_log_offsets', 'event_log_members']) as name;
grant usage on sequence event_log_position to plumbline_system;

-- Records written beside a change; the relay moves them to the log. Tenants may add and nothing else.
create table outbox (
  id bigint generated always as identity primary key,
  partition int not null,
  topic text collate "C" not null,
  key text not null,
  headers text not null,
  value bytea not null
);
alter table outbox alter column value set storage external;
select system_table('outbox');
grant insert on outbox to plumbline_app;
