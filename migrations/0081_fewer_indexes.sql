-- Each event writes four log records, two or three audit entries, a flag and a record: an index that no query needs, or
-- that is wider than its query needs, is paid for there.

-- Bodies are read back by their position.
drop index event_log_by_topic;

-- Boards read all of a tenant's flags. Without this index, and with room in the page, most changes of a flag stay in
-- their page and touch no index.
drop index flags_by_colour;
alter table flags set (fillfactor = 70);
alter table records set (fillfactor = 70);

-- One person's events are few: they are sorted when they are read.
drop index compliance_events_in_order;
create index compliance_events_by_person on compliance_events (tenant_id, employee_id);

-- Vendors and the system itself act all the time: who looks for their acts finds them by reading from the newest.
drop index audit_entries_actor;
create index audit_entries_user on audit_entries (tenant_id, actor_id, sequence) where actor_type = 'user';
