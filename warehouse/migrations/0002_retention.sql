-- Old rows go by whole parts of a partition: nothing is rewritten and nothing is deleted row by row. Events are kept as
-- long as the log that they can be rebuilt from. Flag changes stay: a flag that stood for ten years still counts.

ALTER TABLE compliance_events {{on_cluster}} MODIFY SETTING ttl_only_drop_parts = 1;
ALTER TABLE compliance_events {{on_cluster}} MODIFY TTL toDate(received_at) + INTERVAL 7 YEAR
SETTINGS materialize_ttl_after_modify = 0;
ALTER TABLE status_days {{on_cluster}} MODIFY SETTING ttl_only_drop_parts = 1;
ALTER TABLE rolled_days {{on_cluster}} MODIFY SETTING ttl_only_drop_parts = 1;
