-- Tables of the warehouse. {{…}} is filled in by migrate.ts from the topology (one server, or a replicated cluster).
-- A row's sorting key is a function of the record it came from, so that the same event loaded twice is one row
-- under FINAL. fsync: an acknowledged insert survives loss of power. LowCardinality keeps group-by keys small.

CREATE TABLE IF NOT EXISTS compliance_events ON CLUSTER 'main' (
  id String,
  tenant_id LowCardinality(String),
  employee_id String,
  module LowCardinality(String),
  type LowCardinality(String),
  subject_ref String,
  occurred_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  received_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  version UInt32,
  vendor LowCardinality(String),
  endpoint_id LowCardinality(String),
  dedupe_key String CODEC(ZSTD(1)),
  raw_ref String CODEC(ZSTD(1)),
  payload String CODEC(ZSTD(3)),
  review_field LowCardinality(String),
  review_reason String,
  name String,
  division_id LowCardinality(String),
  division_name LowCardinality(String),
  location_id LowCardinality(String),
  location_name LowCardinality(String),
  job_role_id LowCardinality(String),
  job_role_name LowCardinality(String),
  log_topic LowCardinality(String),
  log_partition UInt32,
  log_offset UInt64 CODEC(DoubleDelta, ZSTD(1)),
  INDEX by_employee employee_id TYPE bloom_filter(0.01) GRANULARITY 4,
  INDEX by_received received_at TYPE minmax GRANULARITY 1
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}')
-- By arrival: a batch then touches one or two partitions, however old the facts are that it reports.
PARTITION BY toYYYYMM(received_at)
ORDER BY (tenant_id, module, occurred_at, id)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS flag_changes ON CLUSTER 'main' (
  id String,
  tenant_id LowCardinality(String),
  sequence UInt64,
  audience LowCardinality(String),
  employee_id String,
  module LowCardinality(String),
  from_flag Enum8('none' = 0, 'green' = 1, 'yellow' = 2, 'stale' = 3, 'red' = 4),
  from_hold Bool,
  to_flag Enum8('none' = 0, 'green' = 1, 'yellow' = 2, 'stale' = 3, 'red' = 4),
  to_hold Bool,
  from_bits UInt32,
  to_bits UInt32,
  short String,
  summary String CODEC(ZSTD(3)),
  lead_rule_id LowCardinality(String),
  next_change_at Nullable(DateTime64(3, 'UTC')),
  next_flag Enum8('none' = 0, 'green' = 1, 'yellow' = 2, 'stale' = 3, 'red' = 4),
  turns_red_at Nullable(DateTime64(3, 'UTC')),
  received_at Nullable(DateTime64(3, 'UTC')),
  decided_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  name String,
  division_id LowCardinality(String),
  location_id LowCardinality(String),
  job_role_id LowCardinality(String),
  log_topic LowCardinality(String),
  log_partition UInt32,
  log_offset UInt64 CODEC(DoubleDelta, ZSTD(1)),
  INDEX by_employee employee_id TYPE bloom_filter(0.01) GRANULARITY 4
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}')
PARTITION BY toYYYYMM(decided_at)
ORDER BY (tenant_id, decided_at, id)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

-- No partitions: a flag's row moves on in time, and only rows of one partition replace each other.
CREATE TABLE IF NOT EXISTS flags_current ON CLUSTER 'main' (
  tenant_id LowCardinality(String),
  audience LowCardinality(String),
  employee_id String,
  module LowCardinality(String),
  flag Enum8('none' = 0, 'green' = 1, 'yellow' = 2, 'stale' = 3, 'red' = 4),
  hold Bool,
  bits UInt32,
  short String,
  lead_rule_id LowCardinality(String),
  next_change_at Nullable(DateTime64(3, 'UTC')),
  next_flag Enum8('none' = 0, 'green' = 1, 'yellow' = 2, 'stale' = 3, 'red' = 4),
  turns_red_at Nullable(DateTime64(3, 'UTC')),
  decided_at DateTime64(3, 'UTC'),
  sequence UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', sequence)
ORDER BY (tenant_id, audience, employee_id, module)
-- Small granules: a few hundred people who changed are looked up among many.
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS people ON CLUSTER 'main' (
  tenant_id LowCardinality(String),
  employee_id String,
  name String,
  phase LowCardinality(String),
  division_id LowCardinality(String),
  division_name LowCardinality(String),
  location_id LowCardinality(String),
  location_name LowCardinality(String),
  job_role_id LowCardinality(String),
  job_role_name LowCardinality(String),
  version UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (tenant_id, employee_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Sums: a day is corrected by adding the difference. No deduplication window: the same correction may be due twice.
CREATE TABLE IF NOT EXISTS status_days ON CLUSTER 'main' (
  tenant_id LowCardinality(String),
  audience LowCardinality(String),
  day Date,
  division_id LowCardinality(String),
  location_id LowCardinality(String),
  job_role_id LowCardinality(String),
  state UInt32,
  people Int64
)
ENGINE = ReplicatedSummingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', people)
PARTITION BY toYYYYMM(day)
ORDER BY (tenant_id, audience, day, division_id, location_id, job_role_id, state)
TTL day + INTERVAL 25 MONTH
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS rolled_days ON CLUSTER 'main' (
  tenant_id LowCardinality(String),
  day Date,
  changes UInt64,
  rolled_at UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', rolled_at)
PARTITION BY toYYYYMM(day)
ORDER BY (tenant_id, day)
TTL day + INTERVAL 25 MONTH
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Old rows go by whole parts of a partition: nothing is rewritten and nothing is deleted row by row. Events are kept as
-- long as the log that they can be rebuilt from. Flag changes stay: a flag that stood for ten years still counts.

ALTER TABLE compliance_events ON CLUSTER 'main' MODIFY SETTING ttl_only_drop_parts = 1;
ALTER TABLE compliance_events ON CLUSTER 'main' MODIFY TTL toDate(received_at) + INTERVAL 7 YEAR
SETTINGS materialize_ttl_after_modify = 0;
ALTER TABLE status_days ON CLUSTER 'main' MODIFY SETTING ttl_only_drop_parts = 1;
ALTER TABLE rolled_days ON CLUSTER 'main' MODIFY SETTING ttl_only_drop_parts = 1;

-- Guarded SQL runs in a database that never holds a table: a name in it that is not one of our CTEs is nothing. In
-- memory, since there is nothing to keep; a table in a second database would end the embedded engine hard.

CREATE DATABASE IF NOT EXISTS plumbline_nothing ON CLUSTER 'main' ENGINE = Memory;
